import { pointId } from '../../kernel/point.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import {
  createClaims,
  createTimes,
  matchByLooks,
  matchByTime,
  toCandidate,
  type Candidate,
  type Matching,
} from './matching.ts';
import { isUndated } from './records.ts';

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

/**
 * Those of `records` that may be one of the rows. Requests under way are read
 * before it is looked up who holds a record: an answer that comes in between is seen as one or the other.
 */
export async function findFree(
  records: readonly VendorRecord[],
  rows: Rows,
  options: FreeRecordsOptions,
): Promise<FreeRecords> {
  const isKnown = await findKnown(rows, options);
  const { free, hidden } = await findCandidates(records, rows, options);
  const hasCandidates = [...free.values()].some((same) => same.length > 0);
  const lost = hasCandidates ? await lostBeside(rows, options.ledger) : [];
  const beside = Map.groupBy(lost ?? [], destinationOf);
  const found = new Map<LedgerRecord, VendorRecord>();
  for (const [destination, here] of Map.groupBy(rows, destinationOf)) {
    const certain = (free.get(destination) ?? []).filter(({ record }) => isKnown(destination, record));
    if (certain.length === 0) continue;
    const others = lost === null ? null : (beside.get(destination) ?? []);
    for (const [row, record] of assign(here, others, certain, options)) found.set(row, record);
  }
  const own = new Set(rows.map((row) => found.get(row)));
  // A record that these rows leave over, also to a row that is looked for elsewhere, may be another's after all.
  const mayBeHidden = createReach(hidden);
  const mayBeLeft = new Map<string, ReturnType<typeof createReach>>();
  for (const [destination, same] of free) {
    const left = same.map(({ record }) => record).filter((record) => !own.has(record));
    mayBeLeft.set(destination, createReach(left));
  }

  return {
    of(row) {
      const isUncertain = () => mayBeHidden(row) || mayBeLeft.get(destinationOf(row))?.(row) === true;
      return found.get(row) ?? (isUncertain() ? 'later' : null);
    },
  };
}

/** Tells of which records the ledger knows the request, if there was one: they cannot be of one that is under way. */
async function findKnown([{ account, action }]: Rows, { ledger, knownUntil }: FreeRecordsOptions) {
  const reserved = await ledger.list({ account, action, state: 'reserved', limit: MOST_UNDER_WAY });
  const underWay = new Map<string, ReturnType<typeof createTimes>>();
  for (const [destination, rows] of Map.groupBy(reserved, destinationOf))
    underWay.set(destination, createTimes(rows.map(({ at }) => at)));
  return (destination: string, { createdAt }: VendorRecord): boolean =>
    createdAt <= knownUntil &&
    reserved.length < MOST_UNDER_WAY &&
    underWay.get(destination)?.(createdAt) !== true;
}

/** Records that no row holds, by destination, and those that do not show theirs. */
async function findCandidates(
  records: readonly VendorRecord[],
  rows: Rows,
  { ledger, fingerprint }: FreeRecordsOptions,
) {
  const free = new Map<string, Candidate[]>(rows.map((row) => [destinationOf(row), []]));
  const hidden: VendorRecord[] = [];
  const isNearOne = createTimes(rows.map(({ at }) => at));
  for (const record of records) {
    const same = isHidden(record) ? null : free.get(fingerprint(record.to ?? ''));
    if (same === undefined || !(isNearOne(record.createdAt) || isAnytime(record))) continue;
    if (await ledger.hasResource(rows[0].account, record.id)) continue;
    if (same === null) hidden.push(record);
    else same.push(toCandidate(record, fingerprint));
  }
  return { free, hidden };
}

/**
 * Gives the records of one destination to its lost rows. First by sender and text, then by time alone, where no other row
 * claims the record by sender and text. But vendors may change these: if time alone serves more rows, time alone decides.
 * `others`: see `lostBeside`.
 */
function assign(
  here: readonly LedgerRecord[],
  others: readonly LedgerRecord[] | null,
  certain: readonly Candidate[],
  { isSought }: FreeRecordsOptions,
): Matching {
  if (others === null) return matchByLooks(here, certain, () => false);
  const { sought = [], unseen = [] } = Object.groupBy(others, (row) => (isSought(row) ? 'sought' : 'unseen'));
  const seeking = [...here, ...sought];
  const [isOfOthers, isOfUnseen] = [createClaims(others), createClaims(unseen)];
  const byText = matchByLooks(seeking, certain, (one) => !isOfOthers(one));
  const byTime = matchByTime(
    seeking,
    certain.filter((one) => !isOfUnseen(one)),
  );
  return byText.size >= byTime.size ? byText : byTime;
}

/** Rows that are looked for in other lists or turns, and may fit a record better. Null: there are too many to tell. */
async function lostBeside(
  rows: Rows,
  ledger: FreeRecordsOptions['ledger'],
): Promise<readonly LedgerRecord[] | null> {
  const { account, action } = rows[0];
  const here = new Set(rows.map(pointId));
  const lost = await ledger.list({ account, action, state: 'unknown', limit: MOST_UNDER_WAY });
  if (lost.length === MOST_UNDER_WAY) return null;
  return lost.filter((row) => !here.has(pointId(row)));
}

const destinationOf = ({ fingerprints: [to = ''] }: LedgerRecord): string => to;

const isHidden = ({ to }: VendorRecord): boolean => to === null || REDACTED.test(to);

/**
 * An undated record may be of any time, if it shows its recipient; undated ones without recipient (calls to an app that ring)
 * are always there, and would keep every row waiting.
 */
const isAnytime = (record: VendorRecord): boolean => isUndated(record) && !isHidden(record);

/** Tells whether one of the records may be the row's. */
function createReach(records: readonly VendorRecord[]): (row: LedgerRecord) => boolean {
  const isNearOne = createTimes(records.map(({ createdAt }) => createdAt));
  const hasAnytime = records.some(isAnytime);
  return ({ at }) => hasAnytime || isNearOne(at);
}
