import { pointId } from '../../kernel/point.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import { CLOCK_DIFFERENCE_MILLISECONDS, isUndated } from './records.ts';

export interface FreeRecordsOptions {
  readonly ledger: Pick<LedgerStore, 'hasResource' | 'list'>;
  readonly fingerprint: (text: string) => string;
  /** Can the vendor's lists show a record of such a row at all? */
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

/** More requests than are ever under way, or lost, at once: where the ledger gives so many, there may be others. */
const MOST_UNDER_WAY = 10_000;
/** Accounts with redaction show numbers without their end. */
const REDACTED = /^\+?\d*[x*]{2,}$/i;

/** At least one; all of one account and action. */
type Rows = readonly [LedgerRecord, ...LedgerRecord[]];
type Fits = (row: LedgerRecord, record: VendorRecord) => boolean;
type Matching = ReadonlyMap<LedgerRecord, VendorRecord>;

/**
 * Those of `records` that may be one of the rows. Requests under way are read before it is looked up who holds a record:
 * an answer that comes in between is seen as one or the other.
 */
export async function findFree(
  records: readonly VendorRecord[],
  rows: Rows,
  options: FreeRecordsOptions,
): Promise<FreeRecords> {
  const mayBeUnderWay = await findUnderWay(rows, options);
  const { byDestination, hidden } = await findCandidates(records, rows, options);
  const hasCandidates = byDestination.values().some((same) => same.length > 0);
  const lost = hasCandidates ? await lostBeside(rows, options.ledger) : [];
  const lostTo = lost === null ? null : Map.groupBy(lost, destinationOf);
  const found = new Map<LedgerRecord, VendorRecord>();
  for (const [destination, here] of Map.groupBy(rows, destinationOf)) {
    const same = byDestination.get(destination) ?? [];
    const certain = same.filter((record) => !mayBeUnderWay(destination, record));
    const others = lostTo === null ? null : (lostTo.get(destination) ?? []);
    for (const [row, record] of assign(certain, { here, others }, options)) found.set(row, record);
  }
  const taken = new Set(rows.map((row) => found.get(row)));
  return {
    of(row) {
      const own = found.get(row);
      if (own !== undefined) return own;
      // A record that these rows leave over, also to a row that is looked for elsewhere, may be this one's after all.
      const left = [...(byDestination.get(destinationOf(row)) ?? []), ...hidden];
      return left.some((record) => !taken.has(record) && mayBeOf(row, record)) ? 'later' : null;
    },
  };
}

/** Tells whether a record to a destination may belong to a request that is under way, or not in the ledger yet. */
async function findUnderWay(
  [{ account, action }]: Rows,
  { ledger, knownUntil }: FreeRecordsOptions,
): Promise<(destination: string, record: VendorRecord) => boolean> {
  const reserved = await ledger.list({ state: 'reserved', limit: MOST_UNDER_WAY });
  const underWay = Map.groupBy(
    reserved.filter((row) => row.account === account && row.action === action),
    destinationOf,
  );
  return (destination, record) =>
    record.createdAt > knownUntil ||
    reserved.length === MOST_UNDER_WAY ||
    (underWay.get(destination) ?? []).some((row) => isNear(row, record));
}

interface Candidates {
  readonly byDestination: ReadonlyMap<string, readonly VendorRecord[]>;
  /** Records that do not show their destination. */
  readonly hidden: readonly VendorRecord[];
}

/** The records that may belong to one of the rows, and that no row of the ledger holds. */
async function findCandidates(
  records: readonly VendorRecord[],
  rows: Rows,
  { ledger, fingerprint }: FreeRecordsOptions,
): Promise<Candidates> {
  const byDestination = new Map<string, VendorRecord[]>(rows.map((row) => [destinationOf(row), []]));
  const hidden: VendorRecord[] = [];
  for (const record of records) {
    const same = isHidden(record) ? hidden : byDestination.get(fingerprint(record.to ?? ''));
    if (same === undefined || !rows.some((row) => mayBeOf(row, record))) continue;
    if (!(await ledger.hasResource(rows[0].account, record.id))) same.push(record);
  }
  return { byDestination, hidden };
}

/** Lost rows of one destination. */
interface LostRows {
  readonly here: readonly LedgerRecord[];
  /** Those that are looked for elsewhere; null: there are too many to tell. */
  readonly others: readonly LedgerRecord[] | null;
}

/**
 * Gives the records of one destination to its lost rows. First by sender and text, then by time alone, where no other row
 * claims the record by sender and text. But vendors may change these: if time alone serves more rows, time alone decides.
 */
function assign(
  records: readonly VendorRecord[],
  { here, others }: LostRows,
  { isSought, fingerprint }: FreeRecordsOptions,
): Matching {
  const rivals = others ?? [];
  const isExact: Fits = (row, record) => isNear(row, record) && isSame(row, record, fingerprint);
  const isUnclaimedBy =
    (claimants: readonly LedgerRecord[]): Fits =>
    (row, record) =>
      others !== null && isNear(row, record) && !claimants.some((rival) => isExact(rival, record));
  const match = createMatching([...here, ...rivals.filter(isSought)], records);
  const byText = match([isExact, isUnclaimedBy(rivals)]);
  const byTime = match([isUnclaimedBy(rivals.filter((row) => !isSought(row)))]);
  return byText.size >= byTime.size ? byText : byTime;
}

/**
 * Gives each row at most one record, in passes: what a pass leaves over goes to the next. Within a pass the earliest row takes
 * the earliest record that fits, so that as many rows as possible get one.
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

/** Lost rows of the same account and action that are looked for elsewhere, and may fit a record better. Null: too many to tell. */
async function lostBeside(
  rows: Rows,
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
  return createdAt >= at - CLOCK_DIFFERENCE_MILLISECONDS && createdAt <= at + CLOCK_DIFFERENCE_MILLISECONDS;
}

/**
 * May the record be the row's, as far as times tell? An undated one may, if it shows its recipient; undated ones without
 * recipient (calls to an app that ring) are always there, and would keep every row waiting.
 */
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
