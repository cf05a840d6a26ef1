// Runs in the app's own process, before its code, on Node 18 and newer. It makes TLS connections to vendor hosts go
// through the gateway whatever agent, dispatcher or CA list an SDK uses: all of them end in `tls.connect`.
// Connections to other hosts are not touched.
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';

const { RINGFENCE_PROXY, RINGFENCE_HOSTS, RINGFENCE_CA, HTTPS_PROXY } = process.env;
/** Else a proxy that an SDK finds in the environment is the app's own, and what it opens leads past the gateway. */
const IS_ONLY_PROXY = HTTPS_PROXY === RINGFENCE_PROXY;
const MAX_ANSWER = 16_384;

if (RINGFENCE_PROXY && RINGFENCE_HOSTS && RINGFENCE_CA) {
  install(new URL(RINGFENCE_PROXY), new Set(RINGFENCE_HOSTS.split(',')), readFileSync(RINGFENCE_CA, 'utf8'));
}

function install(proxy, hosts, authority) {
  const connect = tls.connect;
  tls.connect = function (...parameters) {
    const { options, callback } = readParameters(parameters);
    const host = [options.servername, options.host].find((name) => isVendor(name, hosts));
    if (host === undefined) return connect.apply(this, parameters);
    const trusting = options.ca === undefined ? options : { ...options, ca: [options.ca, authority].flat() };
    const isLeft = options.socket ? IS_ONLY_PROXY : Number(options.port) !== 443;
    if (isLeft) return connect.call(this, trusting, callback);
    options.socket?.destroy();
    const tunnel = new Tunnel(proxy, host);
    const through = {
      ...trusting,
      socket: tunnel,
      host,
      path: undefined,
      servername: options.servername || host,
    };
    return tunnel.carry(connect.call(this, through, callback));
  };
  syncBuiltinESMExports();
}

/** `connect(options, callback)`, `connect(port, host, options, callback)` and what lies between. */
function readParameters(parameters) {
  const options = { port: 443 };
  let callback;
  for (const one of parameters) {
    if (typeof one === 'function') callback = one;
    else if (typeof one === 'object' && one !== null) Object.assign(options, one);
    else if (typeof one === 'number' || /^\d+$/.test(one)) options.port = one;
    else if (typeof one === 'string') options.host = one;
  }
  return { options, callback };
}

function isVendor(name, hosts) {
  if (typeof name !== 'string' || name === '') return false;
  const host = name.toLowerCase();
  return hosts.has(host) || hosts.has(`*${host.slice(host.indexOf('.'))}`);
}

/** A CONNECT tunnel that can be written to at once; what is written waits until the gateway has opened it. */
class Tunnel extends Duplex {
  constructor(proxy, host) {
    super();
    this.host = host;
    this.answer = Buffer.alloc(0);
    this.waiting = null;
    this.isOpen = false;
    this.raw = net.connect({ port: Number(proxy.port || 80), host: proxy.hostname.replace(/^\[|\]$/g, '') });
    this.raw.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
    this.raw.on('data', (bytes) => (this.isOpen ? this.receive(bytes) : this.readAnswer(bytes)));
    this.raw.on('end', () => this.push(null));
    this.raw.on('error', (error) => this.destroy(error));
    this.raw.on('close', () => this.destroy());
  }

  /** Idle connections must not keep the process alive: `unref` of the TLS socket has to reach the one below. */
  carry(secure) {
    for (const name of ['ref', 'unref']) {
      const own = secure[name];
      secure[name] = (...parameters) => {
        this.raw[name]();
        return own.apply(secure, parameters);
      };
    }
    return secure;
  }

  readAnswer(bytes) {
    this.answer = Buffer.concat([this.answer, bytes]);
    const end = this.answer.indexOf('\r\n\r\n');
    if (end === -1 && this.answer.length < MAX_ANSWER) return;
    const [status] = this.answer.toString('latin1').split('\r\n');
    if (end === -1 || !/^HTTP\/1\.[01] 200\b/.test(status)) {
      this.destroy(
        new Error(`The Ringfence gateway refused a connection to ${this.host}: ${status.slice(0, 80)}`),
      );
      return;
    }
    this.isOpen = true;
    if (this.answer.length > end + 4) this.receive(this.answer.subarray(end + 4));
    if (this.waiting) this.raw.write(this.waiting.bytes, this.waiting.done);
    this.waiting = null;
  }

  receive(bytes) {
    if (!this.push(bytes)) this.raw.pause();
  }

  _read() {
    this.raw.resume();
  }

  _write(bytes, encoding, done) {
    if (this.isOpen) this.raw.write(bytes, done);
    else this.waiting = { bytes, done };
  }

  _final(done) {
    this.raw.end(done);
  }

  _destroy(error, done) {
    this.raw.destroy();
    done(error);
  }
}
