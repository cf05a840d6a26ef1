import type { BudgetUse } from '../../api/services/budgets.ts';
import { endOf, runsOutAt } from '../../guard/budgets/pace.ts';
import { periodAt } from '../../guard/budgets/window.ts';
import { micros } from '../../kernel/money.ts';
import type { LeaseStore } from '../../store/ports.ts';
import type { BudgetRecord } from '../../store/records.ts';

/** What of each budget is spent, held by processes and left in the window that is running. */
export async function withUse(
  leases: Pick<LeaseStore, 'sums'>,
  now: number,
  budgets: readonly BudgetRecord[],
): Promise<readonly (BudgetRecord & { readonly use: BudgetUse })[]> {
  const windows = budgets.map(({ id, window }) => ({ budget: id, ...periodAt(window, now) }));
  const sums = await leases.sums(windows.map(({ budget, since }) => ({ budget, since })));
  return budgets.map((budget, place) => {
    const { periods = 0, spent = 0, leased = 0, presumed = 0 } = sums[place] ?? {};
    const left = micros(Math.max(0, budget.limit - spent - leased - presumed));
    const period = periods === 0 ? null : (windows[place]?.start ?? null);
    const use = {
      period,
      ends: endOf(budget.window, now),
      spent: micros(spent),
      leased: micros(leased),
      presumed: micros(presumed),
      left,
      runsOut: runsOutAt(budget, { spent, presumed }, now),
    };
    return { ...budget, use };
  });
}
