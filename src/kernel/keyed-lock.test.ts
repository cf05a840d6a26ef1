import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { createKeyedLock } from './keyed-lock.ts';

test('work under one name runs one after the other, under different names at the same time', async () => {
  const lock = createKeyedLock();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} starts`);
    await setImmediate();
    log.push(`${name} ends`);
  };
  await Promise.all([lock('one', work('a')), lock('one', work('b')), lock('two', work('c'))]);
  assert.ok(log.indexOf('a ends') < log.indexOf('b starts'));
  assert.ok(log.indexOf('c starts') < log.indexOf('a ends'));
});

test('work that fails does not stop what waits behind it', async () => {
  const lock = createKeyedLock();
  const failing = lock('one', () => Promise.reject(new Error('no')));
  const following = lock('one', () => Promise.resolve('yes'));
  await assert.rejects(failing, /no/);
  assert.equal(await following, 'yes');
});
