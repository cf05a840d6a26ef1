import { micros, type Micros } from '../../kernel/money.ts';
import type { BudgetRecord } from '../../store/records.ts';

/** How a data-plane process gets and returns budget money. The bank decides about the period. */
export interface BankPort {
  grant(request: GrantAsk): Promise<GrantAnswer>;
  giveBack(budget: string, period: number, amount: Micros): void;
}

export interface GrantAsk {
  readonly budget: string;
  readonly need: Micros;
  readonly want: Micros;
  /** Nobody waits for it: the bank does not call money back from others. */
  readonly isBackground: boolean;
}

export interface GrantAnswer {
  readonly granted: Micros;
  /** Room that remains after this grant. */
  readonly left: Micros;
  readonly period: number;
  /** Ledger ms at which the period ends. */
  readonly end: number;
  /** Others have, or had when they ended, money that has not all come back: that nothing was granted does not mean that all is spent. */
  readonly isLate?: boolean;
}

const REFUSED_MILLISECONDS = 100;

/** The money of one budget that this process may spend without asking. */
export interface Slice {
  readonly budget: BudgetRecord;
  period: number;
  end: number;
  free: number;
  /** Room at the bank when it last answered. */
  left: number;
  /** Amounts from here on were refused, until the monotonic time `refusedUntil`. */
  refusedFrom: number;
  refusedUntil: number;
  lastGrant: number;
  spentSinceGrant: number;
  pending: Promise<void> | null;
  /** Sum of the requests that wait for money: what arrives is theirs, and is not called back before they saw it. */
  waiting: number;
  /** The budget was changed or removed: whatever arrives goes back. */
  isRetired: boolean;
}

/** A slice of a budget that holds no money yet. */
export function newSlice(budget: BudgetRecord): Slice {
  return {
    budget,
    period: -1,
    end: -1,
    free: 0,
    left: 0,
    refusedFrom: Infinity,
    refusedUntil: 0,
    lastGrant: 0,
    spentSinceGrant: 0,
    pending: null,
    waiting: 0,
    isRetired: false,
  };
}

/** Money of a period that has ended goes back at once. */
export function rollOver(slice: Slice, now: number, bank: BankPort): void {
  if (now < slice.end) return;
  handBack(slice, bank);
  slice.period = -1;
  slice.end = -1;
  slice.refusedUntil = 0;
}

/** Stops using what is free, then tells the bank. Returns the amount. */
export function handBack(slice: Slice, bank: BankPort): Micros {
  const amount = micros(Math.max(0, slice.free));
  if (amount === 0) return amount;
  slice.free -= amount;
  bank.giveBack(slice.budget.id, slice.period, amount);
  return amount;
}

/** True while the bank's last refusal of so much, or less, still stands. */
export function isRefused(slice: Slice, amount: number, monotonic: number): boolean {
  return monotonic < slice.refusedUntil && amount >= slice.refusedFrom;
}

/** The clocks that a slice needs. */
export interface SliceClock {
  ledger(): number;
  monotonic(): number;
}

/** A grant is good for at least this long, also where the bank's clock is behind ours. */
const LEAST_MILLISECONDS = 1000;

/** Asks for money; requests that come meanwhile share the answer. */
export function refill(
  slice: Slice,
  ask: Omit<GrantAsk, 'budget' | 'want'>,
  bank: BankPort,
  clock: SliceClock,
): Promise<void> {
  slice.pending ??= take(slice, ask, bank, clock).finally(() => {
    slice.pending = null;
  });
  return slice.pending;
}

async function take(
  slice: Slice,
  { need, isBackground }: Omit<GrantAsk, 'budget' | 'want'>,
  bank: BankPort,
  clock: SliceClock,
): Promise<void> {
  const want = micros(
    Math.max(need, Math.min(slice.budget.limit, Math.max(need * 32, slice.spentSinceGrant * 2))),
  );
  slice.spentSinceGrant = 0;
  const answer = await bank.grant({ budget: slice.budget.id, need, want, isBackground });
  if (answer.period !== slice.period) {
    handBack(slice, bank);
    slice.free = 0;
    slice.period = answer.period;
  }
  slice.end = Math.max(answer.end, clock.ledger() + LEAST_MILLISECONDS);
  slice.left = answer.left;
  if (answer.granted === 0) {
    // It says nothing while others were not asked to give money back for it, or have not answered.
    if (isBackground || need === 0 || answer.isLate === true) return;
    slice.refusedFrom = slice.free + need;
    slice.refusedUntil = clock.monotonic() + REFUSED_MILLISECONDS;
    return;
  }
  slice.refusedUntil = 0;
  slice.free += answer.granted;
  slice.lastGrant = answer.granted;
  if (slice.isRetired) handBack(slice, bank);
}
