import { IN_PARTS } from '../../gateway/facts.ts';
import type { Action } from '../../intent/intent.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { LookupAdapter } from '../../vendors/lookup-adapter.ts';
import type { Booking } from './booking.ts';
import type { Clocks } from './clocks.ts';
import type { Desk } from './desk.ts';
import type { Settlement } from './settlement.ts';
import { findFree, type FreeRecords } from './free-records.ts';
import { listRecords, windowOf } from './records.ts';
import { isWorthPaying, nextTurn, nextWorthPaying } from './schedule.ts';

export interface UnknownOptions {
  readonly ledger: Pick<LedgerStore, 'hasResource' | 'get' | 'list'>;
  readonly booking: Booking;
  readonly withRow: Settlement['withRow'];
  readonly fingerprint: (text: string) => string;
  readonly graceMilliseconds?: number;
  readonly clocks: Clocks;
  /** Wall ms. */
  readonly now: () => number;
}

const GRACE_MILLISECONDS = 60_000;
/** Milliseconds after which what became of a request that was answered stands in the ledger. */
const ANSWER_LOADED_MILLISECONDS = 60_000;
const MAX_PAGES = 5000;
/** Milliseconds between the first and the last row that are looked for in one list. */
const SPAN_MILLISECONDS = 60_000;
const LONG_AGO_MILLISECONDS = 2 * 24 * 3_600_000;

/**
 * Finds rows without known outcome, all of one account and action, among the vendor's records. Returns how many got
 * an outcome. Where the vendor cannot list, they stay unknown, at their bound.
 */
export async function resolveUnknown(
  rows: readonly LedgerRecord[],
  desk: Desk,
  options: UnknownOptions,
): Promise<number> {
  let resolved = 0;
  const shown = rows.filter(
    (row) => isShown(row, desk.vendor.lookup, options.fingerprint) && isInTime(row, desk, options.now()),
  );
  for (const span of spansOf(shown)) resolved += await resolveSpan(span, desk, options);
  return resolved;
}

/** A record must show that the row's request was done, and be found by its recipient. */
export function isShown(
  { operation, fingerprints: [recipient] }: LedgerRecord,
  lookup: LookupAdapter | null,
  fingerprint: UnknownOptions['fingerprint'],
): boolean {
  return lookup?.shows?.(operation) !== false && recipient !== fingerprint('');
}

/** Age in ms from which the absence of a record proves that nothing was sent. */
export function graceOf(lookup: LookupAdapter | null, given: number | undefined): number {
  return given ?? lookup?.lag ?? GRACE_MILLISECONDS;
}

/** Wall ms at which the row is looked for next. */
export function nextLook(row: LedgerRecord, desk: Listing, now: number, grace: number): number {
  const turn = nextTurn(row.at, now, grace);
  return isInTime(row, desk, turn) ? turn : nextWorthPaying(row.at, now);
}

type Listing = Pick<Desk, 'vendor' | 'fields'>;

/** A list that the vendor charges for, or that goes back for days, is not asked for at every turn. */
function isInTime(row: LedgerRecord, desk: Listing, now: number): boolean {
  const age = now - row.at;
  return (age <= LONG_AGO_MILLISECONDS && !isListCharged(row, desk)) || isWorthPaying(age);
}

function isListCharged(row: LedgerRecord, { vendor: { lookup }, fields }: Listing): boolean {
  if (lookup?.isCharged === undefined) return false;
  const request = lookup.list(row.action as Action, windowOf([row]), fields);
  return request !== null && lookup.isCharged(request);
}

/** Rows in order of time, cut so that each list of the vendor's stays short, however long the rows have waited. */
function spansOf(rows: readonly LedgerRecord[]): readonly (readonly [LedgerRecord, ...LedgerRecord[]])[] {
  const spans: [LedgerRecord, ...LedgerRecord[]][] = [];
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    const span = spans.at(-1);
    if (span !== undefined && row.at - span[0].at <= SPAN_MILLISECONDS) span.push(row);
    else spans.push([row]);
  }
  return spans;
}

async function resolveSpan(
  rows: readonly [LedgerRecord, ...LedgerRecord[]],
  desk: Desk,
  options: UnknownOptions,
): Promise<number> {
  const asked = options.now();
  const records = await listRecords(desk, rows[0].action as Action, windowOf(rows), MAX_PAGES);
  if (records === null) return 0;
  const knownUntil =
    options.now() + desk.clockAhead() - (options.graceMilliseconds ?? ANSWER_LOADED_MILLISECONDS);
  const isSought = (row: LedgerRecord): boolean =>
    desk.vendor.lookup !== null && isShown(row, desk.vendor.lookup, options.fingerprint);
  const free = await findFree(records, rows, { ...options, isSought, knownUntil });
  const wrongUntil = await options.clocks.wrongUntil(rows[0].account, desk.clockAhead());
  const grace = graceOf(desk.vendor.lookup, options.graceMilliseconds);
  let resolved = 0;
  for (const row of rows) {
    const own = row.at <= wrongUntil ? Infinity : grace;
    const isAbsence = asked - row.at >= own;
    if (await options.withRow(row, () => resolve(row, free, isAbsence, options))) resolved += 1;
  }
  return resolved;
}

/** The vendor has a record of it: it happened. Nothing in a list after the grace period (`isAbsence`): it never did. */
async function resolve(
  row: LedgerRecord,
  free: FreeRecords,
  isAbsence: boolean,
  { ledger, booking }: UnknownOptions,
): Promise<boolean> {
  // A person may have settled it while the vendor was asked.
  if ((await ledger.get(row))?.state !== 'unknown') return true;
  const record = free.of(row);
  if (record === 'later') return false;
  if (record === null) {
    if (!isAbsence) return false;
    await booking.released(row);
    return true;
  }
  // The record does not tell what further recipients, fallbacks, legs and recordings cost.
  if (row.action.startsWith('call.') || row.fingerprints.includes(IN_PARTS))
    await booking.atBound(row, [record.id]);
  else if (record.final && record.cost !== null) await booking.priced(row, record.cost, [record.id]);
  else await booking.accepted(row, [record.id]);
  return true;
}
