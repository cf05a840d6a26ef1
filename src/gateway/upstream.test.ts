import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { createUpstream, type UpstreamResult } from './upstream.ts';

const LARGE = 4 * 1024 * 1024;

describe('answers too large to be held whole', () => {
  const upstream = createUpstream();
  const sockets = new Set<Socket>();
  /** Of the endless answer. */
  let endless: Socket | null = null;
  let server: Server;
  let origin: string;
  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/whole') return response.end(Buffer.alloc(LARGE, 'y'));
      endless = request.socket;
      return response.write(Buffer.alloc(LARGE, 'x')); // The second half never comes.
    });
    server.on('connection', (socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    await upstream.close();
    server.close();
  });

  async function get(path: string): Promise<Extract<UpstreamResult, { kind: 'answered' }>> {
    const request = { method: 'GET', host: 'api.example', path, segments: [], query: '', headers: {} };
    const result = await upstream.send(
      origin,
      'account',
      { ...request, body: Buffer.alloc(0) },
      { upload: null },
    );
    assert.equal(result.kind, 'answered');
    return result;
  }

  it('come in full, and their connections are used again', async () => {
    for (let turn = 0; turn < 10; turn++) {
      const { body, rest } = await get('/whole');
      assert.ok(rest !== null);
      assert.equal(body.length + (await buffer(rest)).length, LARGE);
    }
    assert.ok(sockets.size < 5, `${sockets.size} connections for 10 answers`);
  });

  it('end the connection to the vendor at once when nobody wants their rest', { timeout: 2000 }, async () => {
    const { rest } = await get('/endless');
    assert.ok(rest !== null);
    const socket = endless ?? assert.fail('no connection');
    const closed = new Promise((resolve) => {
      socket.on('error', () => {}).once('close', resolve); // It is reset: there is more to send.
    });
    rest.destroy();
    await closed;
  });
});
