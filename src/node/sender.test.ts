import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createUpstream } from '../gateway/upstream.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { createSender } from './sender.ts';

async function ask(t: TestContext, answer: RequestListener, longest?: number) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const upstream = createUpstream();
  t.after(async () => {
    server.closeAllConnections();
    await upstream.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const send = createSender(upstream, 'test', longest);
  const request = { method: 'GET', host: 'api.example', path: '/', segments: [''], query: '', headers: {} };
  return send({ ...request, body: Buffer.alloc(0) }, `http://127.0.0.1:${port}`);
}

test('an answer of three megabytes comes whole', async (t) => {
  const text = Buffer.alloc(3_000_000, 'list ');
  const { body, status } = await ask(t, (_request, response) => void response.end(text));
  assert.equal(status, 200);
  assert.ok(body.equals(text));
});

test('an answer that breaks off is no answer', async (t) => {
  const breaking: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 2_000_000 });
    response.write(Buffer.alloc(1_000_000), () => response.destroy());
  };
  await assert.rejects(ask(t, breaking), {
    code: 'upstream_unknown',
    message: /^127\.0\.0\.1:\d+ did not answer \(\w+\)$/,
  });
});

test('a large answer that comes a byte now and then is given up, and keeps nobody waiting', async (t) => {
  const dripping: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-length': 2_000_000 });
    response.write(Buffer.alloc(1_000_000));
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
  };
  const given = await ask(t, dripping, 100).catch((error: Error) => error);
  assert.ok(given instanceof RingfenceError);
  assert.match(String(given.cause), /took too long/);
});

test('an answer without end is given up at 16 MiB', async (t) => {
  const endless: RequestListener = (_request, response) => {
    const more = () => void response.write(Buffer.alloc(1_000_000), () => response.destroyed || more());
    more();
  };
  const given = await ask(t, endless).catch((error: Error) => error);
  assert.ok(given instanceof RingfenceError);
  assert.match(String(given.cause), /is larger than 16777216 bytes/);
});

test('who cannot be reached is named, with the reason: it is a matter of DNS, firewall or proxy', async (t) => {
  const upstream = createUpstream();
  t.after(() => upstream.close());
  const request = { method: 'GET', host: 'api.example', path: '/', segments: [''], query: '', headers: {} };
  const reach = (origin: string) =>
    createSender(upstream, 'test')({ ...request, body: Buffer.alloc(0) }, origin);
  await assert.rejects(reach('http://127.0.0.1:1'), {
    code: 'upstream_unreachable',
    message: '127.0.0.1:1 could not be reached (ECONNREFUSED: nothing listens there); nothing was sent',
  });
  await assert.rejects(reach('https://nowhere.invalid'), {
    message: /^nowhere\.invalid could not be reached \((ENOTFOUND|EAI_AGAIN): its name is not found\)/,
  });
});
