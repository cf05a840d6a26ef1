import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { RingfenceError } from '../kernel/errors.ts';
import { createClient } from './client.ts';
import { exitCodeOf, formatFailure } from './failure.ts';

async function clientFor(t: TestContext, listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return createClient({ url, token: 'secret-token', actor: null });
}

test('a problem becomes the same fault', async (t) => {
  const problem = { code: 'killed', detail: 'All is stopped.' };
  const client = await clientFor(t, (_, response) => response.writeHead(403).end(JSON.stringify(problem)));
  const failure = (await client.call('apps.list', {}).catch((error: unknown) => error)) as RingfenceError;
  assert.deepEqual([failure.code, failure.message, exitCodeOf(failure)], ['killed', 'All is stopped.', 5]);
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

test('a failure is one JSON object under --json, with its causes under --verbose', () => {
  const error = new RingfenceError('conflict', 'Changed.', { cause: new Error('why') });
  const { causes } = JSON.parse(formatFailure(error, { json: true, verbose: true })).error;
  assert.deepEqual(causes, ['Error: why']);
  assert.ok(formatFailure(error, { json: false, verbose: true }).endsWith('because: Error: why'));
  assert.ok(!formatFailure(error, { json: false, verbose: false }).includes('why'));
});
