import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, it, test } from 'node:test';
import { createAnswerRoom } from './answer-room.ts';
import { sendAnswer } from './reply.ts';

const SIZE = 8 << 20; // More than the system takes of an answer that nobody reads.

describe('answers that nobody reads', () => {
  const server = createServer();
  const clients: Socket[] = [];
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    for (const client of clients) client.destroy();
    server.close();
  });

  /** A client that reads nothing, and its requests as the server has them. */
  async function ask(count: number): Promise<(readonly [IncomingMessage, ServerResponse])[]> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    clients.push(client.on('error', () => {}));
    const asked: (readonly [IncomingMessage, ServerResponse])[] = [];
    for (let index = 0; index < count; index += 1) {
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      asked.push((await once(server, 'request')) as [IncomingMessage, ServerResponse]);
    }
    return asked;
  }

  const answer = { status: 200, headers: {}, decision: 'allowed', body: 'x'.repeat(SIZE), rest: null };

  it('make room: the connection that holds most of them is ended first, then the oldest', async () => {
    const { keep } = createAnswerRoom({ unread: 3 * SIZE });
    const send = (asked: Awaited<ReturnType<typeof ask>>): void => {
      for (const [request, response] of asked) void sendAnswer(request, response, answer, keep);
    };
    const [one, two, other, last] = [await ask(1), await ask(2), await ask(1), await ask(3)];
    const isOpen = (asked: typeof one): boolean => asked[0]?.[0].socket.destroyed === false;
    send(one);
    send(two);
    assert.ok(isOpen(one) && isOpen(two));
    send(other);
    assert.deepEqual([one, two, other].map(isOpen), [true, false, true]);
    send(last.slice(0, 1));
    assert.deepEqual([one, other, last].map(isOpen), [true, true, true]);
    const newest = await ask(1);
    send(newest);
    assert.deepEqual([one, other, last, newest].map(isOpen), [false, true, true, true]);
  });

  it('are forgotten when they have been read, or their connection has ended', async () => {
    const { keep } = createAnswerRoom({ unread: SIZE });
    for (const end of ['read', 'closed', 'read', 'closed']) {
      const [asked] = await ask(1);
      assert.ok(asked !== undefined);
      const [request, response] = asked;
      void sendAnswer(request, response, answer, keep);
      if (end === 'closed') clients.at(-1)?.destroy();
      else clients.at(-1)?.resume();
      await once(response, 'close');
      assert.equal(response.writableFinished, end === 'read');
    }
  });
});

test('each large answer is worked on in a turn of the event loop that no other one has', async () => {
  const { ownTurn } = createAnswerRoom();
  const seen: string[] = [];
  const all = ['a', 'b', 'c'].map(async (name) => {
    await ownTurn();
    seen.push(name);
  });
  setImmediate(() => {
    seen.push('between');
    setImmediate(() => seen.push('between'));
  });
  await Promise.all(all);
  assert.deepEqual(seen.join(' '), 'between a between b c');
});
