import { pointId } from '../../kernel/point.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import { CLOCK_DIFFERENCE, isUndated } from './records.ts';

export interface FreeRecordsOptions {
  readonly ledger: Pick<LedgerStore, 'hasResource' | 'list'>;
  readonly fingerprint: (text: string) => string;
  /** Can such a row get a record at all? */
  readonly isSought: (row: LedgerRecord) => boolean;
  /** Records that are younger, by the vendor's clock in wall ms, may belong to a request that the ledger does not know yet. */
  readonly knownUntil: number;
}

/** Records of an account's vendor that no row holds. */
export interface FreeRecords {
  /**
   * The record that is the row's and can be nobody else's: one that fits it, or else one to the same recipient that fits no
   * other row, since vendors choose senders and change texts. Null when there is none; `later` while it cannot be told.
   */
  of(row: LedgerRecord): VendorRecord | 'later' | null;
}

/** So many requests are never under way, or lost, at once. */
const MOST_UNDER_WAY = 10_000;
/** Accounts with redaction show numbers without their end. */
const REDACTED = /^\+?\d*[x*]{2,}$/i;

/**
 * Those of `records` that may be one of the rows, which are of one account and action. Requests under way are read
 * before it is looked up who holds a record: an answer that comes in between is seen as one or the other.
 */
export async function findFree(
  records: readonly VendorRecord[],
  rows: readonly [LedgerRecord, ...LedgerRecord[]],
  { ledger, fingerprint, isSought, knownUntil }: FreeRecordsOptions,
): Promise<FreeRecords> {
  const { account, action } = rows[0];
  const reserved = await ledger.list({ state: 'reserved', limit: MOST_UNDER_WAY });
  const underWay = Map.groupBy(
    reserved.filter((row) => row.account === account && row.action === action),
    destinationOf,
  );
  const free = new Map<string, VendorRecord[]>(rows.map((row) => [destinationOf(row), []]));
  const hidden: VendorRecord[] = [];
  for (const record of records) {
    const same = isHidden(record) ? hidden : free.get(fingerprint(record.to ?? ''));
    if (same === undefined || !rows.some((row) => mayBeOf(row, record))) continue;
    if (!(await ledger.hasResource(account, record.id))) same.push(record);
  }
  const mayBeAnothers = (destination: string, record: VendorRecord): boolean =>
    record.createdAt > knownUntil ||
    reserved.length === MOST_UNDER_WAY ||
    (underWay.get(destination) ?? []).some((row) => isNear(row, record));

  const hasCandidates = [...free.values()].some((same) => same.length > 0);
  const lost = hasCandidates ? await lostBeside(rows, ledger) : [];
  const beside = Map.groupBy(lost ?? [], destinationOf);
  const found = new Map<LedgerRecord, VendorRecord>();
  for (const [destination, here] of Map.groupBy(rows, destinationOf)) {
    const others = beside.get(destination) ?? [];
    const isOwn: Fits = (row, record) => isNear(row, record) && isSame(row, record, fingerprint);
    const without =
      (rivals: readonly LedgerRecord[]): Fits =>
      (row, record) =>
        lost !== null && isNear(row, record) && !rivals.some((rival) => isOwn(rival, record));
    const certain = (free.get(destination) ?? []).filter((record) => !mayBeAnothers(destination, record));
    const match = createMatching([...here, ...others.filter(isSought)], certain);
    const byText = match([isOwn, without(others)]);
    const byTime = match([without(others.filter((row) => !isSought(row)))]);
    for (const [row, record] of byText.size >= byTime.size ? byText : byTime) found.set(row, record);
  }
  const own = new Set(rows.map((row) => found.get(row)));

  return {
    of(row) {
      // What is left to a row of another turn may be this one's after all.
      const left = [...(free.get(destinationOf(row)) ?? []), ...hidden].filter((record) => !own.has(record));
      return found.get(row) ?? (left.some((record) => mayBeOf(row, record)) ? 'later' : null);
    },
  };
}

type Fits = (row: LedgerRecord, record: VendorRecord) => boolean;
type Matching = ReadonlyMap<LedgerRecord, VendorRecord>;

/**
 * Gives records to rows of one destination, first those that fit best. In order of time each row takes the first: so as many
 * rows as can get one do, as far as time alone decides.
 */
function createMatching(
  rows: readonly LedgerRecord[],
  records: readonly VendorRecord[],
): (passes: readonly Fits[]) => Matching {
  const seeking = rows.toSorted((a, b) => a.at - b.at);
  const inOrder = records.toSorted((a, b) => a.createdAt - b.createdAt);
  return (passes) => {
    const found = new Map<LedgerRecord, VendorRecord>();
    const left = new Set(inOrder);
    for (const fits of passes)
      for (const row of seeking) {
        const own = found.has(row) ? undefined : left.values().find((record) => fits(row, record));
        if (own === undefined) continue;
        found.set(row, own);
        left.delete(own);
      }
    return found;
  };
}

/** Rows that are looked for in other lists or turns, and may fit a record better. Null: there are too many to tell. */
async function lostBeside(
  rows: readonly [LedgerRecord, ...LedgerRecord[]],
  ledger: FreeRecordsOptions['ledger'],
): Promise<readonly LedgerRecord[] | null> {
  const { account, action } = rows[0];
  const here = new Set(rows.map(pointId));
  const lost = await ledger.list({ state: 'unknown', limit: MOST_UNDER_WAY });
  if (lost.length === MOST_UNDER_WAY) return null;
  return lost.filter((row) => row.account === account && row.action === action && !here.has(pointId(row)));
}

const destinationOf = ({ fingerprints: [to = ''] }: LedgerRecord): string => to;

const isHidden = ({ to }: VendorRecord): boolean => to === null || REDACTED.test(to);

/** Was the record made when the row was sent? */
function isNear({ at }: LedgerRecord, { createdAt }: VendorRecord): boolean {
  return createdAt >= at - CLOCK_DIFFERENCE && createdAt <= at + CLOCK_DIFFERENCE;
}

/** Of records without recipient there are always some that tell no time either: calls that ring, to an app. */
function mayBeOf(row: LedgerRecord, record: VendorRecord): boolean {
  return isNear(row, record) || (isUndated(record) && !isHidden(record));
}

/** Does a record of the same destination fit the rest of the row? */
function isSame(
  { fingerprints: [, from, text] }: LedgerRecord,
  record: VendorRecord,
  fingerprint: (text: string) => string,
): boolean {
  const fits = (mine: string | undefined, theirs: string | null): boolean =>
    theirs === null || mine === fingerprint(theirs);
  return fits(from, record.from) && fits(text, record.text);
}
