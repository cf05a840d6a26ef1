import type { Action } from '../../intent/intent.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import type { WireRequest } from '../../vendors/wire.ts';
import type { Booking } from './booking.ts';
import type { Desk } from './desk.ts';
import { isRecent } from './records.ts';
import { isWorthPaying } from './schedule.ts';

/** Prices appear within a day as a rule; after a week nobody waits any more. */
const PRICE_PATIENCE_MILLISECONDS = 7 * 24 * 3_600_000;

export interface Late {
  /** Wall ms, now. */
  readonly now: number;
  /** The same, unhurried by steps of the clock. */
  readonly steady: number;
  /** Records of recent rows by id, where one list has answered for all of them. */
  readonly listed: ReadonlyMap<string, VendorRecord> | null;
  /** Leaves the row at its bound for good, unless a person has stated a price meanwhile. */
  readonly leave: (row: LedgerRecord) => Promise<void>;
}

/** Looks up the price of an accepted row. True when the row has its last word now. */
export async function settleLate(
  row: LedgerRecord,
  desk: Desk | null,
  booking: Booking,
  { now, steady, listed, leave }: Late,
): Promise<boolean> {
  const request = desk === null ? null : requestFor(row, desk);
  // The vendor has no record of its own for it.
  if (desk !== null && request === null) return lastWord(row, leave);
  const record =
    desk === null || request === null ? null : await recordOf(row, desk, request, { now, listed });
  if (record?.final === true && record.cost !== null) {
    await booking.priced(row, record.cost, row.resourceIds);
    return true;
  }
  // The record is closed without a price, or it never came.
  if (record?.final === true || steady - row.at > PRICE_PATIENCE_MILLISECONDS) return lastWord(row, leave);
  return false;
}

function requestFor(
  { action, resourceIds: [id] }: LedgerRecord,
  { vendor, fields }: Desk,
): WireRequest | null {
  return id === undefined ? null : (vendor.lookup?.fetch(action as Action, id, fields) ?? null);
}

/** A question that the vendor charges for is not asked at every turn. */
function isTooDear(request: WireRequest, { vendor }: Desk, age: number): boolean {
  return vendor.lookup?.isCharged?.(request) === true && !isWorthPaying(age);
}

async function recordOf(
  row: LedgerRecord,
  desk: Desk,
  request: WireRequest,
  { now, listed }: Pick<Late, 'now' | 'listed'>,
): Promise<VendorRecord | null> {
  if (listed !== null && isRecent(row, now)) return listed.get(row.resourceIds[0] ?? '') ?? null;
  return isTooDear(request, desk, now - row.at) ? null : look(row, desk, request);
}

async function look(
  { action, resourceIds: [id] }: LedgerRecord,
  { vendor, ask }: Desk,
  request: WireRequest,
): Promise<VendorRecord | null> {
  const response = await ask(request);
  if (response === null) return null;
  const read = vendor.lookup?.read(action as Action, request, response);
  return read?.records.find((one) => one.id === id) ?? null;
}

async function lastWord(row: LedgerRecord, leave: Late['leave']): Promise<true> {
  await leave(row);
  return true;
}
