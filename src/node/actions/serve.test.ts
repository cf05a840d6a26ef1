import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { readConfig } from '../../config/config.ts';
import { createLocal } from './local.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Primary } from '../primary.ts';
import { describeListeners, explainListening, stay } from './serve.ts';

test('a port that is taken is told as such, whichever process meets it; other faults stay what they are', async () => {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address() as AddressInfo;
  const [error] = (await once(createServer().listen(port, '127.0.0.1'), 'error')) as [Error];
  first.close();
  for (const met of [error, new Error(error.message)]) {
    const told = explainListening(met) as Error & { readonly code: string };
    assert.equal(told.code, 'config_invalid');
    assert.match(told.message, new RegExp(`127\\.0\\.0\\.1:${port}: something listens there already`));
  }
  const nowhere = createServer().listen(0, 'gateway.invalid');
  const [unknown] = (await once(nowhere, 'error')) as [Error];
  for (const met of [unknown, new Error(unknown.message)])
    assert.match((explainListening(met) as Error).message, /cannot listen at gateway\.invalid: E[A-Z_]+/);
  const other = new Error('the disk is full');
  assert.equal(explainListening(other), other);
});

test('a gateway whose store another has taken ends at once, and touches nothing of it any more', async () => {
  const reason = new RingfenceError('store_unavailable', 'another gateway works on it');
  const close = () => assert.fail('it closes what is not its own');
  const primary = { taken: Promise.resolve(reason), close } as unknown as Primary;
  const never = new Promise<void>(() => {});
  await assert.rejects(stay(never, primary, [close]), reason);
});

test('a program that starts it under --json reads one object that says where it listens', () => {
  const said: string[] = [];
  const local = { ...createLocal(process), print: (line: string) => void said.push(line) };
  describeListeners(local, readConfig({ workers: 2, listeners: { proxy: null } }), { json: true });
  assert.equal(said.length, 1);
  const { ready, workers, listeners } = JSON.parse(said[0] ?? '') as Readonly<Record<string, unknown>>;
  assert.deepEqual([ready, workers], [true, 2]);
  assert.deepEqual(listeners, {
    apps: { host: '127.0.0.1', port: 4610 },
    proxy: null,
    tls: { host: '127.0.0.1', port: 4612 },
    admin: { host: '127.0.0.1', port: 4613 },
    hosts: {},
  });
});
