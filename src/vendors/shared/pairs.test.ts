import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPairs, writePairs } from './pairs.ts';

test('pairs are read back as they were written, and no name stands twice', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name.toLowerCase(), maxLength: 20 }),
      (pairs) => {
        const map = new Map(pairs.filter(([name]) => name !== ''));
        assert.deepEqual(readPairs(writePairs(map)), { ok: true, value: map });
      },
    ),
  );
  for (const bad of ['a=1&a=2', 'a=1&A=2', 'a=%', 'a=%ff', '%61=1&a=2']) assert.ok(!readPairs(bad).ok, bad);
});
