import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendStream, sendWhole } from './send-stream.ts';

const PATIENCE = 200;
const LARGE = Array.from({ length: 1000 }, () => Buffer.alloc(64 * 1024, 'x'));

describe('an answer', () => {
  const server = createServer();
  let client: Socket;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    client.destroy();
    server.close();
  });

  async function ask(): Promise<ServerResponse> {
    client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
    client.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    return response;
  }

  it('that is still coming is given up when the app takes nothing of it', async () => {
    const body = Readable.from(LARGE);
    await assert.rejects(sendStream(body, await ask(), PATIENCE));
    assert.ok(body.destroyed);
  });

  it('that is still coming is waited for when it is the vendor who is silent', async () => {
    const body = new PassThrough();
    const response = await ask();
    client.resume();
    const sent = sendStream(body, response, PATIENCE);
    body.write('first');
    await sleep(3 * PATIENCE);
    body.end('last');
    await sent;
    assert.ok(response.writableFinished);
  });

  it(
    'that is there whole is given up too when the app takes nothing of it',
    { timeout: 60_000 },
    async () => {
      const response = await ask();
      sendWhole('x'.repeat(64 * 1024 * 1024), response, PATIENCE);
      await once(response, 'close');
      assert.ok(!response.writableFinished);
    },
  );

  it('behind a large one that was taken has its own time', async () => {
    const response = await ask();
    client.resume().write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const [, next] = (await once(server, 'request')) as [unknown, ServerResponse];
    sendWhole('x'.repeat(1024 * 1024), response, PATIENCE);
    await once(response, 'finish');
    await sleep(3 * PATIENCE);
    next.end('next');
    await once(next, 'finish');
    assert.ok(next.writableFinished);
  });
});
