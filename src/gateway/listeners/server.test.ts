import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCounters } from '../counters.ts';
import { createListener } from './server.ts';

const HEAD = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n';
const CONNECT = 'CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n';

describe('what follows a request on its connection', () => {
  const counters = createCounters();
  let server: Server;
  let isClosing = false;
  let begun = 0;
  /** Until the last byte of what follows has arrived. */
  let following: Promise<void>;
  before(async () => {
    const exchange: Parameters<typeof createListener>[0]['exchange'] = async (request, response) => {
      begun += 1;
      request.resume();
      await following;
      response.end('done');
    };
    const tunnel = (_request: unknown, socket: Socket) => void socket.end('HTTP/1.1 299 Tunnel\r\n\r\n');
    const options = { exchange, locate: () => null, counters, connections: 10, tunnel };
    server = createListener({ ...options, isClosing: () => isClosing });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => server.close());

  async function answersTo(...pieces: readonly string[]): Promise<readonly string[]> {
    const { promise, resolve: end } = Promise.withResolvers<void>();
    following = promise;
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [inside] = (await once(server, 'connection')) as [Socket];
    const received = text(socket);
    for (const piece of pieces) {
      socket.write(piece);
      while (inside.bytesRead < socket.bytesWritten && !inside.destroyed) await sleep(1);
    }
    end();
    return [...(await received).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
  }

  it('is no answer to it when it is malformed: that comes first, and then the connection ends', async () => {
    assert.deepEqual(await answersTo(`${HEAD}{} is longer than it said\r\n\r\n`), ['200']);
    assert.deepEqual(await answersTo(`${HEAD}{}`, 'garbage\r\n\r\n', 'garbage\r\n\r\n'), ['200']);
    assert.deepEqual(await answersTo(`${HEAD}{}`.repeat(3), 'garbage\r\n\r\n'), ['200', '200', '200']);
    assert.ok(counters.malformed >= 3);
  });

  it('is refused when nothing is awaited', async () => {
    assert.deepEqual(await answersTo('garbage\r\n\r\n'), ['400']);
  });

  it('is no tunnel while an answer is awaited, or when the connection ends with it', async () => {
    assert.deepEqual(await answersTo(CONNECT), ['299']);
    assert.deepEqual(await answersTo(`${HEAD}{}${CONNECT}`), ['200']);
    assert.deepEqual(await answersTo(`${HEAD}{}`, CONNECT), ['200']);
    const last = HEAD.replace('POST / HTTP/1.1', 'POST / HTTP/1.0');
    assert.deepEqual(await answersTo(`${last}{}${CONNECT}`), ['200']);
  });

  it('is not begun when the gateway stops, as no answer to it could leave', async () => {
    begun = 0;
    isClosing = true;
    assert.deepEqual(await answersTo(`${HEAD}{}`.repeat(3)), ['200']);
    assert.deepEqual(await answersTo(`${HEAD}{}`, `${HEAD}{}`), ['200']);
    assert.equal(begun, 2);
  });
});

/** One that opens no tunnels and answers nothing. */
async function startListener(context: TestContext): Promise<Server> {
  const exchange = () => Promise.resolve();
  const server = createListener({
    exchange,
    locate: () => null,
    counters: createCounters(),
    connections: 10,
  });
  context.after(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

test('a listener without tunnels refuses a CONNECT, and outlives a client that resets', async (context) => {
  const server = await startListener(context);
  const { port } = server.address() as AddressInfo;
  const asking = connect(port, '127.0.0.1');
  asking.write(CONNECT);
  assert.match(await text(asking), /^HTTP\/1\.1 405 .*listeners\.proxy/);
  const resetting = connect(port, '127.0.0.1');
  const [inside] = (await once(server, 'connection')) as [Socket];
  resetting.write(CONNECT);
  while (inside.bytesRead < CONNECT.length) await sleep(1);
  const closed = new Promise((resolve) => inside.once('close', resolve));
  resetting.resetAndDestroy();
  await closed;
});

test('who is too slow, or sends what is no HTTP, is told so in words, with the code', async (context) => {
  const server = await startListener(context);
  const cases = [
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'request_timeout', /^Send headers within 5 s/],
    ['HPE_HEADER_OVERFLOW', 431, 'request_too_large', /^Send less at a time/],
    ['HPE_INVALID_METHOD', 400, 'request_malformed', /^Send one Host/],
  ] as const;
  for (const [reason, status, code, detail] of cases) {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [inside] = (await once(server, 'connection')) as [Socket];
    server.emit('clientError', Object.assign(new Error(reason), { code: reason }), inside);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} [^]*ringfence-decision: denied; code=${code}$`));
    assert.match(head, new RegExp(`content-length: ${Buffer.byteLength(body)}\\b`));
    const told = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual([told['status'], told['code']], [status, code]);
    assert.match(String(told['detail']), detail);
  }
});
