import type { BudgetUse } from '../api/services.ts';
import { periodAt } from '../guard/budgets/window.ts';
import { micros } from '../kernel/money.ts';
import type { BudgetRecord } from '../store/records.ts';
import type { Primary } from './primary.ts';

/** What of a budget is spent, held by processes and left in the window that is running. */
export async function budgetUse(
  { store, clock }: Pick<Primary, 'store' | 'clock'>,
  budget: BudgetRecord,
): Promise<BudgetUse> {
  const { start, since } = periodAt(budget.window, clock.ledger());
  const periods = await store.leases.periods(budget.id, since);
  const sum = (of: (period: (typeof periods)[number]) => number) =>
    micros(periods.reduce((total, period) => total + of(period), 0));
  const spent = sum((period) => period.spent);
  const leased = sum((period) => period.leased);
  const presumed = sum((period) => period.presumed);
  const left = micros(Math.max(0, budget.limit - spent - leased - presumed));
  return { period: periods.length === 0 ? null : start, spent, leased, presumed, left };
}
