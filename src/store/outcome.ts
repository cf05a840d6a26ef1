import { RingfenceError } from '../kernel/errors.ts';
import { type Micros, ZERO } from '../kernel/money.ts';
import type { LedgerOutcome } from './ports.ts';
import type { LedgerRecord, Reserve } from './records.ts';
import { pointId, type JournalPoint } from '../kernel/point.ts';

/** The part of a ledger row that an outcome can change. */
export type Accounted = Pick<
  LedgerRecord,
  'bound' | 'amount' | 'state' | 'settled' | 'atBound' | 'reserves' | 'resourceIds'
>;

/** `journal`: the row's own process reports. `outside`: somebody looked it up at the vendor, who has the last word. */
export type Origin = 'journal' | 'outside';

/**
 * The row after `outcome`, or null when it changes nothing. Knowledge only grows: reserved, unknown, committed,
 * final; so applying an outcome again is harmless. An unknown outcome keeps the whole reserve, whatever it says.
 */
export function applyOutcome(row: Accounted, outcome: LedgerOutcome, origin: Origin): Accounted | null {
  const resourceIds = union(row.resourceIds, outcome.resourceIds);
  if (outcome.state === 'unknown')
    return row.state === 'reserved' ? { ...row, state: 'unknown', resourceIds } : null;
  if (origin === 'journal' && isFinal(row)) return null;
  const { state, amount, settled } = outcome;
  const atBound = outcome.atBound === true ? { atBound: true } : {};
  const reserves = reservesAfter(row, outcome);
  const next = { bound: row.bound, state, amount, settled, ...atBound, reserves, resourceIds };
  checkOutcome(next);
  return sameAccount(row, next) ? null : next;
}

/** The same list when nothing changes. Throws `input_invalid` when the outcome speaks of more budgets, or of fewer. */
function reservesAfter({ reserves }: Accounted, { of, state, spent }: LedgerOutcome): readonly Reserve[] {
  if (spent.length !== (state === 'committed' ? reserves.length : 0))
    throw new RingfenceError('input_invalid', `The outcome of ${pointId(of)} does not fit its reserves`);
  const amountOf = (index: number): Micros => spent[index] ?? ZERO;
  if (reserves.every(([, , amount], index) => amount === amountOf(index))) return reserves;
  return reserves.map(([budget, period], index) => [budget, period, amountOf(index)]);
}

/** Throws `verify_failed` for an outcome of a row that was never loaded, unless it takes no money. */
export function checkNothingLost({ of, amount, spent }: LedgerOutcome): void {
  if (amount !== 0 || spent.some((one) => one !== 0))
    throw new RingfenceError('verify_failed', `The journal settles ${pointId(of)}, which was never loaded`);
}

/** The row, which may be settled from outside. Throws `not_found`, or `conflict` while its own process may still report. */
export function settleable<Row extends { readonly record: LedgerRecord }>(
  row: Row | null,
  of: JournalPoint,
): Row {
  if (row === null) throw new RingfenceError('not_found', `There is no ledger row ${pointId(of)}`);
  if (row.record.state === 'reserved')
    throw new RingfenceError('conflict', `The process of ${pointId(of)} has not reported an outcome yet`);
  return row;
}

function isFinal(row: Accounted): boolean {
  return row.settled || row.state === 'released';
}

/** Throws `input_invalid` unless amounts are whole, not negative, and nothing when released. */
export function checkOutcome(outcome: Pick<LedgerRecord, 'state' | 'amount' | 'reserves'>): void {
  checkAmount('amount', outcome.amount);
  checkReserves(outcome.reserves);
  if (outcome.state !== 'released') return;
  if (outcome.amount !== 0 || outcome.reserves.some(([, , amount]) => amount !== 0))
    throw new RingfenceError('input_invalid', 'A released row must not cost anything');
}

/** Throws `input_invalid` unless every reserve names a whole period and an amount that may stand there. */
export function checkReserves(reserves: readonly Reserve[]): void {
  for (let index = 0; index < reserves.length; index++) {
    const reserve = reserves[index] as Reserve;
    checkAmount('reserve', reserve[2]);
    if (!Number.isSafeInteger(reserve[1]))
      throw new RingfenceError('input_invalid', 'A period is not a whole number');
  }
}

/** Throws `input_invalid` unless `value` is a whole number of micros, not negative. */
export function checkAmount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RingfenceError('input_invalid', `The ${name} is not a whole, non-negative number of micros`);
}

function union(present: readonly string[], added: readonly string[]): readonly string[] {
  if (added.length === 0) return present;
  if (present.length === 0 && added.length === 1) return added;
  const fresh = added.filter((id, index) => !present.includes(id) && added.indexOf(id) === index);
  return fresh.length === 0 ? present : [...present, ...fresh];
}

function sameAccount(a: Accounted, b: Accounted): boolean {
  return (
    a.state === b.state &&
    a.amount === b.amount &&
    a.settled === b.settled &&
    a.atBound === b.atBound &&
    a.resourceIds === b.resourceIds &&
    a.reserves === b.reserves
  );
}
