import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Budgets } from '../../src/guard/budgets/budgets.ts';
import type { Reservation } from '../../src/guard/budgets/claims.ts';
import { message, somebody } from '../../src/guard/intents-fixture.ts';
import { micros } from '../../src/kernel/money.ts';
import type { BudgetRecord } from '../../src/store/records.ts';
import { openFleet } from './budget-fleet.ts';

const PRICE = 80_000;
const bound = { money: { amount: micros(PRICE), currency: 'USD' }, count: 1, source: '' };

/** Leases as the store keeps them, with nothing but sums. */
function ledger(limit: () => number) {
  let leased = 0;
  return {
    leased: () => leased,
    grant: async ({ need, want }: { readonly need: number; readonly want: number }) => {
      const room = limit() - leased;
      const granted = room >= need ? Math.min(want, room) : 0;
      leased += granted;
      return { granted: micros(granted), left: micros(Math.max(0, room - granted)) };
    },
    giveBack: async (_lease: unknown, amount: number) => {
      leased -= amount;
    },
  };
}

function openProcesses(size: number, budget: BudgetRecord) {
  const leases = ledger(() => budget.limit);
  const clock = { ledger: () => 1_000_000, monotonic: () => performance.now() };
  return { processes: openFleet({ size, clock, leases, records: () => [budget] }), leases };
}

const budgetOf = (limit: number): BudgetRecord => ({
  id: 'b',
  name: 'daily',
  scope: {},
  unit: 'money',
  currency: 'USD',
  limit: micros(limit),
  window: { kind: 'day' },
  rates: {},
  createdAt: 0,
});

describe('budgets over several processes', () => {
  it('let exactly k of 1,000 parallel requests pass when there is money for exactly k', async () => {
    for (const k of [1, 7, 333, 999]) {
      const { processes, leases } = openProcesses(8, budgetOf(k * PRICE + PRICE - 1));
      const all = Array.from({ length: 1000 }, (_, index) =>
        Promise.resolve(processes[index % 8]?.reserve(somebody, message, bound)),
      );
      const passed = (await Promise.all(all)).filter((step) => step?.ok === true).length;
      assert.equal(passed, k);
      assert.ok(leases.leased() <= k * PRICE + PRICE - 1);
    }
  });

  it('ask for what lacks, not for what is in the slice already', async () => {
    const [budgets = assert.fail()] = openProcesses(1, budgetOf(1000)).processes;
    const costing = (amount: number) => ({ ...bound, money: { amount: micros(amount), currency: 'USD' } });
    const passes = async (amount: number) => (await budgets.reserve(somebody, message, costing(amount))).ok;
    assert.equal(await passes(10), true);
    assert.equal(await passes(700), true);
    assert.equal(await passes(291), false);
    assert.equal(await passes(290), true);
  });

  it('never overspend, and can be spent to the last cent, whatever is committed or released', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(
          fc.record({
            at: fc.nat(3),
            what: fc.constantFrom('spend', 'spend', 'spend', 'release', 'cheaper'),
          }),
          { maxLength: 120 },
        ),
        async (k, steps) => {
          const limit = k * PRICE;
          const { processes } = openProcesses(4, budgetOf(limit));
          let spent = 0;
          const open: { readonly budgets: Budgets; readonly reservation: Reservation }[] = [];
          for (const { at, what } of steps) {
            const budgets = processes[at];
            assert.ok(budgets);
            const last = open.pop();
            if (what === 'spend' || last === undefined) {
              if (last !== undefined) open.push(last);
              const step = await budgets.reserve(somebody, message, bound);
              if (!step.ok) continue;
              spent += PRICE;
              open.push({ budgets, reservation: step.value });
            } else if (what === 'release') {
              last.budgets.release(last.reservation);
              spent -= PRICE;
            } else {
              last.budgets.commit(last.reservation, { amount: micros(PRICE / 2), currency: 'USD' });
              spent -= PRICE / 2;
            }
            assert.ok(spent <= limit);
          }
          await new Promise((done) => setTimeout(done, 120)); // Refusals are remembered for a tenth of a second.
          for (let tries = 0; limit - spent >= PRICE; tries++) {
            assert.ok(tries < 1000, 'money is left that nobody can spend');
            const step = await processes[tries % 4]?.reserve(somebody, message, bound);
            if (step?.ok === true) spent += PRICE;
          }
          assert.ok(spent <= limit);
        },
      ),
      { numRuns: 20 },
    );
  });
});
