import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { UpstreamResult } from './collector.ts';
import { createUpstream } from './upstream.ts';

const CONNECTIONS = 256;
const LARGE = Buffer.alloc(1024 * 1024, 'x');

describe('connections to a vendor', () => {
  const upstream = createUpstream({ patience: 100, longest: 300 });
  let origin: string;
  let seen = 0;
  const server = createServer((request, response) => {
    seen += 1;
    if (request.url === '/whole') return response.end('{}');
    if (request.url === '/large') return response.end(LARGE);
    if (request.url === '/coded') return response.writeHead(200, { 'content-encoding': 'x' }).end('x');
    if (request.url === '/hints') return repeat(response, () => response.writeEarlyHints({ link: '</a>' }));
    if (request.url === '/drops') return repeat(response, () => response.write('x'));
    if (request.url === '/cut') return request.socket.destroy();
    return undefined; // Never.
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  function get(path: string): Promise<UpstreamResult> {
    const request = { method: 'GET', host: 'api.example', path, segments: [], query: '', headers: {} };
    return upstream.send(origin, 'account', { ...request, body: Buffer.alloc(0) }, { upload: null });
  }

  it('are free again however an answer ends', async () => {
    for (const path of ['/whole', '/large', '/coded', '/cut'])
      for (let turn = 0; turn <= CONNECTIONS; turn++) {
        const result = await get(path);
        if (result.kind === 'answered') result.rest?.destroy();
        else assert.equal(result.kind, 'lost', path);
      }
    assert.equal((await get('/whole')).kind, 'answered');
  });

  it('are given up when an answer neither comes nor is missing', async () => {
    for (const path of ['/hints', '/drops']) assert.equal((await get(path)).kind, 'lost', path);
  });

  it('are waited for a while; then the request is not sent any more', async () => {
    const held = Array.from({ length: CONNECTIONS }, () => get('/never'));
    const before = seen;
    const result = await get('/whole');
    assert.ok(result.kind === 'unreachable');
    assert.equal((result.error as { readonly code?: string }).code, 'overloaded');
    server.closeAllConnections();
    for (const { kind } of await Promise.all(held)) assert.equal(kind, 'lost');
    assert.equal((await get('/whole')).kind, 'answered');
    assert.ok(seen - before <= CONNECTIONS + 1, 'it was sent after all');
  });
});

function repeat(response: ServerResponse, what: () => void): void {
  const timer = setInterval(what, 20);
  response.on('close', () => clearInterval(timer));
}
