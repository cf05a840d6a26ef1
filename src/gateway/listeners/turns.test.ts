import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCounters } from '../counters.ts';
import { createListener } from './server.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}`;

describe('requests that a client sends without awaiting answers', () => {
  let server: Server;
  /** Begun and not answered. */
  const underWay: ServerResponse[] = [];
  let most = 0;
  before(async () => {
    const exchange: Parameters<typeof createListener>[0]['exchange'] = async (request, response) => {
      request.resume(); // As if it read a body.
      most = Math.max(most, underWay.push(response));
    };
    server = createListener({ exchange, locate: () => null, counters: createCounters(), connections: 10 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  async function open(): Promise<{ readonly client: Socket; readonly inside: Socket }> {
    underWay.length = 0;
    most = 0;
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    const [inside] = (await once(server, 'connection')) as [Socket];
    return { client, inside };
  }

  for (const [method, bytes] of [
    ['GET', GET],
    ['POST', POST],
  ] as const)
    it(`are begun eight at a time, the rest is not even read, and all are answered (${method})`, async () => {
      const { client, inside } = await open();
      let answers = 0;
      client.on('data', (part: Buffer) => (answers += part.toString().split('HTTP/1.1 200').length - 1));
      const count = 6_000;
      client.write(bytes.repeat(count));
      while (underWay.length < 8) await sleep(1);
      await sleep(100);
      assert.equal(underWay.length, 8);
      assert.ok(inside.bytesRead <= 2 ** 16, `${inside.bytesRead} bytes were read`);
      while (answers < count) {
        for (const response of underWay.splice(0)) response.end('done');
        await sleep(0);
      }
      assert.equal(most, 8);
    });

  it('are not begun behind an answer that ends the connection', async () => {
    const { client } = await open();
    let begun = 0;
    client.resume().write(GET.repeat(20));
    while (underWay.length < 8) await sleep(1);
    for (const response of underWay.splice(0)) {
      begun += 1;
      response.shouldKeepAlive = begun < 8;
      response.end('done');
    }
    await once(client, 'close');
    assert.equal(underWay.length, 7, 'those that began before it was known');
  });
});
