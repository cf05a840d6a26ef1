import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
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
  while (outcomes.length < 3) await sleep(5);
  await Promise.all([servers.close(), asking]);
  assert.equal(outcomes.filter((outcome) => outcome.startsWith('answered')).length, begun);
  assert.equal(outcomes.length, begun + 1);
  assert.equal(outcomes.at(-2), 'answered close');
});

test('connections that say nothing, half a request, or no handshake hold up no stop, and a request under way ends', async () => {
  const [apps, proxy, tls] = await Promise.all([freeAddress(), freeAddress(), freeAddress()]);
  const { listeners, workers } = readConfig({ workers: 1, listeners: { apps, proxy, tls, admin: apps } });
  let begun = 0;
  const exchange = async (_request: unknown, response: { end(text: string): unknown }): Promise<void> => {
    begun += 1;
    await sleep(2_000);
    response.end('done');
  };
  const shared = { exchange: exchange as never, counters: createCounters(), connections: 10 };
  const host = 'api.vendor.example';
  const { options, clock } = tlsFixture([host]);
  const { authority } = await loadOrCreateAuthority(options);
  const contexts = createContexts(clock);
  contexts.configure({ issue: authority.issue, hosts: [host] });
  const servers = createAppServers({ listeners, workers }, shared, contexts);
  await servers.listen();
  const tunnel = `CONNECT ${host}:443 HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const words = `GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const secured = secure({ ...tls, servername: host, ca: authority.certificate });
  secured.write(words);
  const asked = [textOf(apps, words), text(secured)];
  const silent = [textOf(apps, ''), textOf(apps, 'GET / HT'), textOf(tls, ''), textOf(proxy, tunnel)];
  while (begun < asked.length) await sleep(5);
  await sleep(300);
  const began = performance.now();
  await servers.close();
  const took = performance.now() - began;
  assert.ok(took < 8_000, `it took ${took} ms`); // An idle connection lasts ten seconds.
  for (const answer of await Promise.all(asked)) assert.match(answer, /^HTTP\/1\.1 200[^]*done$/);
  assert.deepEqual(
    (await Promise.all(silent)).map((said) => said.slice(0, 12)),
    ['', '', '', 'HTTP/1.1 200'],
  );
});

/** What comes on a connection until it is closed. */
async function textOf(address: Address, words: string): Promise<string> {
  const socket = connect(address);
  socket.write(words);
  return text(socket).catch((error: Error) => error.message);
}
