import { next, refuse, type Step } from '../../intent/decision.ts';
import type { Intent } from '../../intent/intent.ts';
import type { Clock } from '../../kernel/clock.ts';
import { formatMicros, micros, scaleUp, type Micros, type Money } from '../../kernel/money.ts';
import type { BudgetRecord, Reserve } from '../../store/records.ts';
import type { Bound, Subject } from '../subject.ts';
import { coversIntent, coversSubject } from './scope.ts';
import { handBack, isRefused, newSlice, refill, rollOver, type BankPort, type Slice } from './slice.ts';

/** Money taken from every budget that applies. */
export interface Reservation {
  readonly reserves: readonly Reserve[];
  readonly slices: readonly Slice[];
}

export interface Budgets {
  /** Replaces the budgets in force. Slices of changed or removed ones go back to the bank. */
  configure(budgets: readonly BudgetRecord[]): void;
  /** Takes the bound from every budget that applies, or from none. Synchronous while the local slices suffice. */
  reserve(subject: Subject, intent: Intent, bound: Bound): Step<Reservation> | Promise<Step<Reservation>>;
  /** Gives back what was reserved above `cost`; null keeps the bound. Returns what stands against the budgets now. */
  commit(reservation: Reservation, cost: Money | null): readonly Reserve[];
  release(reservation: Reservation): readonly Reserve[];
  /** Gives money of ended periods back, also of budgets that nobody uses. Call it every second or so. */
  tend(): void;
  /** Gives all free money of a budget up, at once; the caller returns it to the bank. */
  recall(budget: string, period: number): Micros;
}

export interface BudgetsOptions {
  readonly clock: Pick<Clock, 'ledger' | 'monotonic'>;
  readonly bank: BankPort;
  /** Milliseconds that a request waits for money. */
  readonly patience?: number;
  /** Resolves after so many milliseconds: ends the wait for a bank that does not answer. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

const CACHED_SUBJECTS = 20_000;
const COUNT_UNIT = 1_000_000;

/** Budgets of a data-plane process: spends slices of the bank's money without asking, never more than it was given. */
export function createBudgets({ clock, bank, patience = 250, sleep }: BudgetsOptions): Budgets {
  let slices = new Map<string, Slice>();
  let bySubject = new Map<string, readonly Slice[]>();

  function candidates(subject: Subject): readonly Slice[] {
    const known = bySubject.get(subject.key);
    if (known !== undefined) return known;
    if (bySubject.size >= CACHED_SUBJECTS) bySubject = new Map();
    const found = [...slices.values()].filter(({ budget }) => coversSubject(budget.scope, subject));
    bySubject.set(subject.key, found);
    return found;
  }

  function claimsOf(subject: Subject, intent: Intent, bound: Bound): Step<readonly Claim[]> {
    const claims: Claim[] = [];
    for (const slice of candidates(subject)) {
      if (!coversIntent(slice.budget.scope, intent)) continue;
      const amount = amountFor(slice.budget, bound);
      if (amount === null) return currencyMismatch(slice.budget, bound);
      claims.push({ slice, amount });
    }
    return next(claims);
  }

  async function wait(claims: readonly Claim[]): Promise<Step<Reservation>> {
    for (const { slice, amount } of claims) slice.waiting += amount;
    const step = await obtain(claims);
    for (const { slice, amount } of claims) slice.waiting -= amount;
    return step;
  }

  async function obtain(claims: readonly Claim[]): Promise<Step<Reservation>> {
    const deadline = clock.monotonic() + patience;
    for (;;) {
      const lacking = claims.filter(({ slice, amount }) => slice.free < amount);
      const refused = lacking.find(({ slice, amount }) => isRefused(slice, amount, clock.monotonic()));
      if (refused !== undefined) return exceeded(refused);
      if (clock.monotonic() >= deadline)
        return refuse(
          'budget_unavailable',
          nameOf(lacking[0]?.slice),
          'Budget money did not arrive in time.',
        );
      try {
        const refills = Promise.all(
          lacking.map(({ slice, amount }) =>
            refill(slice, { need: amount, isBackground: false }, bank, clock),
          ),
        );
        await (sleep === undefined ? refills : Promise.race([refills, sleep(patience)]));
      } catch {
        return refuse(
          'budget_unavailable',
          nameOf(lacking[0]?.slice),
          'The bank of budget money cannot be reached.',
        );
      }
      const reservation = take(claims);
      if (reservation !== null) return next(reservation);
    }
  }

  function topUp({ slice, amount }: Claim): void {
    if (
      slice.pending !== null ||
      slice.free > slice.lastGrant / 2 ||
      isRefused(slice, amount, clock.monotonic())
    )
      return;
    refill(slice, { need: amount, isBackground: true }, bank, clock).catch(() => {});
  }

  /** Changes what stands against each budget to `amountOf`, crediting or debiting the local slice. */
  function adjust(
    { reserves, slices: held }: Reservation,
    amountOf: (budget: BudgetRecord, reserved: Micros) => Micros,
  ): readonly Reserve[] {
    return reserves.map(([id, period, reserved], index) => {
      const slice = held[index];
      if (slice === undefined) return [id, period, reserved];
      const amount = amountOf(slice.budget, reserved);
      const saved = reserved - amount;
      if (saved > 0 && slice.period === period && slices.get(id) === slice) slice.free += saved;
      else if (saved > 0) bank.giveBack(id, period, micros(saved));
      return [id, period, amount];
    });
  }

  function retire(slice: Slice): void {
    slice.isRetired = true;
    handBack(slice, bank);
  }

  return Object.freeze({
    tend() {
      const now = clock.ledger();
      for (const slice of slices.values()) if (slice.free > 0) rollOver(slice, now, bank);
    },
    configure(budgets: readonly BudgetRecord[]) {
      const old = slices;
      slices = new Map();
      for (const budget of budgets) slices.set(budget.id, keep(old.get(budget.id), budget));
      for (const slice of old.values()) if (slices.get(slice.budget.id) !== slice) retire(slice);
      bySubject = new Map();
    },
    reserve(subject: Subject, intent: Intent, bound: Bound) {
      const claims = claimsOf(subject, intent, bound);
      if (!claims.ok) return claims;
      const now = clock.ledger();
      for (const { slice } of claims.value) rollOver(slice, now, bank);
      const reservation = take(claims.value);
      if (reservation === null) return wait(claims.value);
      for (const claim of claims.value) topUp(claim);
      return next(reservation);
    },
    commit(reservation: Reservation, cost: Money | null) {
      if (cost === null) return reservation.reserves;
      return adjust(reservation, (budget, reserved) =>
        budget.unit === 'count' ? reserved : (convert(budget, cost) ?? reserved),
      );
    },
    release(reservation: Reservation) {
      return adjust(reservation, () => micros(0));
    },
    recall(budget: string, period: number) {
      const slice = slices.get(budget);
      if (slice === undefined || slice.period !== period) return micros(0);
      const amount = micros(Math.max(0, slice.free - slice.waiting));
      slice.free -= amount;
      return amount;
    },
  });
}

interface Claim {
  readonly slice: Slice;
  readonly amount: Micros;
}

/** All or nothing, in one synchronous step. */
function take(claims: readonly Claim[]): Reservation | null {
  for (const { slice, amount } of claims) if (slice.free < amount || slice.period < 0) return null;
  const reserves: Reserve[] = [];
  const slices: Slice[] = [];
  for (const { slice, amount } of claims) {
    slice.free -= amount;
    slice.spentSinceGrant += amount;
    reserves.push([slice.budget.id, slice.period, amount]);
    slices.push(slice);
  }
  return { reserves, slices };
}

/** A slice survives a change that leaves the meaning of its money alone. */
function keep(old: Slice | undefined, budget: BudgetRecord): Slice {
  if (old === undefined) return newSlice(budget);
  return JSON.stringify(old.budget) === JSON.stringify(budget) ? old : newSlice(budget);
}

function amountFor(budget: BudgetRecord, bound: Bound): Micros | null {
  return budget.unit === 'count' ? micros(bound.count * COUNT_UNIT) : convert(budget, bound.money);
}

function convert({ currency, rates }: BudgetRecord, money: Money): Micros | null {
  if (money.currency === currency) return money.amount;
  const rate = rates[money.currency];
  return rate === undefined ? null : scaleUp(money.amount, rate);
}

function currencyMismatch(budget: BudgetRecord, { money }: Bound): Extract<Step<never>, { ok: false }> {
  const message = `The price is in ${money.currency}, the budget ${budget.name} in ${budget.currency} without a rate for it.`;
  return refuse('budget_currency', `budget:${budget.name}`, message);
}

function exceeded({ slice, amount }: Claim): Extract<Step<never>, { ok: false }> {
  const { name, limit, currency, unit } = slice.budget;
  const show = (value: number): string =>
    unit === 'count' ? String(value / COUNT_UNIT) : `${formatMicros(micros(value))} ${currency}`;
  const left = Math.max(0, slice.left + slice.free);
  return refuse(
    'budget_exceeded',
    `budget:${name}`,
    `The budget ${name} of ${show(limit)} has ${show(left)} left; this needs ${show(amount)}.`,
  );
}

function nameOf(slice: Slice | undefined): string {
  return `budget:${slice?.budget.name ?? '?'}`;
}
