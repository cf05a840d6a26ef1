import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memorySettings } from '../store-fake.ts';
import { createRotationStore, type RotationRecord } from './record.ts';

test('the rotations of all accounts are found by one query, in the order of the accounts', async () => {
  const settings = memorySettings();
  const asked: (readonly string[])[] = [];
  const store = createRotationStore({
    ...settings,
    get: () => Promise.reject(new Error('one by one')),
    some(names) {
      asked.push(names);
      return settings.some(names);
    },
  });
  for (const account of ['a', 'b', 'c']) await store.put({ account } as RotationRecord);
  await settings.put('account.d.rotation', '');
  const found = await store.some(['c', 'none', 'd', 'a']);
  assert.deepEqual(
    found.map(({ account }) => account),
    ['c', 'a'],
  );
  assert.equal(asked.length, 1);
});
