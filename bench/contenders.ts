import { fork, spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GatewayOrder, GatewayReady } from './gateway-child.ts';
import { freePort, stopProcess, untilAnswers } from './processes.ts';
import { chatBody, sample } from './request.ts';

export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** File of authorization headers that the requests take turns with; null: none. */
  readonly headersFile: string | null;
}

/** A gateway under load: what to send it, and which process to charge for it. */
export interface Contender {
  readonly name: string;
  readonly pid: number;
  readonly target: Target;
  /** Waits for what it does after it has answered. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export interface Ringfence extends Contender {
  readonly dataPlane: number;
  readonly authority: string;
  readonly proxyPort: number;
}

const message = { headers: { 'content-type': sample.contentType }, body: sample.body };
const nothing = (): Promise<void> => Promise.resolve();

async function startNginx(directory: string, servers: string, url: string): Promise<ChildProcess> {
  mkdirSync(directory, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${join(directory, kind)};`)
    .join(' ');
  const file = join(directory, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${join(directory, 'pid')}; error_log ${join(directory, 'errors')};
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; ${temporary} ${servers} }\n`,
  );
  const child = spawn('nginx', ['-c', file, '-p', directory], { stdio: ['ignore', 'ignore', 'inherit'] });
  await untilAnswers(url);
  return child;
}

/** The vendor: answers every request at once with the same JSON. */
export async function startStub(directory: string): Promise<Contender> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = `server { listen 127.0.0.1:${port} backlog=1024; default_type application/json; location / { return 201 '${sample.answer}'; } }`;
  const child = await startNginx(join(directory, 'stub'), server, url);
  const target = { url: url + sample.path, ...message, headersFile: null };
  return { name: 'stub', pid: child.pid ?? 0, target, settle: nothing, stop: () => stopProcess(child) };
}

export async function startProxy(directory: string, upstream: string): Promise<Contender> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const servers = `upstream vendor { server ${upstream.replace('http://', '')}; keepalive 64; keepalive_requests 1000000000; }
server { listen 127.0.0.1:${port} backlog=1024; location / { proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host ${sample.host}; } }`;
  const child = await startNginx(join(directory, 'proxy'), servers, url);
  const target = { url: url + sample.path, ...message, headersFile: null };
  return {
    name: 'nginx proxy_pass',
    pid: child.pid ?? 0,
    target,
    settle: nothing,
    stop: () => stopProcess(child),
  };
}

/** Node's own server without anything behind it: what the machine charges for an HTTP exchange in Node. */
export async function startPlainNode(): Promise<Contender> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(import.meta.dirname, 'plain-node.ts'), String(port)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await untilAnswers(url);
  const target = { url: url + sample.path, ...message, headersFile: null };
  return {
    name: 'node:http that answers itself',
    pid: child.pid ?? 0,
    target,
    settle: nothing,
    stop: () => stopProcess(child),
  };
}

const PORTKEY = '@portkey-ai/gateway';
const PORTKEY_VERSION = '1.15.2';

/** Null when it cannot be installed or started. */
export async function startPortkey(cache: string, upstream: string): Promise<Contender | null> {
  const home = join(cache, 'portkey');
  const script = join(home, 'node_modules', PORTKEY, 'build', 'start-server.js');
  let child: ChildProcess | null = null;
  try {
    if (!existsSync(script)) {
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, 'package.json'), '{"private":true}\n');
      const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', home];
      execFileSync('npm', ['install', ...options, `${PORTKEY}@${PORTKEY_VERSION}`], {
        stdio: 'ignore',
        timeout: 180_000,
      });
    }
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    child = spawn(process.execPath, [script, '--headless', `--port=${port}`], { stdio: 'ignore' });
    await untilAnswers(url);
    const headers = {
      'content-type': 'application/json',
      authorization: 'Bearer key',
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': `${upstream}/v1`,
    };
    const target = { url: `${url}/v1/chat/completions`, headers, body: chatBody, headersFile: null };
    const running = child;
    return {
      name: `Portkey ${PORTKEY_VERSION}`,
      pid: running.pid ?? 0,
      target,
      settle: nothing,
      stop: () => stopProcess(running),
    };
  } catch {
    if (child !== null) await stopProcess(child);
    return null;
  }
}

export interface RingfenceSize {
  readonly name: string;
  readonly keys: number;
  readonly budgets: number;
}

/** A whole gateway: the primary in a process of its own, which starts one data-plane process. */
export async function startRingfence(
  directory: string,
  upstream: string,
  { name, keys, budgets }: RingfenceSize,
): Promise<Ringfence> {
  const home = join(directory, name);
  mkdirSync(home, { recursive: true });
  const ports = { apps: await freePort(), proxy: await freePort(), admin: await freePort() };
  const headersFile = join(home, 'headers');
  const order: GatewayOrder = { directory: home, upstream, ports, keys, budgets, headersFile };
  // As `ringfence serve` starts: with what was compiled before.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'ringfence-bench-compiled') };
  const child = fork(join(import.meta.dirname, 'gateway-child.ts'), { silent: false, env });
  const reply = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`${name} has ended`));
      child.once('exit', fail);
      child.once('message', (answer) => {
        child.off('exit', fail);
        resolve(answer as T);
      });
    });
  child.send(order);
  const ready = await reply<GatewayReady>();
  const target = {
    url: `http://127.0.0.1:${ports.apps}/${sample.host}${sample.path}`,
    ...message,
    headersFile,
  };
  return {
    name,
    pid: child.pid ?? 0,
    target,
    dataPlane: ready.dataPlane,
    authority: ready.authority,
    proxyPort: ports.proxy,
    async settle() {
      child.send('drain');
      await reply();
    },
    async stop() {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => {
        child.once('exit', resolve);
      });
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      child.disconnect();
      await ended;
      clearTimeout(timer);
    },
  };
}
