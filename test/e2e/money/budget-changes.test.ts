import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { micros } from '../../../src/kernel/money.ts';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { PRICE, sendAtLast } from '../spending.ts';

const DAILY = {
  name: 'daily',
  scope: {},
  unit: 'money',
  currency: 'USD',
  limit: micros(2 * PRICE),
  window: { kind: 'day' },
  rates: {},
} as const;

describe('a budget that is changed while it is used', () => {
  let node: TestNode;
  let budgets: ReturnType<typeof createAdminServices>['budgets'];
  before(async () => {
    node = await startNode();
    ({ budgets } = createAdminServices(node.primary, Date.now()));
    await budgets.put(DAILY, 'test');
    assert.equal((await sendAtLast(node)).code, 'allowed');
  });
  after(() => node.close());

  it('does not count in another currency or unit: what is spent of it is in the old one', async () => {
    const conflict = { code: 'conflict' };
    const yen = {
      ...DAILY,
      currency: 'JPY',
      limit: micros(100 * PRICE),
      rates: { USD: micros(160_000_000) },
    };
    await assert.rejects(budgets.put(yen, 'test'), conflict);
    await assert.rejects(budgets.put({ ...DAILY, unit: 'count' }, 'test'), conflict);
    assert.equal((await sendAtLast(node)).code, 'allowed');
    assert.equal((await sendAtLast(node)).code, 'budget_exceeded');
  });

  it('keeps what is spent when its limit changes or its window grows', async () => {
    await budgets.put({ ...DAILY, limit: micros(PRICE) }, 'test');
    assert.equal((await sendAtLast(node)).code, 'budget_exceeded');
    await budgets.put({ ...DAILY, window: { kind: 'month' }, limit: micros(3 * PRICE) }, 'test');
    assert.equal((await sendAtLast(node)).code, 'allowed');
    assert.equal((await sendAtLast(node)).code, 'budget_exceeded');
  });

  it('is one budget, also when it is made twice at the same time', async () => {
    const made = { ...DAILY, name: 'twice' };
    await Promise.allSettled([budgets.put(made, 'a'), budgets.put(made, 'b')]);
    assert.equal((await budgets.list()).filter(({ name }) => name === 'twice').length, 1);
  });

  it('is called by its name in the journal, also when it goes', async () => {
    const { id } = await budgets.put({ ...DAILY, name: 'short' }, 'ada');
    assert.equal(await budgets.remove(id, 'ada'), true);
    assert.equal(await budgets.remove(id, 'late'), false);
    const { signal } = new AbortController();
    const { journal } = createAdminServices(node.primary, 0);
    const { entries } = await journal.tail({ cursor: null, limit: 50, wait: 0, signal });
    const acts = entries.map(({ record }) => record).filter((record) => record.type === 'admin');
    assert.deepEqual(
      acts.filter(({ target }) => target === 'short').map(({ actor, act }) => `${actor} ${act}`),
      ['ada budget.put', 'ada budget.remove'],
    );
    assert.ok(!acts.some(({ actor }) => actor === 'late'), 'what was not there was not removed');
  });
});
