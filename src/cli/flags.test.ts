import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDuration, readWhole } from './flags.ts';

test('durations and numbers are exact or refused', () => {
  assert.deepEqual(
    ['90s', '15m', '12h', '30d', '4w'].map(readDuration),
    [90, 900, 43_200, 2_592_000, 2_419_200],
  );
  for (const input of ['', '5', '1.5h', '-1h', '1y', '1h '])
    assert.throws(() => readDuration(input), { code: 'usage' });
  for (const input of ['-1', '1e3', '', '0x1']) assert.throws(() => readWhole(input), { code: 'usage' });
});
