import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { connect, createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { loadOrCreateAuthority, type Authority } from './authority.ts';
import { createContexts, serverOptions, terminateTunnel, type Contexts } from './contexts.ts';
import { tlsFixture } from './tls-fixture.ts';

const HOSTS = ['api.acme.example', '*.cloud.example'];

interface World {
  readonly authority: Authority;
  readonly contexts: Contexts;
  readonly issued: string[];
  readonly clock: { now: number };
}

async function setUp(): Promise<World> {
  const { options, clock } = tlsFixture(HOSTS);
  const { authority } = await loadOrCreateAuthority(options);
  const issued: string[] = [];
  const issue = (host: string) => {
    issued.push(host);
    return authority.issue(host);
  };
  const contexts = createContexts(clock);
  contexts.configure({ issue, hosts: HOSTS });
  return { authority, contexts, issued, clock };
}

/** Handshakes with a server of these contexts; resolves to the outcome as the client sees it. */
async function handshake(t: TestContext, world: World, servername: string): Promise<string> {
  const server = createTlsServer(serverOptions(world.contexts), (socket) => socket.end('hello'));
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ca = world.authority.certificate;
  const socket = connect({ port, host: '127.0.0.1', servername, ca, ALPNProtocols: ['h2', 'http/1.1'] });
  return outcome(socket);
}

function outcome(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('secureConnect', () => {
      resolve(`${socket.getPeerCertificate().subjectaltname} ${socket.alpnProtocol}`);
      socket.end();
    });
    socket.resume();
  });
}

test('a registered name gets its own certificate and HTTP/1.1', async (t) => {
  const world = await setUp();
  assert.equal(await handshake(t, world, 'api.acme.example'), 'DNS:api.acme.example http/1.1');
  assert.equal(await handshake(t, world, 'a.cloud.example'), 'DNS:*.cloud.example http/1.1');
});

test('a name that is not registered, and a client that names none, get a handshake failure', async (t) => {
  const world = await setUp();
  for (const name of ['www.acme.example', 'a.b.cloud.example', 'cloud.example', ''])
    assert.equal(await handshake(t, world, name), 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', name);
  assert.deepEqual(world.issued, []);
});

test('however many names clients ask for, there is one certificate for each registered entry', async () => {
  const { contexts, issued } = await setUp();
  for (let n = 0; n < 1000; n++) contexts.forHost(`tenant-${n}.cloud.example`);
  assert.deepEqual(issued, ['*.cloud.example']);
});

test('a certificate is replaced when half of its life is over', async () => {
  const { contexts, issued, clock } = await setUp();
  const first = contexts.forHost('api.acme.example');
  clock.now += 23 * 3_600_000;
  assert.equal(contexts.forHost('api.acme.example'), first);
  clock.now += 2 * 3_600_000;
  assert.notEqual(contexts.forHost('api.acme.example'), first);
  assert.equal(issued.length, 2);
});

test('a certificate is replaced when the clock was set back before its beginning', async () => {
  const { contexts, issued, clock } = await setUp();
  clock.now += 24 * 3_600_000;
  const ahead = contexts.forHost('api.acme.example');
  clock.now -= 24 * 3_600_000;
  assert.notEqual(contexts.forHost('api.acme.example'), ahead);
  assert.equal(issued.length, 2);
});

/** A tunnel whose first TLS bytes arrive together with the CONNECT request, as an eager client sends them. */
async function tunnel(
  t: TestContext,
  world: World,
  connectHost: string,
  servername: string,
): Promise<string> {
  const server = createServer((socket) => {
    socket.once('data', (head) => {
      socket.pause();
      const secure = terminateTunnel({ socket, head, host: connectHost }, world.contexts);
      (secure ?? socket.destroy()).end('hello');
    });
  });
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return outcome(connect({ port, host: '127.0.0.1', servername, ca: world.authority.certificate }));
}

test('a tunnel ends here under the name that it was opened for', async (t) => {
  const world = await setUp();
  assert.equal(await tunnel(t, world, 'api.acme.example', 'api.acme.example'), 'DNS:api.acme.example false');
  assert.equal(await tunnel(t, world, 'API.acme.example', 'api.acme.example'), 'DNS:api.acme.example false');
});

test('a tunnel for one host cannot be used for another one, nor for a foreign one', async (t) => {
  const world = await setUp();
  assert.match(await tunnel(t, world, 'api.acme.example', 'a.cloud.example'), /ECONNRESET/);
  assert.match(await tunnel(t, world, 'www.acme.example', 'www.acme.example'), /ECONNRESET/);
});
