import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { refuse } from '../intent/decision.ts';
import type { UpstreamResult } from './collector.ts';
import { createUpstream } from './upstream.ts';

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

  it('a request that is withdrawn leaves nothing on the connection, which is used again', async () => {
    const { rest } = await get('/whole');
    assert.ok(rest !== null && (await buffer(rest)).length > 0);
    const before = sockets.size;
    const refused = refuse('killed', 'kill:k', 'Off.');
    for (let turn = 0; turn < 3; turn++) {
      const request = { method: 'GET', host: 'api.example', path: '/never', segments: [], query: '' };
      const wire = { ...request, headers: {}, body: Buffer.alloc(0) };
      const sent = await upstream.send(origin, 'account', wire, { upload: null, withdrawn: () => refused });
      assert.deepEqual(sent.kind === 'withdrawn' && sent.refused, refused);
    }
    const { rest: last } = await get('/whole');
    assert.ok(last !== null && (await buffer(last)).length > 0);
    assert.equal(sockets.size, before);
  });

  it(
    'end the connection to the vendor at once when nobody wants their rest',
    { timeout: 60_000 },
    async () => {
      const { rest } = await get('/endless');
      assert.ok(rest !== null);
      const socket = endless ?? assert.fail('no connection');
      const closed = new Promise((resolve) => {
        socket.on('error', () => {}).once('close', resolve); // It is reset: there is more to send.
      });
      rest.destroy();
      await closed;
    },
  );

  it('may break before anybody reads them: the reader learns of it', async () => {
    const { rest } = await get('/endless');
    assert.ok(rest !== null);
    endless?.resetAndDestroy();
    await sleep(50);
    await assert.rejects(buffer(rest));
  });
});

describe('answers that are compressed although they were not to be', () => {
  const upstream = createUpstream();
  const server = createServer((request, response) => {
    const [coding = '', bytes = ''] = (request.url ?? '').slice(1).split('/');
    const status = bytes === '' ? 204 : 200;
    response.writeHead(status, { 'content-encoding': coding }).end(Buffer.from(bytes, 'base64url'));
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    await upstream.close();
    server.close();
  });

  function get(coding: string, bytes: Buffer, method = 'GET'): Promise<UpstreamResult> {
    const path = `/${coding}/${bytes.toString('base64url')}`;
    const request = { method, host: 'api.example', path, segments: [], query: '', headers: {} };
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return upstream.send(origin, 'account', { ...request, body: Buffer.alloc(0) }, { upload: null });
  }

  it('are whole like others, so that their cost is read and their links are rewritten', async () => {
    const codings = [
      ['gzip', gzipSync('clear')],
      ['GZIP', gzipSync('clear')],
      ['gzip', Buffer.concat([gzipSync('cl'), gzipSync('ear')])],
      ['br', brotliCompressSync('clear')],
      ['identity,gzip', gzipSync('clear')],
      ['', Buffer.from('clear')],
      ['identity,identity', Buffer.from('clear')],
    ] as const;
    for (const [coding, bytes] of codings) {
      const result = await get(coding, bytes);
      assert.ok(result.kind === 'answered', coding);
      assert.deepEqual([result.body.toString(), result.rest], ['clear', null], coding);
    }
  });

  it('are streamed when they grow beyond what is held whole', async () => {
    const result = await get('gzip', gzipSync(Buffer.alloc(LARGE, 'x')));
    assert.ok(result.kind === 'answered' && result.rest !== null);
    assert.equal(result.body.length + (await buffer(result.rest)).length, LARGE);
  });

  it('have no body where there is none', async () => {
    for (const result of [await get('gzip', Buffer.alloc(0)), await get('gzip', gzipSync('clear'), 'HEAD')]) {
      assert.ok(result.kind === 'answered');
      assert.deepEqual([result.body.length, result.rest], [0, null]);
    }
  });

  it('are lost when nobody can decode them, because a secret may be in them', async () => {
    for (const coding of ['gzip', 'compress', 'gzip,gzip'])
      assert.equal((await get(coding, Buffer.from('not that'))).kind, 'lost', coding);
    const frames = Buffer.concat([zstdCompressSync('cl'), zstdCompressSync('ear')]);
    assert.equal((await get('zstd', frames)).kind, 'lost');
  });

  it('are lost when they are compressed for the way, which the HTTP client does not undo', async (context) => {
    const transferred = createServer((request, response) => {
      const { socket } = request;
      const coding = request.url?.slice(1).replace('+', ', ') ?? '';
      response.detachSocket(socket);
      socket.end(`HTTP/1.1 200 OK\r\ntransfer-encoding: ${coding}\r\n\r\n5\r\nclear\r\n0\r\n\r\n`);
    });
    context.after(() => transferred.close());
    transferred.listen(0, '127.0.0.1');
    await once(transferred, 'listening');
    const outcomeOf = async (coding: string): Promise<string> => {
      const request = { method: 'GET', host: 'api.example', path: `/${coding}`, segments: [], query: '' };
      const { port } = transferred.address() as AddressInfo;
      const wire = { ...request, headers: {}, body: Buffer.alloc(0) };
      return (await upstream.send(`http://127.0.0.1:${port}`, 'account', wire, { upload: null })).kind;
    };
    for (const coding of ['gzip', 'gzip+chunked', 'deflate+chunked'])
      assert.equal(await outcomeOf(coding), 'lost', coding);
    assert.equal(await outcomeOf('chunked'), 'answered');
  });
});

it('text in which no secret is recognised is lost, whatever its charset is called', async (context) => {
  const upstream = createUpstream();
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': decodeURIComponent(request.url ?? '').slice(1) }).end('text');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(async () => {
    await upstream.close();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const outcomeOf = async (type: string): Promise<string> => {
    const path = `/${encodeURIComponent(type)}`;
    const request = { method: 'GET', host: 'api.example', path, segments: [], query: '', headers: {} };
    const wire = { ...request, body: Buffer.alloc(0) };
    return (await upstream.send(origin, 'account', wire, { upload: null })).kind;
  };
  for (const charset of ['utf-16', 'UTF-16LE', '"utf-16be"', 'utf16', 'utf-32', 'utf-7', 'ISO-10646-UCS-2'])
    assert.equal(await outcomeOf(`application/json; charset=${charset}`), 'lost', charset);
  for (const charset of ['utf-8', '"UTF-8"', 'us-ascii', 'iso-8859-1', 'windows-1252'])
    assert.equal(await outcomeOf(`application/json; charset=${charset}`), 'answered', charset);
});
