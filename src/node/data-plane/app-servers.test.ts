import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as secure } from 'node:tls';
import { readConfig } from '../../config/config.ts';
import { createCounters } from '../../gateway/counters.ts';
import { freePort } from '../../../test/free-ports.ts';
import { loadOrCreateAuthority } from '../../tls/authority.ts';
import { createContexts, type Contexts } from '../../tls/contexts.ts';
import { tlsFixture } from '../../tls/tls-fixture.ts';
import { createAppServers } from './app-servers.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

async function freeAddress(): Promise<Address> {
  return { host: '127.0.0.1', port: await freePort() };
}

/** What becomes of requests that follow each other on one connection for as long as they are taken. */
async function askOn(address: Address, outcomes: string[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let asked = 0; asked < 200; asked++) {
    const outcome = await new Promise<string>((resolve) => {
      const request = get({ ...address, agent }, (response) => {
        response.resume().once('end', () => resolve(`answered ${response.headers.connection}`));
      });
      request.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    });
    outcomes.push(outcome);
    if (!outcome.startsWith('answered')) return;
  }
}

test('a client that never pauses gets all its answers when the gateway stops, and does not keep it from stopping', async () => {
  const address = await freeAddress();
  const { listeners, workers } = readConfig({
    workers: 1,
    listeners: { apps: address, proxy: null, tls: null, admin: address },
  });
  let begun = 0;
  const exchange = async (_request: unknown, response: { end(text: string): unknown }): Promise<void> => {
    begun += 1;
    await sleep(10);
    response.end('x');
  };
  const shared = { exchange: exchange as never, counters: createCounters(), connections: 10 };
  const servers = createAppServers({ listeners, workers }, shared, {} as Contexts);
  await servers.listen();
  const outcomes: string[] = [];
  const asking = askOn(address, outcomes);
  await until(() => outcomes.length >= 3, 'no answers');
  await Promise.all([servers.close(), asking]);
  assert.equal(outcomes.filter((outcome) => outcome.startsWith('answered')).length, begun);
  assert.equal(outcomes.length, begun + 1);
  assert.equal(outcomes.at(-2), 'answered close');
});

test('connections that say nothing, half a request, or no handshake hold up no stop, and a request under way ends', async (t) => {
  const [apps, proxy, tls] = await Promise.all([freeAddress(), freeAddress(), freeAddress()]);
  const { listeners, workers } = readConfig({ workers: 1, listeners: { apps, proxy, tls, admin: apps } });
  let begun = 0;
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
  const exchange = async (_request: unknown, response: { end(text: string): unknown }): Promise<void> => {
    begun += 1;
    await mayEnd;
    response.end('done');
  };
  const shared = { exchange: exchange as never, counters: createCounters(), connections: 10 };
  const host = 'api.vendor.example';
  const { options, clock } = tlsFixture([host]);
  const { authority } = await loadOrCreateAuthority(options);
  const contexts = createContexts(clock);
  contexts.configure({ issue: authority.issue, hosts: [host] });
  const servers = createAppServers({ listeners, workers }, shared, contexts);
  const idle = await freeAddress();
  const others = { ...listeners, apps: await freeAddress(), proxy: null, tls: idle };
  const goesOn = createAppServers({ listeners: others, workers }, shared, contexts);
  await Promise.all([servers.listen(), goesOn.listen()]);
  t.after(async () => {
    end();
    await goesOn.close();
  });
  const tunnel = `CONNECT ${host}:443 HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const words = `GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const secured = secure({ ...tls, servername: host, ca: authority.certificate });
  secured.write(words);
  const asked = [textOf(apps, words), text(secured)];
  await until(() => begun === asked.length, 'the requests have not arrived');
  const arrived = watchArrivals(t);
  let isTooLate = false;
  void textOf(idle, '').then(() => (isTooLate = true));
  const spoken = ['', 'GET / HT', '', tunnel];
  const silent = [apps, apps, tls, proxy].map((address, index) => textOf(address, spoken[index] ?? ''));
  await until(
    () => arrived.count() === 5 && arrived.bytes() === spoken.join('').length,
    'not all have arrived',
  );
  let isStopped = false;
  const stopping = servers.close().then(() => (isStopped = true));
  const heard = await Promise.all(silent);
  assert.ok(!isTooLate, 'they lasted as long as they would have without a stop');
  assert.ok(!isStopped, 'it did not wait for the requests under way');
  end();
  await stopping;
  for (const answer of await Promise.all(asked)) assert.match(answer, /^HTTP\/1\.1 200[^]*done$/);
  assert.deepEqual(
    heard.map((said) => said.slice(0, 12)),
    ['', '', '', 'HTTP/1.1 200'],
  );
});

/** What servers of this process have accepted since, and read of it. */
function watchArrivals(t: TestContext) {
  const sockets: Socket[] = [];
  const note = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', note);
  t.after(() => void unsubscribe('net.server.socket', note));
  return {
    count: () => sockets.length,
    bytes: () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
  };
}

async function until(isTrue: () => boolean, problem: string): Promise<void> {
  for (const end = performance.now() + 60_000; !isTrue(); await sleep(5))
    assert.ok(performance.now() < end, problem);
}

/** What comes on a connection until it is closed. */
async function textOf(address: Address, words: string): Promise<string> {
  const socket = connect(address);
  socket.write(words);
  return text(socket).catch((error: Error) => error.message);
}
