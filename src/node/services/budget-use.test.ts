import assert from 'node:assert/strict';
import { test } from 'node:test';
import { micros } from '../../kernel/money.ts';
import type { Store } from '../../store/ports.ts';
import type { BudgetRecord } from '../../store/records.ts';
import { withUse } from './budget-use.ts';

const DAY = 86_400_000;
const budget = (id: string, window: BudgetRecord['window']) =>
  ({ id, name: id, limit: micros(100), window }) as BudgetRecord;

test('what is left of many budgets is one question to the store', async () => {
  const asked: unknown[] = [];
  const sums: Store['leases']['sums'] = (all) => {
    asked.push(all);
    const some = { periods: 1, spent: micros(90), leased: micros(20), presumed: micros(0) };
    return Promise.resolve(
      all.map(({ since }) => (since === 0 ? some : { ...some, periods: 0, spent: micros(0) })),
    );
  };
  const budgets = [budget('daily', { kind: 'day' }), budget('total', { kind: 'total' })];
  const found = await withUse({ sums }, DAY + 5, budgets);
  assert.deepEqual(asked, [
    [
      { budget: 'daily', since: DAY },
      { budget: 'total', since: 0 },
    ],
  ]);
  assert.deepEqual(
    found.map(({ id, use }) => [id, use.period, use.spent, use.left]),
    [
      ['daily', null, 0, 80],
      ['total', 0, 90, 0],
    ],
  );
});
