import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import { CLOCK_DIFFERENCE_MILLISECONDS } from './records.ts';

/** A record that may be a lost row's, with what its sender and text look like. */
export interface Candidate {
  readonly record: VendorRecord;
  readonly looks: string;
}

export type Matching = ReadonlyMap<LedgerRecord, VendorRecord>;

/** What the vendor does not show fits everything. */
const ANY = null;

/** Hashes once what each comparison needs: of 10,000 lost requests to one recipient each may be any of 10,000 records. */
export function toCandidate(record: VendorRecord, fingerprint: (text: string) => string): Candidate {
  const hashed = (text: string | null): string | null => (text === null ? ANY : fingerprint(text));
  return { record, looks: JSON.stringify([hashed(record.from), hashed(record.text)]) };
}

/** All looks that fit the row. */
function looksOf({ fingerprints: [, from = '', text = ''] }: LedgerRecord): readonly string[] {
  const forms = [
    [from, text],
    [from, ANY],
    [ANY, text],
    [ANY, ANY],
  ];
  return forms.map((form) => JSON.stringify(form));
}

/** Tells whether one of the times is near another: a record is made when its row is sent. */
export function createTimes(times: readonly number[]): (time: number) => boolean {
  const inOrder = Float64Array.from(times).toSorted();
  return (time) => {
    let [low, high] = [0, inOrder.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((inOrder[middle] ?? 0) < time - CLOCK_DIFFERENCE_MILLISECONDS) low = middle + 1;
      else high = middle;
    }
    return (inOrder[low] ?? Infinity) <= time + CLOCK_DIFFERENCE_MILLISECONDS;
  };
}

/** Tells whether a candidate fits one of the rows in time, sender and text. */
export function createClaims(rows: readonly LedgerRecord[]): (candidate: Candidate) => boolean {
  const wanted = rows.flatMap((row) => looksOf(row).map((looks) => ({ looks, at: row.at })));
  const claims = new Map<string, ReturnType<typeof createTimes>>();
  for (const [looks, all] of Map.groupBy(wanted, (one) => one.looks))
    claims.set(looks, createTimes(all.map(({ at }) => at)));
  return ({ record, looks }) => claims.get(looks)?.(record.createdAt) === true;
}

/**
 * Gives candidates to rows of one destination, first those that fit best, then those that `isLeft` admits. In order of time
 * each row takes the first: so as many rows as can get one do, as far as time alone decides.
 */
export function matchByLooks(
  rows: readonly LedgerRecord[],
  candidates: readonly Candidate[],
  isLeft: (candidate: Candidate) => boolean,
): Matching {
  const inOrder = inOrderOfTime(candidates);
  const queues = new Map(
    Map.groupBy(inOrder, ({ looks }) => looks)
      .entries()
      .map(toQueue),
  );
  const fitting = take(rows, (row) => looksOf(row).flatMap((looks) => queues.get(looks) ?? []));
  const taken = new Set(fitting.values());
  const rest = inOrder.filter((one) => !taken.has(one.record) && isLeft(one));
  const others = matchByTime(
    rows.filter((row) => !fitting.has(row)),
    rest,
  );
  return new Map([...fitting, ...others]);
}

/** The same, by time alone. */
export function matchByTime(rows: readonly LedgerRecord[], candidates: readonly Candidate[]): Matching {
  const all = [{ waiting: inOrderOfTime(candidates), next: 0 }];
  return take(rows, () => all);
}

interface Queue {
  readonly waiting: readonly Candidate[];
  next: number;
}

const toQueue = ([looks, waiting]: [string, readonly Candidate[]]): [string, Queue] => [
  looks,
  { waiting, next: 0 },
];

function inOrderOfTime(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((a, b) => a.record.createdAt - b.record.createdAt);
}

/** Rows come in order of time, so what is too old for one is too old for all that follow: no candidate is seen twice. */
function take(rows: readonly LedgerRecord[], queuesOf: (row: LedgerRecord) => readonly Queue[]): Matching {
  const found = new Map<LedgerRecord, VendorRecord>();
  for (const row of rows.toSorted((a, b) => a.at - b.at)) {
    let first: { readonly queue: Queue; readonly record: VendorRecord } | null = null;
    for (const queue of queuesOf(row)) {
      const record = nearest(queue, row.at);
      if (record !== null && (first === null || record.createdAt < first.record.createdAt))
        first = { queue, record };
    }
    if (first === null) continue;
    first.queue.next += 1;
    found.set(row, first.record);
  }
  return found;
}

/** The first that was made when the row was sent. */
function nearest(queue: Queue, at: number): VendorRecord | null {
  const { waiting } = queue;
  while ((waiting[queue.next]?.record.createdAt ?? Infinity) < at - CLOCK_DIFFERENCE_MILLISECONDS)
    queue.next += 1;
  const record = waiting[queue.next]?.record;
  return record !== undefined && record.createdAt <= at + CLOCK_DIFFERENCE_MILLISECONDS ? record : null;
}
