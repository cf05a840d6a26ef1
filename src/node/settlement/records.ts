import type { Action } from '../../intent/intent.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { RecordSpan, VendorRecord } from '../../vendors/lookup-adapter.ts';
import type { Desk } from './desk.ts';

/** Milliseconds by which the vendor's clock may differ from ours. */
export const CLOCK_DIFFERENCE_MILLISECONDS = 30_000;

/** The time in which the vendor made its records of the rows. */
export function windowOf(rows: readonly LedgerRecord[]): RecordSpan {
  const times = rows.map(({ at }) => at);
  return {
    since: Math.min(...times) - CLOCK_DIFFERENCE_MILLISECONDS,
    until: Math.max(...times) + CLOCK_DIFFERENCE_MILLISECONDS,
  };
}

/** All records of an action within the window, and undated ones; null when the vendor cannot be asked, or has not answered to the end. */
export async function listRecords(
  { vendor: { lookup }, fields, ask }: Desk,
  action: Action,
  window: RecordSpan,
  maxPages: number,
): Promise<readonly VendorRecord[] | null> {
  let request = lookup?.list(action, window, fields) ?? null;
  if (lookup === null || request === null) return null;
  const records = new Map<string, VendorRecord>();
  const asked = new Set<string>();
  for (let page = 0; request !== null && page < maxPages; page++) {
    const response = await ask(request);
    const read: ReturnType<typeof lookup.read> =
      response === null ? null : lookup.read(action, request, response);
    if (read === null) return null;
    for (const record of read.records) if (isWithin(window, record)) records.set(record.id, record);
    asked.add(JSON.stringify(request));
    request = read.next;
    if (request !== null && asked.has(JSON.stringify(request))) return null; // It would go round for ever.
  }
  return request === null ? [...records.values()] : null;
}

const isWithin = ({ since, until }: RecordSpan, record: VendorRecord): boolean =>
  (record.createdAt >= since && record.createdAt <= until) || isUndated(record);

/** It may have been made at any time: so it proves nothing. */
export const isUndated = ({ createdAt }: VendorRecord): boolean => createdAt === 0;

/** From so many rows on, one list is less to ask for than each of them. */
const MANY_ROWS = 20;
const RECENT_MILLISECONDS = 3_600_000;
const PROMPT_MILLISECONDS = 600_000;
const MOST_PAGES = 20;

/**
 * The records of recent rows of one action by id, where one list answers for many. Null where it does not: few rows, a
 * vendor that lists late or charges for it, a list that is too long.
 */
export async function listForMany(
  rows: readonly LedgerRecord[],
  desk: Desk,
  now: number,
): Promise<ReadonlyMap<string, VendorRecord> | null> {
  const recent = rows.filter(({ at }) => now - at < RECENT_MILLISECONDS);
  const [first] = recent;
  const { lookup } = desk.vendor;
  if (first === undefined || recent.length < MANY_ROWS || (lookup?.lag ?? Infinity) > PROMPT_MILLISECONDS)
    return null;
  const request = lookup?.list(first.action as Action, windowOf(recent), desk.fields) ?? null;
  if (request === null || lookup?.isCharged?.(request) === true) return null;
  const records = await listRecords(desk, first.action as Action, windowOf(recent), MOST_PAGES);
  return records === null ? null : new Map(records.map((record) => [record.id, record]));
}

/** True for a row whose record `listForMany` would have found. */
export function isRecent({ at }: LedgerRecord, now: number): boolean {
  return now - at < RECENT_MILLISECONDS;
}
