import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Progress } from '../../kernel/progress.ts';
import { createClient } from './client.ts';
import { exitCodeOf, formatFailure } from '../failure.ts';

async function clientFor(t: TestContext, listener: RequestListener, told: string[] = []) {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const progress = {
    update: ({ done, unit }: Progress) => void told.push(`${done} ${unit}`),
    clear: () => void told.push('cleared'),
  };
  return createClient({ url, token: 'secret-token', actor: null, progress });
}

test('a problem of the API is thrown with its code and message, and ends with the exit code of its kind', async (t) => {
  const problem = { code: 'killed', detail: 'All is stopped.' };
  const client = await clientFor(t, (_, response) => response.writeHead(403).end(JSON.stringify(problem)));
  const failure = (await client.call('apps.list', {}).catch((error: unknown) => error)) as RingfenceError;
  assert.deepEqual([failure.code, failure.message, exitCodeOf(failure)], ['killed', 'All is stopped.', 5]);
});

test('somebody else who answers is told apart, also with a status that means nothing', async (t) => {
  for (const status of [304, 305, 999]) {
    const client = await clientFor(t, (_, response) => response.writeHead(status).end());
    await assert.rejects(client.call('apps.list', {}), { code: 'admin_unreachable' }, String(status));
  }
});

test('somebody else who answers is told apart, also when it names a code that is none', async (t) => {
  for (const body of ['<html>', '{"code":"__proto__"}', 'null', '{"code":7}']) {
    const client = await clientFor(t, (_, response) => response.writeHead(404).end(body));
    await assert.rejects(client.call('apps.list', {}), { code: 'admin_unreachable' }, body);
  }
});

test('a redirect is not followed, so the token goes nowhere else', async (t) => {
  const paths: (string | undefined)[] = [];
  const client = await clientFor(t, (request, response) => {
    paths.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await assert.rejects(client.call('apps.list', {}), { code: 'admin_unreachable' });
  assert.deepEqual(paths, ['/v1/apps']);
});

test('a reference with a slash stays one path segment', async (t) => {
  const client = await clientFor(t, (request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.url)),
  );
  assert.equal(await client.call('kills.lift', { kill: '../keys' }), '/v1/kills/..%2Fkeys');
});

test('a stream that breaks off in a line is a failure', async (t) => {
  const client = await clientFor(t, (_, response) => response.writeHead(200).end('{"id":"a"}\n{"id":'));
  await assert.rejects(Array.fromAsync(client.lines('journal.export', {})), { code: 'admin_unreachable' });
});

const LATE = { 'content-type': 'application/x-ndjson' };
const sign = (done: number) => `${JSON.stringify({ progress: { done, total: 0, unit: 'records' } })}\n`;

test('a late answer is waited for, and how far the gateway is told until it comes', async (t) => {
  const told: string[] = [];
  const client = await clientFor(
    t,
    ({ headers: { accept } }, response) => {
      assert.ok(accept?.includes('application/x-ndjson'));
      response.writeHead(200, LATE).end(`${sign(1)}\n${sign(2)}{"result":[]}\n`);
    },
    told,
  );
  assert.deepEqual(await client.call('apps.list', {}), []);
  assert.deepEqual(told, ['1 records', '2 records', 'cleared']);
});

test('a late fault is the same fault, also at the end of an export', async (t) => {
  const problem = JSON.stringify({ problem: { code: 'verify_failed', detail: 'w0-1-1 does not fit.' } });
  const client = await clientFor(t, (_, response) =>
    response.writeHead(200, LATE).end(`${sign(1)}${problem}\n`),
  );
  const failure = { code: 'verify_failed', message: 'w0-1-1 does not fit.' };
  await assert.rejects(client.call('apps.list', {}), failure);
  await assert.rejects(Array.fromAsync(client.lines('journal.export', {})), failure);
});

test('a gateway that dies before it answers may have done what it was asked, and that is told', async (t) => {
  const client = await clientFor(t, (_, response) => void response.destroy());
  const failure = { code: 'admin_unreachable', message: /broke off.* may have been done: look/ };
  await assert.rejects(client.call('keys.rotate', { key: 'key_1', overlapSeconds: 1 }), failure);
});

test('that what was asked may have been done is told over https as well', async (t) => {
  const server = createServer((_, response) => void response.destroy());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const real = fetch;
  t.mock.method(globalThis, 'fetch', (url: URL, init: RequestInit) =>
    real(url.href.replace('https', 'http'), init),
  );
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createClient({ url, token: 'secret-token', actor: null });
  await assert.rejects(client.call('keys.rotate', { key: 'key_1', overlapSeconds: 1 }), {
    message: /broke off/,
  });
});

test('a gateway that dies at work is told as one that cannot be reached, and no result is made up', async (t) => {
  const told: string[] = [];
  const endings: RequestListener[] = [
    (_, response) => response.writeHead(200, LATE).end(sign(1)),
    (_, response) => response.writeHead(200, LATE).write(sign(1), () => response.destroy()),
  ];
  for (const ending of endings) {
    const client = await clientFor(t, ending, told);
    await assert.rejects(client.call('apps.list', {}), { code: 'admin_unreachable' });
  }
  assert.equal(told.at(-1), 'cleared');
});

test('a wait that may be given up tells no progress', async (t) => {
  const client = await clientFor(t, ({ headers: { accept } }, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(accept)),
  );
  const { signal } = new AbortController();
  assert.equal(await client.call('journal.tail', {}, signal), 'application/json');
});

test('a failure is one JSON object under --json, with its causes under --verbose', () => {
  const error = new RingfenceError('conflict', 'Changed.', { cause: new Error('why') });
  const { causes } = JSON.parse(formatFailure(error, { json: true, verbose: true })).error;
  assert.deepEqual(causes, ['Error: why']);
  assert.ok(formatFailure(error, { json: false, verbose: true }).endsWith('because: Error: why'));
  assert.ok(!formatFailure(error, { json: false, verbose: false }).includes('why'));
});

test('a request to this machine in clear uses no proxy, even where Node is told to use that of the environment', async (t) => {
  const seen: string[] = [];
  const proxy = createServer((_, response) => response.end()).on('connect', (request, socket) => {
    seen.push(request.url ?? '');
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const admin = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end('[]'),
  );
  const urls = await Promise.all(
    [proxy, admin].map(async (server) => {
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      t.after(() => server.close());
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    }),
  );
  const script = `
    import { createClient } from ${JSON.stringify(new URL('client.ts', import.meta.url).href)};
    const client = createClient({ url: process.argv[1], token: 'secret-token', actor: null });
    console.log(JSON.stringify(await client.call('apps.list', {})));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, urls[1] ?? ''],
    {
      timeout: 240_000,
      env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: urls[0], http_proxy: urls[0] },
    },
  );
  assert.deepEqual([stdout.trim(), seen], ['[]', []]);
});

test('the answer of a server that refuses a long body before it is sent is read', async (t) => {
  const problem = JSON.stringify({ code: 'not_authenticated' });
  const client = await clientFor(t, (request, response) => {
    response
      .writeHead(401, { 'content-length': problem.length })
      .end(problem, () => request.socket.destroy());
  });
  const text = 'x'.repeat(8 * 1024 * 1024);
  for (let tries = 0; tries < 5; tries++)
    await assert.rejects(client.call('prices.import', { text, format: 'csv' }), {
      code: 'not_authenticated',
    });
});
