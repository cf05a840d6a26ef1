import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInFull } from './journal.ts';

test('amounts of a record are shown in units of their currency, whatever else a record holds as it is', () => {
  const record = {
    type: 'intent',
    at: 1_795_786_528_771,
    to: ['+49*********34'],
    bound: 100_000,
    currency: 'USD',
    reserves: [['budget_1', 0, 7_900], 'odd'],
    amount: null,
    spent: [7_900, 6_300, 'odd'],
    detail: { limit: 20_000_000, currency: 'USD', rows: 3 },
  };
  assert.deepEqual(formatInFull({ id: 'w0-1-2', record }).split('\n'), [
    'w0-1-2',
    '  type: intent',
    '  at: 2026-11-27T13:35:28.771Z',
    '  to: ["+49*********34"]',
    '  bound: 0.10',
    '  currency: USD',
    '  reserves: 0.0079 of budget_1, "odd"',
    '  amount: null',
    '  spent: 0.0079, 0.0063, odd',
    '  detail: {"limit":"20.00","currency":"USD","rows":3}',
  ]);
});
