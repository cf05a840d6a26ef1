import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { tmpdir } from 'node:os';
import type { TestContext } from 'node:test';
import { prepareRun } from '../../../src/cli/run/prepare.ts';
import { answerProbe, PROBE_HEADER, PROBE_PATH } from '../../../src/gateway/probe.ts';
import { loadOrCreateAuthority } from '../../../src/tls/authority.ts';
import { createContexts, serverOptions, terminateTunnel, type Contexts } from '../../../src/tls/contexts.ts';
import { tlsFixture } from '../../../src/tls/tls-fixture.ts';

export interface SeenRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** How it came in. */
  readonly via: 'tunnel' | 'absolute' | 'plain';
}

/** A forward proxy that ends TLS with our authority and answers everything itself: nothing leaves the machine. */
export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  /** In the place of the hosts. */
  readonly tls: string;
  readonly certificate: string;
  readonly seen: SeenRequest[];
  /** Hosts that were asked for and refused. */
  readonly refused: string[];
  readonly probeKey: KeyObject;
}

export async function startProxy(hosts: readonly string[]): Promise<TestProxy> {
  const { options, clock } = tlsFixture(hosts);
  const { authority } = await loadOrCreateAuthority(options);
  const contexts = createContexts(clock);
  contexts.configure({ issue: authority.issue, hosts });
  const seen: SeenRequest[] = [];
  const refused: string[] = [];
  const probeKey = createSecretKey(randomBytes(32));
  const server = createServer((request, response) => void answer(request, response, { seen, probeKey }));
  server.keepAliveTimeout = 600_000; // Whoever waits for an idle connection to end is found out.
  const sockets = new Set<Socket>();
  server.on(
    'connection',
    (socket: Socket) => sockets.add(socket).size && socket.on('error', () => undefined),
  );
  server.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) =>
    openTunnel(server, { request, socket, head, contexts, refused }),
  );
  const transparent = createTlsServer(serverOptions(contexts), (socket) => server.emit('connection', socket));
  transparent.on('connection', (socket: Socket) => sockets.add(socket)).on('tlsClientError', () => undefined);
  for (const one of [server, transparent]) await once(one.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tls: `https://127.0.0.1:${(transparent.address() as AddressInfo).port}`,
    certificate: authority.certificate,
    seen,
    refused,
    probeKey,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      transparent.close();
      server.close();
      await once(server, 'close');
    },
  };
}

interface TunnelRequest {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly contexts: Contexts;
  readonly refused: string[];
}

function openTunnel(server: Server, { request, socket, head, contexts, refused }: TunnelRequest): void {
  const host = (request.url ?? '').replace(/:443$/, '');
  if (contexts.forHost(host) === null) {
    refused.push(host);
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  const secure = terminateTunnel({ socket, head, host }, contexts);
  if (secure !== null) server.emit('connection', secure);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { seen, probeKey }: { readonly seen: SeenRequest[]; readonly probeKey: KeyObject },
): Promise<void> {
  for await (const _ of request);
  const url = new URL(request.url ?? '/', `https://${request.headers.host ?? 'none'}`);
  const via = viaOf(request);
  const probe = url.pathname === PROBE_PATH ? answerProbe(url.searchParams.get('nonce'), probeKey) : null;
  if (probe === null)
    seen.push({ method: request.method ?? '', host: url.hostname, path: url.pathname, via });
  else response.setHeader(PROBE_HEADER, probe);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(probe === null ? VENDOR_ANSWER : {}));
}

function viaOf({ url = '', socket }: IncomingMessage): SeenRequest['via'] {
  if (/^https?:/.test(url)) return 'absolute';
  return 'encrypted' in socket ? 'tunnel' : 'plain';
}

/** Enough for every SDK of the tests to be content. */
const VENDOR_ANSWER = {
  sid: 'SM1',
  status: 'queued',
  data: { id: 'id-1' },
  rooms: [],
  message_uuid: 'id-1',
  uuid: 'id-1',
  messages: [],
};

/** A gateway stand-in, and the environment that `ringfence run` gives; `PATH` and `HOME` are all that is inherited. */
export async function startRun(
  t: TestContext,
  hosts: readonly string[],
  scope: 'all' | 'vendors',
): Promise<{ readonly proxy: TestProxy; readonly environment: Readonly<Record<string, string>> }> {
  const proxy = await startProxy(hosts);
  const { PATH, HOME } = process.env;
  const { url, tls, certificate } = proxy;
  const gateway = { proxy: url, tls, certificate, hosts, baseUrls: {}, scope };
  const prepared = await prepareRun({ ...gateway, base: { PATH, HOME }, temporary: tmpdir() });
  t.after(async () => {
    await prepared[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });
  return { proxy, environment: prepared.environment };
}
