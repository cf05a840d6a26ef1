import type { BudgetRecord, BudgetWindow } from '../../store/records.ts';
import { periodAt } from './window.ts';

/** Before so much of a window has passed, its pace says nothing: one message in its first minute is no trend. */
const EARLY = 0.01;
const EARLY_WITHOUT_END = 3_600_000;
/** Later than this is no forecast any more. */
const FARTHEST = 366 * 86_400_000;

export interface Spending {
  readonly spent: number;
  /** Gone as well, but no part of the pace. */
  readonly presumed: number;
}

/** Where the window that is running counts from, and to: Infinity for one that never begins anew. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * When a budget is used up if it goes on as it went since its window began. Null: not before the window ends, not at all, or
 * it is too early to tell. All times in ledger ms.
 */
export function runsOutAt(budget: BudgetRecord, { spent, presumed }: Spending, now: number): number | null {
  const { from, to } = spanOf(budget, now);
  const elapsed = now - from;
  const early = Number.isFinite(to) ? EARLY * (to - from) : EARLY_WITHOUT_END;
  if (spent === 0 || elapsed < early) return null;
  const rest = budget.limit - spent - presumed;
  const at = Math.ceil(now + Math.max(0, rest) * (elapsed / spent));
  return at < Math.min(to, now + FARTHEST) ? at : null;
}

/** The end of the window that is running; null where it slides, or never ends. */
export function endOf(window: BudgetWindow, now: number): number | null {
  const { end } = periodAt(window, now);
  return window.kind === 'sliding' || !Number.isFinite(end) ? null : end;
}

/** A sliding window that is full loses as much as it gains at an even pace: only the first one can run out by it. */
function spanOf({ window, createdAt }: BudgetRecord, now: number): Span {
  if (window.kind === 'sliding') return { from: createdAt, to: createdAt + window.milliseconds };
  const { start, end } = periodAt(window, now);
  return { from: Math.max(start, createdAt), to: end };
}
