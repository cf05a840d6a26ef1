import { next, type Step } from '../../intent/decision.ts';
import type { Intent } from '../../intent/intent.ts';
import { micros, type Micros, type Money } from '../../kernel/money.ts';
import type { BudgetRecord } from '../../store/records.ts';
import type { Bound, Subject, SubjectNames } from '../subject.ts';
import { claimsOn, settledAmount, take, type Reservation } from './claims.ts';
import { coversSubject } from './scope.ts';
import { handBack, newSlice, rollOver, type BankPort, type Slice, type SliceClock } from './slice.ts';
import { topUp, waitFor, type Waiting } from './waiting.ts';

export interface Budgets {
  /** Replaces the budgets in force. Slices of changed or removed ones go back to the bank. */
  configure(budgets: readonly BudgetRecord[]): void;
  /** Takes the bound from every budget that applies, or from none. Synchronous while the local slices suffice. */
  reserve(subject: Subject, intent: Intent, bound: Bound): Step<Reservation> | Promise<Step<Reservation>>;
  /** Gives back what was reserved above `cost`; null keeps the bound. Returns what stands against each budget then. */
  commit(reservation: Reservation, cost: Money | null): readonly Micros[];
  release(reservation: Reservation): void;
  /** Gives money of ended periods back, also of budgets that nobody uses. Call it every second or so. */
  tend(): void;
  /** Gives all free money of a budget up, at once; the caller returns it to the bank. */
  recall(budget: string, period: number): Micros;
}

export interface BudgetsOptions {
  readonly clock: SliceClock;
  readonly bank: BankPort;
  /** Absent: no key has replaced another. */
  readonly replacedBy?: SubjectNames['replacedBy'];
  /** Milliseconds that a request waits for money. */
  readonly patience?: number;
  /** Resolves after so many milliseconds: ends the wait for a bank that does not answer. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** More than the keys that are expected to be in use. To find the budgets of a key anew, all of them are looked at. */
const CACHED_SUBJECTS = 150_000;

interface State extends Waiting {
  readonly replacedBy: SubjectNames['replacedBy'];
  slices: Map<string, Slice>;
  bySubject: Map<string, readonly Slice[]>;
}

/** Budgets of a data-plane process: spends slices of the bank's money without asking, never more than it was given. */
export function createBudgets(options: BudgetsOptions): Budgets {
  const { clock, bank, patience = 250, sleep, replacedBy = () => null } = options;
  const waiting = { clock, bank, patience, sleep };
  const state: State = { ...waiting, replacedBy, slices: new Map(), bySubject: new Map() };
  return Object.freeze({
    configure: (budgets: readonly BudgetRecord[]) => configure(state, budgets),
    reserve: (subject: Subject, intent: Intent, bound: Bound) => reserve(state, subject, intent, bound),
    commit: (reservation: Reservation, cost: Money | null) =>
      cost === null
        ? reservation.reserves.map(([, , reserved]) => reserved)
        : adjust(state, reservation, (budget, reserved) => settledAmount(budget, cost, reserved)),
    release(reservation: Reservation) {
      adjust(state, reservation, () => micros(0));
    },
    tend: () => tend(state),
    recall: (budget: string, period: number) => recall(state, budget, period),
  });
}

function configure(state: State, budgets: readonly BudgetRecord[]): void {
  const old = state.slices;
  const slices = new Map(budgets.map((budget) => [budget.id, keep(old.get(budget.id), budget)]));
  for (const slice of old.values()) if (slices.get(slice.budget.id) !== slice) retire(slice, state.bank);
  state.slices = slices;
  state.bySubject = new Map();
}

/** The slice of a budget that has not changed is kept; a changed budget gets an empty one. */
function keep(old: Slice | undefined, budget: BudgetRecord): Slice {
  if (old === undefined) return newSlice(budget);
  return JSON.stringify(old.budget) === JSON.stringify(budget) ? old : newSlice(budget);
}

function retire(slice: Slice, bank: BankPort): void {
  slice.isRetired = true;
  handBack(slice, bank);
}

/** The slices whose budgets cover the subject, whatever it intends. */
function candidates(state: State, subject: Subject): readonly Slice[] {
  const known = state.bySubject.get(subject.key);
  if (known !== undefined) return known;
  if (state.bySubject.size >= CACHED_SUBJECTS) state.bySubject = new Map();
  const found = [...state.slices.values()].filter(({ budget }) =>
    coversSubject(budget.scope, subject, state.replacedBy),
  );
  state.bySubject.set(subject.key, found);
  return found;
}

function reserve(
  state: State,
  subject: Subject,
  intent: Intent,
  bound: Bound,
): Step<Reservation> | Promise<Step<Reservation>> {
  const claims = claimsOn(candidates(state, subject), intent, bound);
  if (!claims.ok) return claims;
  const now = state.clock.ledger();
  for (const { slice } of claims.value) rollOver(slice, now, state.bank);
  const reservation = take(claims.value);
  if (reservation === null)
    return waitFor(claims.value, state).then((step) => step ?? reserve(state, subject, intent, bound));
  for (const claim of claims.value) topUp(claim, state);
  return next(reservation);
}

/** Charges each budget `amountOf` in place of what was reserved, puts the rest back into the local slice, and returns the charges. */
function adjust(
  { slices, bank }: State,
  { reserves, slices: held }: Reservation,
  amountOf: (budget: BudgetRecord, reserved: Micros) => Micros,
): readonly Micros[] {
  return reserves.map(([id, period, reserved], index) => {
    const slice = held[index];
    if (slice === undefined) return reserved;
    const amount = amountOf(slice.budget, reserved);
    const saved = reserved - amount;
    if (saved > 0 && slice.period === period && slices.get(id) === slice) slice.free += saved;
    // The journal must have the outcome first, and its record is appended later in this turn of the event loop.
    else if (saved > 0) queueMicrotask(() => bank.giveBack(id, period, micros(saved)));
    return amount;
  });
}

function tend({ slices, clock, bank }: State): void {
  const now = clock.ledger();
  for (const slice of slices.values()) if (slice.free > 0) rollOver(slice, now, bank);
}

function recall({ slices }: State, budget: string, period: number): Micros {
  const slice = slices.get(budget);
  if (slice === undefined || slice.period !== period) return micros(0);
  const amount = micros(Math.max(0, slice.free - slice.waiting));
  slice.free -= amount;
  return amount;
}
