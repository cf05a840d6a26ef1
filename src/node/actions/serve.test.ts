import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { explainListening } from './serve.ts';

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
  const other = new Error('the disk is full');
  assert.equal(explainListening(other), other);
});
