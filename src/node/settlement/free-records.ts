import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/vendor.ts';
import { CLOCK_DIFFERENCE } from './records.ts';

export interface FreeRecordsOptions {
  readonly ledger: Pick<LedgerStore, 'hasResource' | 'list'>;
  readonly fingerprint: (text: string) => string;
  /** Records that are younger, by the vendor's clock in wall ms, may belong to a request that the ledger does not know yet. */
  readonly knownUntil: number;
}

/** Records of an account's vendor that no row holds. */
export interface FreeRecords {
  /**
   * Takes a record that fits the row and can be nobody else's. Null when none fits; `later` while each that fits may
   * be the answer of another request.
   */
  take(row: LedgerRecord): VendorRecord | 'later' | null;
}

/** So many requests are never under way at once. */
const MOST_UNDER_WAY = 10_000;

/**
 * Those of `records` that may be one of the rows, which are of one account and action. Requests under way are read
 * before it is looked up who holds a record: an answer that comes in between is seen as one or the other.
 */
export async function findFree(
  records: readonly VendorRecord[],
  rows: readonly [LedgerRecord, ...LedgerRecord[]],
  { ledger, fingerprint, knownUntil }: FreeRecordsOptions,
): Promise<FreeRecords> {
  const { account, action } = rows[0];
  const reserved = await ledger.list({ state: 'reserved', limit: MOST_UNDER_WAY });
  const underWay = Map.groupBy(
    reserved.filter((row) => row.account === account && row.action === action),
    destinationOf,
  );
  const free = new Map<string, VendorRecord[]>(rows.map((row) => [destinationOf(row), []]));
  for (const record of records) {
    const same = record.to === null ? undefined : free.get(fingerprint(record.to));
    if (same !== undefined && !(await ledger.hasResource(account, record.id))) same.push(record);
  }
  const mayBeAnothers = (destination: string, record: VendorRecord): boolean =>
    record.createdAt > knownUntil ||
    reserved.length === MOST_UNDER_WAY ||
    (underWay.get(destination) ?? []).some((row) => isSame(row, record, fingerprint));

  return {
    take(row) {
      const destination = destinationOf(row);
      const same = free.get(destination) ?? [];
      const fitting = same.filter((record) => isSame(row, record, fingerprint));
      const found = fitting.find((record) => !mayBeAnothers(destination, record));
      if (found === undefined) return fitting.length === 0 ? null : 'later';
      same.splice(same.indexOf(found), 1);
      return found;
    },
  };
}

const destinationOf = ({ fingerprints: [to = ''] }: LedgerRecord): string => to;

/** Does a record of the same destination fit the rest of the row? */
function isSame(
  { fingerprints: [, from, text], at }: LedgerRecord,
  record: VendorRecord,
  fingerprint: (text: string) => string,
): boolean {
  if (record.createdAt < at - CLOCK_DIFFERENCE || record.createdAt > at + CLOCK_DIFFERENCE) return false;
  const fits = (mine: string | undefined, theirs: string | null): boolean =>
    theirs === null || mine === fingerprint(theirs);
  return fits(from, record.from) && fits(text, record.text);
}
