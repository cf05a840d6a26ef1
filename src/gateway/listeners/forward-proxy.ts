import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { terminateTunnel, type Contexts } from '../../tls/contexts.ts';
import type { Place } from '../exchange.ts';
import {
  createInnerListener,
  createListener,
  endSocket,
  type Listener,
  type ListenerOptions,
} from './server.ts';

const AUTHORITY = /^([a-z0-9.-]{1,253}):443$/i;
const ABSOLUTE = /^https?:\/\/([a-z0-9.-]{1,253})(?::(80|443))?(\/.*)$/i;
/** Which vendor host a tunnel was opened for. */
const tunnels = new WeakMap<Socket, string>();

/**
 * Forward proxy: CONNECT to a registered vendor host ends here, with a certificate of the gateway's own authority;
 * every other host is refused. Requests in absolute form (old clients send them in clear) are taken for registered
 * hosts as well.
 */
export function createForwardProxy(options: Omit<ListenerOptions, 'locate'>, contexts: Contexts): Listener {
  const inner = createInnerListener({ ...options, locate: locateInTunnel });
  const tunnel = (request: IncomingMessage, socket: Socket, head: Buffer): void => {
    const host = AUTHORITY.exec(request.url ?? '')?.[1]?.toLowerCase();
    if (host === undefined || contexts.forHost(host) === null) return refuseTunnel(socket);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const secure = terminateTunnel({ socket, head, host }, contexts);
    if (secure === null) return refuseTunnel(socket);
    tunnels.set(secure, host);
    inner.emit('connection', secure);
  };
  const proxy = createListener({ ...options, locate: locateAbsolute, tunnel });
  proxy.on('close', () => inner.closeAllConnections());
  const closeIdle = proxy.closeIdleConnections.bind(proxy);
  const { closeWaiting } = proxy;
  return Object.assign(proxy, {
    closeWaiting() {
      closeWaiting();
      inner.closeWaiting();
    },
    closeIdleConnections() {
      closeIdle();
      inner.closeIdleConnections();
    },
  });
}

/** Inside a tunnel the host is that of the CONNECT line; another `Host` header is refused. */
function locateInTunnel(request: IncomingMessage): Place | null {
  const host = tunnels.get(request.socket);
  const named = (request.headers.host ?? '').toLowerCase().replace(/:443$/, '');
  const url = request.url ?? '';
  return host === undefined || named !== host || url[0] !== '/'
    ? null
    : { host, target: url, toGateway: null };
}

function locateAbsolute(request: IncomingMessage): Place | null {
  const match = ABSOLUTE.exec(request.url ?? '');
  if (match === null) return null;
  const [, host = '', , target = '/'] = match;
  const named = (request.headers.host ?? '').toLowerCase().replace(/:(80|443)$/, '');
  return named === host.toLowerCase() ? { host: named, target, toGateway: null } : null;
}

/** Many clients show nothing of the answer but the reason in its first line. */
function refuseTunnel(socket: Socket): void {
  const reason = 'Ringfence tunnels to registered vendor hosts only: name other hosts in NO_PROXY';
  const body = `${reason}.\n`;
  endSocket(
    socket,
    `HTTP/1.1 403 ${reason}\r\nringfence-decision: denied; code=host_unknown\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
