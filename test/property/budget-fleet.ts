import assert from 'node:assert/strict';
import { createBank, type BankOptions, type Holder } from '../../src/guard/budgets/bank.ts';
import { createBudgets, type Budgets } from '../../src/guard/budgets/budgets.ts';
import type { SliceClock } from '../../src/guard/budgets/slice.ts';
import type { BudgetRecord } from '../../src/store/records.ts';

export interface FleetOptions {
  readonly size: number;
  readonly clock: SliceClock;
  readonly leases: BankOptions['leases'];
  /** As they are now. */
  readonly records: () => readonly BudgetRecord[];
}

/** Processes that spend from one bank, without anything between them that could be slow or fail. */
export function openFleet({ size, clock, leases, records }: FleetOptions): readonly Budgets[] {
  const fleet = new Map<Holder, Budgets>();
  const bank = createBank({
    leases,
    clock,
    budget: (wanted) => records().find(({ id }) => id === wanted),
    loaded: async () => {},
    holders: {
      live: () => size,
      isAlive: () => true,
      isClosing: () => false,
      others: (asking) => [...fleet.keys()].filter((holder) => holder !== asking),
      recall: async (called, id, period) => {
        const budgets = fleet.get(called) ?? assert.fail();
        return { amount: budgets.recall(id, period), position: 0 };
      },
    },
    patience: () => new Promise(() => {}),
  });
  for (let index = 0; index < size; index++) {
    const holder = { node: `w${index}`, epoch: 1 };
    const budgets = createBudgets({
      clock,
      patience: Infinity,
      bank: {
        grant: (ask) => bank.grant(holder, ask),
        giveBack: (id, period, amount) => void bank.giveBack(id, period, { ...holder, amount, position: 0 }),
      },
    });
    budgets.configure(records());
    fleet.set(holder, budgets);
  }
  return [...fleet.values()];
}
