import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyEntry } from './key-entry.ts';
import { createTrials } from './trials.ts';

const keys = Array.from({ length: 64 }, (_, n) => ({ id: `key_${n}` }) as KeyEntry);
const idsOf = (tried: readonly KeyEntry[]) => tried.map(({ id }) => id);

test('sources that change their address lose what a process may lose in all, and no more', () => {
  const start = createTrials();
  let checks = 0;
  for (let n = 0; n < 5000; n++) {
    const trial = start(`source ${n}`, keys, 0);
    checks += trial.keys.length;
    trial.lost();
  }
  assert.equal(checks, 5000 + 1024);
  assert.equal(start('another', keys, 250).keys.length, 1 + 32, 'it comes back by time');
});

test('the keys that were used last from there come first, four at most beyond what may be lost', () => {
  const start = createTrials();
  for (const n of [9, 8, 7, 6, 5]) start('a', keys, 0).signed(keys[n] as KeyEntry);
  for (let n = 0; n < 10; n++) start('a', keys, 0).lost();
  const { keys: tried, isCut } = start('a', keys, 0);
  assert.deepEqual(idsOf(tried), ['key_5', 'key_6', 'key_7', 'key_8']);
  assert.ok(isCut);
  assert.deepEqual(idsOf(start('b', keys, 0).keys), idsOf(keys), 'another source has its own');
  assert.deepEqual(idsOf(start('a', keys.slice(6, 7), 0).keys), ['key_6'], 'a key that is gone is not tried');
});

test('a time that goes back gives nothing', () => {
  const start = createTrials();
  for (let n = 0; n < 10; n++) start('a', keys, 1_000_000).lost();
  assert.equal(start('a', keys, 0).keys.length, 1);
  assert.equal(start('a', keys, 1_000_000).keys.length, 1);
  assert.equal(start('a', keys, 1_001_000).keys.length, 17);
});

test('a token of the only key that there is costs nobody anything', () => {
  const start = createTrials();
  const one = keys.slice(0, 1);
  for (let n = 0; n < 5000; n++) start('a', one, 0).lost();
  assert.equal(start('a', keys, 0).keys.length, 64);
});
