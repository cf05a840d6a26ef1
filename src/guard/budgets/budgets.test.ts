import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { micros } from '../../kernel/money.ts';
import type { BudgetRecord } from '../../store/records.ts';
import { message, somebody } from '../intents-fixture.ts';
import { createBudgets } from './budgets.ts';
import type { GrantAsk } from './slice.ts';

const BUDGET: BudgetRecord = {
  id: 'b',
  name: 'daily',
  scope: {},
  unit: 'money',
  currency: 'USD',
  limit: micros(100),
  window: { kind: 'day' },
  rates: {},
  createdAt: 0,
};

function boundOf(amount: number) {
  return { money: { amount: micros(amount), currency: 'USD' }, count: 1, source: '' };
}

/** Budgets before a bank that has so much. */
function openBudgets(room: number) {
  const asks: GrantAsk[] = [];
  let left = room;
  const budgets = createBudgets({
    clock: { ledger: () => 5, monotonic: () => 0 },
    bank: {
      async grant(ask) {
        asks.push(ask);
        const granted = micros(ask.need <= left ? ask.need : 0);
        left -= granted;
        return { granted, left: micros(left), period: 0, end: 86_400_000 };
      },
      giveBack: () => assert.fail('nothing is left over'),
    },
  });
  budgets.configure([BUDGET]);
  return { asks, reserve: (amount: number) => budgets.reserve(somebody, message, boundOf(amount)) };
}

describe('what costs nothing', () => {
  it('passes a budget that nobody has used yet, in its period', async () => {
    const { asks, reserve } = openBudgets(100);
    const step = await reserve(0);
    assert.deepEqual(step.ok && step.value.reserves, [['b', 0, 0]]);
    assert.ok(!(reserve(0) instanceof Promise));
    assert.equal(asks.length, 1, 'the bank is asked for the period, and no more');
  });

  it('passes a budget that is spent, and refuses nobody else', async () => {
    const { reserve } = openBudgets(60);
    assert.equal((await reserve(60)).ok, true);
    assert.equal((await reserve(0)).ok, true);
    const spent = openBudgets(60);
    const [free, dear] = await Promise.all([spent.reserve(0), spent.reserve(60)]);
    assert.deepEqual([free.ok, dear.ok], [true, true]);
  });
});

describe('a request that waits for money while its budget changes', () => {
  function openSlowBank() {
    const asked: (() => void)[] = [];
    let given = 0;
    const budgets = createBudgets({
      clock: { ledger: () => 5, monotonic: () => 0 },
      bank: {
        async grant({ need }) {
          await new Promise<void>((resolve) => asked.push(resolve));
          return { granted: need, left: micros(0), period: 0, end: 86_400_000 };
        },
        giveBack: (_budget, _period, amount) => void (given += amount),
      },
      patience: 1_000,
    });
    budgets.configure([BUDGET]);
    return { budgets, asked, given: () => given };
  }

  it('goes on with the budget as it stands now, and gives back what was for the old one', async () => {
    const { budgets, asked, given } = openSlowBank();
    const waiting = budgets.reserve(somebody, message, boundOf(60));
    budgets.configure([{ ...BUDGET, limit: micros(200) }]);
    asked[0]?.();
    await turn();
    assert.equal(given(), 60);
    assert.equal(asked.length, 2, 'asked once for each');
    asked[1]?.();
    const step = await waiting;
    assert.deepEqual(step.ok && step.value.reserves, [['b', 0, 60]]);
  });

  it('goes on without it when it is removed', async () => {
    const { budgets, asked, given } = openSlowBank();
    const waiting = budgets.reserve(somebody, message, boundOf(60));
    budgets.configure([]);
    asked[0]?.();
    const step = await waiting;
    assert.deepEqual(step.ok && step.value.reserves, []);
    assert.equal(given(), 60);
  });
});

describe('what an outcome saves of a budget that was changed meanwhile', () => {
  it('goes back once the record of the outcome is written: before, the lease does not hold it', async () => {
    const order: string[] = [];
    const budgets = createBudgets({
      clock: { ledger: () => 5, monotonic: () => 0 },
      bank: {
        grant: async ({ need }) => ({ granted: need, left: micros(0), period: 0, end: 86_400_000 }),
        giveBack: (_budget, period, amount) => void order.push(`${amount} of period ${period}`),
      },
    });
    budgets.configure([BUDGET]);
    const step = await budgets.reserve(somebody, message, boundOf(60));
    assert.ok(step.ok);
    budgets.configure([{ ...BUDGET, limit: micros(200) }]);
    budgets.release(step.value);
    order.push('record');
    await turn();
    assert.deepEqual(order, ['record', '60 of period 0']);
  });
});

describe('amounts of a currency of small units', () => {
  const open = (budget: Partial<BudgetRecord>) => {
    const budgets = createBudgets({
      clock: { ledger: () => 5, monotonic: () => 0 },
      bank: {
        grant: async ({ need }) => ({ granted: need, left: micros(0), period: 0, end: 86_400_000 }),
        giveBack: () => {},
      },
    });
    budgets.configure([{ ...BUDGET, ...budget }]);
    return async (amount: number) => budgets.reserve(somebody, message, boundOf(amount));
  };

  it('are granted up to the highest limit that there is', async () => {
    const highest = 999_999_999_000_000;
    assert.equal((await open({ limit: micros(highest) })(highest)).ok, true);
  });

  it('are refused, not a fault, where a rate makes more of them than can be counted', async () => {
    const step = await open({ currency: 'IRR', rates: { USD: micros(1_100_000_000_000) } })(20_000_000_000);
    assert.ok(!step.ok);
    assert.match(step.refusal.message, /daily .* cannot express what this may cost/);
    assert.equal(step.refusal.code, 'budget_exceeded');
  });
});

describe('a request for which there is no money', () => {
  const refusal = async (isLate: boolean) => {
    let now = 0;
    const budgets = createBudgets({
      clock: { ledger: () => 5, monotonic: () => now },
      bank: {
        grant: async () => {
          now += 500;
          return { granted: micros(0), left: micros(0), period: 0, end: 86_400_000, isLate };
        },
        giveBack: () => {},
      },
    });
    budgets.configure([BUDGET]);
    const step = await budgets.reserve(somebody, message, boundOf(10));
    return step.ok ? null : step.refusal.code;
  };

  it('is told that the budget is spent', async () => {
    assert.equal(await refusal(false), 'budget_exceeded');
  });

  it('is told to try again while other processes have not given theirs back', async () => {
    assert.equal(await refusal(true), 'budget_unavailable');
  });

  it('is asked for again after a pause, however fast it is told that others are late', async () => {
    let [now, asks] = [0, 0];
    const budgets = createBudgets({
      clock: { ledger: () => 5, monotonic: () => now },
      sleep: async (milliseconds) => {
        if (milliseconds < 100) now += milliseconds;
        else await new Promise(() => {});
      },
      bank: {
        grant: async () => {
          if (++asks > 1000) throw new Error('asked without end');
          return { granted: micros(0), left: micros(0), period: 0, end: 86_400_000, isLate: true };
        },
        giveBack: () => {},
      },
    });
    budgets.configure([BUDGET]);
    const step = await budgets.reserve(somebody, message, boundOf(10));
    assert.equal(step.ok, false);
    assert.ok(asks <= 51, `${asks} asks`);
  });
});

it('a request takes nothing of money that does not suffice for it, be it by a micro', async () => {
  let room = 100;
  const budgets = createBudgets({
    clock: { ledger: () => 5, monotonic: () => 0 },
    bank: {
      async grant() {
        const granted = micros(room);
        room = 0;
        return { granted, left: micros(0), period: 0, end: 86_400_000 };
      },
      giveBack: () => {},
    },
  });
  budgets.configure([BUDGET]);
  const passed: boolean[] = [];
  for (const amount of [40, 61, 60, 1])
    passed.push((await budgets.reserve(somebody, message, boundOf(amount))).ok);
  assert.deepEqual(passed, [true, false, true, false]);
});

it('a request takes from all of its budgets or from none', async () => {
  const rooms: Record<string, number> = { rich: 100, poor: 50 };
  const budgets = createBudgets({
    clock: { ledger: () => 5, monotonic: () => 0 },
    bank: {
      async grant({ budget, need }) {
        const room = rooms[budget] ?? 0;
        const granted = micros(need <= room ? room : 0);
        rooms[budget] = room - granted;
        return { granted, left: micros(0), period: 0, end: 86_400_000 };
      },
      giveBack: () => {},
    },
  });
  budgets.configure(['rich', 'poor'].map((id) => ({ ...BUDGET, id })));
  const reserve = async (amount: number) => (await budgets.reserve(somebody, message, boundOf(amount))).ok;
  const passed: boolean[] = [];
  for (const amount of [40, 40, 10, 10]) passed.push(await reserve(amount));
  assert.deepEqual(passed, [true, false, true, false]);
  assert.equal(budgets.recall('rich', 0), 50, 'those that were refused have taken nothing');
  assert.equal(budgets.recall('poor', 0), 0);
});
