import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowText } from './budgets.ts';

test('a sliding window is shown as it is typed', () => {
  const shown = [86_400_000, 5_400_000, 60_000, 61_000, 60_001].map((milliseconds) =>
    windowText({ kind: 'sliding', milliseconds }),
  );
  assert.deepEqual(shown, ['24h', '90m', '1m', '61s', '60001ms']);
  assert.equal(windowText({ kind: 'month' }), 'month');
});
