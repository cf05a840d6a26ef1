import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

test('work under one name runs one after the other, under different names at the same time', async () => {
  const inTurn = createTurns();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} starts`);
    await setImmediate();
    log.push(`${name} ends`);
  };
  await Promise.all([inTurn('one', work('a')), inTurn('one', work('b')), inTurn('two', work('c'))]);
  assert.ok(log.indexOf('a ends') < log.indexOf('b starts'));
  assert.ok(log.indexOf('c starts') < log.indexOf('a ends'));
});

test('work that fails does not stop what waits behind it', async () => {
  const inTurn = createTurns();
  const failing = inTurn('one', () => Promise.reject(new Error('no')));
  const following = inTurn('one', () => Promise.resolve('yes'));
  await assert.rejects(failing, /no/);
  assert.equal(await following, 'yes');
});
