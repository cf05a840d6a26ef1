import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createBodyRoom, readBody, type BodyReading } from './read-body.ts';

const LIMIT = 20;
const ROOM = createBodyRoom(1_000_000);
const CHUNKED = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('the body of a request', () => {
  const sockets: Socket[] = [];
  let arrived = Promise.withResolvers<IncomingMessage>();
  const server = createServer((request) => arrived.resolve(request));
  before(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  /** The request that these bytes begin, at the end of the turn in which it arrived, as the exchange reads it. */
  async function begin(bytes: string) {
    arrived = Promise.withResolvers();
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket.on('error', () => {}));
    socket.write(bytes);
    const request = await arrived.promise;
    await turn();
    return { socket, request };
  }

  const textOf = (reading: BodyReading): string => reading.toString();

  it('is read at once when it is there, and else as it comes', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n';
    const whole = await begin(`${head}0123456789`);
    assert.equal(textOf(await readBody(whole.request, LIMIT, ROOM)), '0123456789');
    const parts = await begin(`${head}01234`);
    const reading = readBody(parts.request, LIMIT, ROOM);
    parts.socket.write('56789');
    assert.equal(textOf(await reading), '0123456789');
    const chunks = await begin(`${CHUNKED}5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n`);
    assert.equal(textOf(await readBody(chunks.request, LIMIT, ROOM)), '0123456789');
    const none = await begin(`${CHUNKED}0\r\n\r\n`);
    assert.equal(textOf(await readBody(none.request, LIMIT, ROOM)), '');
  });

  it('is too large beyond the limit, whether its length is stated, it is there, or it is still coming', async () => {
    const stated = await begin('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\n');
    assert.equal(await readBody(stated.request, LIMIT, ROOM), 'too-large');
    const large = `${CHUNKED}15\r\n${'x'.repeat(21)}\r\n`;
    const there = await begin(`${large}0\r\n\r\n`);
    assert.equal(await readBody(there.request, LIMIT, ROOM), 'too-large');
    const coming = await begin(large);
    assert.equal(await readBody(coming.request, LIMIT, ROOM), 'too-large');
  });

  it('makes room for others when it has been coming for longest; what is there needs none', async () => {
    const room = createBodyRoom(25);
    const half = `${CHUNKED}a\r\n0123456789\r\n`;
    const oldest = await begin(half);
    const givenUp = readBody(oldest.request, LIMIT, room);
    const next = await begin(half);
    const ended = readBody(next.request, LIMIT, room);
    const whole = await begin(`${half}0\r\n\r\n`);
    assert.equal(textOf(await readBody(whole.request, LIMIT, room)), '0123456789');
    const last = await begin(half);
    const reading = readBody(last.request, LIMIT, room);
    last.socket.write('0\r\n\r\n');
    assert.equal(textOf(await reading), '0123456789');
    assert.equal(await givenUp, 'no-room');
    oldest.socket.write('a\r\n0123456789\r\n0\r\n\r\n');
    next.socket.destroy();
    assert.equal(await ended, 'aborted');
    assert.deepEqual([room.taken, room.coming.size], [0, 0]);
  });

  it('takes as much memory as it has bytes while it comes, however small its pieces are', async () => {
    const size = 200_000;
    const coming = await begin(CHUNKED);
    const before = heldBytes();
    const reading = readBody(coming.request, size, ROOM);
    coming.socket.write('1\r\nx\r\n'.repeat(size));
    while (coming.socket.writableLength > 0) await sleep(20);
    await sleep(200);
    assert.ok(heldBytes() - before < 10 * size, `${heldBytes() - before} bytes are held`);
    coming.socket.write('0\r\n\r\n');
    assert.equal(textOf(await reading), 'x'.repeat(size));
  });

  it('is nobody’s when the connection has ended before or while it is read', async () => {
    const during = await begin(`${CHUNKED}5\r\n01234\r\n`);
    const reading = readBody(during.request, LIMIT, ROOM);
    during.socket.destroy();
    assert.equal(await reading, 'aborted');
    const before = await begin(`${CHUNKED}5\r\n01234\r\n`);
    before.socket.destroy();
    while (!before.request.destroyed) await sleep(5);
    assert.equal(await readBody(before.request, LIMIT, ROOM), 'aborted');
  });
});

function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
