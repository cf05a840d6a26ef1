import { pointId, type JournalPoint } from '../../kernel/point.ts';
import { createKeyedLock } from '../../kernel/keyed-lock.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { createBooking, type Booking, type BookingOptions } from './booking.ts';
import { createClocks, type ClocksOptions } from './clocks.ts';
import { createDesks, type Desk, type DeskOptions } from './desk.ts';
import { settleLate } from './late.ts';
import { listForMany } from './records.ts';
import { createPatience, type Patiently } from './patience.ts';
import { createSweep, DUE_AT_ONCE, type Sweep } from './sweep.ts';
import { graceOf, resolveUnknown } from './unknown.ts';
import { createProspect, type Prospect } from './prospect.ts';

export interface SettlementOptions extends BookingOptions, DeskOptions, ClocksOptions {
  readonly ledger: Pick<LedgerStore, 'pending' | 'settle' | 'hasResource' | 'get' | 'list'>;
  /**
   * Time in wall ms that no step of the clock hurries on: by it a wait comes to its end. A wall clock that jumps ahead
   * must not make a lost answer look like one that never was.
   */
  readonly steady: () => number;
  readonly vendor: (id: string) => Vendor | null;
  /** Keyed hash by which a vendor's record is recognised. */
  readonly fingerprint: (text: string) => string;
  /** How long an unknown outcome may take to appear at the vendor before it counts as never accepted. */
  readonly graceMilliseconds?: number;
  /** How long a round waits for the vendor of one account. */
  readonly patienceMilliseconds?: number;
}

/** Rounds of looking things up. Each kind has its own: a long list of records keeps no price waiting. */
export interface Settlement {
  /** Looks for prices of accepted rows; how many have their last word now. */
  prices(): Promise<number>;
  /** Looks for what became of unknown rows; how many have an outcome now. */
  outcomes(): Promise<number>;
  /** What the search for an unknown row can still find; null: no list of the vendor's shows it, only a person finds out. */
  prospect(row: LedgerRecord, fields: OpenAccount['fields']): Promise<Prospect | null>;
  /** For what a person found out, within `withRow`. */
  readonly booking: Booking;
  /** Runs `work` while nobody else decides what became of the row. */
  withRow<T>(row: JournalPoint, work: () => Promise<T>): Promise<T>;
}

interface Batch {
  readonly due: number;
  readonly done: number;
}

type DeskOf = (account: string) => Promise<Desk | null>;

/** Questions that an account's vendor gets at a time about one action. */
const QUESTIONS_AT_ONCE = 8;
const PATIENCE_MILLISECONDS = 60_000;
/** Batches of a round, after which desks are opened again. */
const MOST_BATCHES = 100;

/** Finds late prices and unknown outcomes in the vendors' own records. */
export function createSettlement(options: SettlementOptions): Settlement {
  const { ledger, now, steady } = options;
  const booking = createBooking(options);
  const lock = createKeyedLock();
  const withRow = <T>(row: JournalPoint, work: () => Promise<T>): Promise<T> => lock(pointId(row), work);
  const prices = createSweep({ ledger, kind: 'late', now });
  const provenAt = ({ vendor }: LedgerRecord): number =>
    graceOf(options.vendor(vendor)?.lookup ?? null, options.graceMilliseconds);
  const unknown = createSweep({ ledger, kind: 'unknown', now, provenAt });

  const clocks = createClocks(options);
  const leave = (row: LedgerRecord): Promise<void> =>
    withRow(row, async () => {
      if ((await ledger.get(row))?.settled === false) await booking.atBound(row);
    });

  async function settle(rows: readonly LedgerRecord[], desk: Desk | null): Promise<number> {
    const listed = desk === null ? null : await listForMany(rows, desk, now());
    return countDone(rows, (row) =>
      settleLate(row, desk, booking, { now: now(), steady: steady(), listed, leave }),
    );
  }

  async function resolve(rows: readonly LedgerRecord[], desk: Desk | null): Promise<number> {
    if (desk === null) return 0;
    return resolveUnknown(rows, desk, { ...options, booking, withRow, clocks, now: steady });
  }

  const patience = options.patienceMilliseconds ?? PATIENCE_MILLISECONDS;
  const late = createRound({ sweep: prices, patiently: createPatience(patience), work: settle });
  const lost = createRound({ sweep: unknown, patiently: createPatience(patience), work: resolve });

  return Object.freeze({
    prospect: createProspect({ ...options, clocks }),
    booking,
    withRow,
    prices: () => all(late, createDesks(options)),
    outcomes: () => all(lost, createDesks(options)),
  });
}

interface RoundOptions {
  readonly sweep: Sweep;
  readonly patiently: Patiently;
  /** On rows of one account and action; how many are done. No desk: the account is gone. */
  readonly work: (rows: readonly LedgerRecord[], desk: Desk | null) => Promise<number>;
}

/** Works on one batch of the rows that are due, on those of each account and action for as long as patience lasts. */
function createRound({ sweep, patiently, work }: RoundOptions): (deskOf: DeskOf) => Promise<Batch> {
  async function workFor(account: string, rows: readonly LedgerRecord[], deskOf: DeskOf): Promise<number> {
    try {
      const desk = await deskOf(account);
      const done = await work(rows, desk);
      if (desk?.isOpen() === false) sweep.missed(account);
      return done;
    } catch (error) {
      sweep.missed(account); // The store is away: what was due must not wait for up to an hour.
      throw error;
    }
  }
  return async (deskOf) => {
    const due = await sweep.due();
    const groups = Map.groupBy(due, ({ account, action }) => `${account} ${action}`);
    const counts = await Promise.all(
      [...groups].map(async ([name, rows]) => {
        const account = rows[0]?.account ?? '';
        const done = await patiently(name, () => workFor(account, rows, deskOf));
        if (done === null) sweep.missed(account);
        return done ?? 0;
      }),
    );
    return { due: due.length, done: sum(counts) };
  };
}

/** Takes batches until few rows are due; how many are done. */
async function all(take: (deskOf: DeskOf) => Promise<Batch>, deskOf: DeskOf): Promise<number> {
  let done = 0;
  for (let batch = 0, due = Infinity; due >= DUE_AT_ONCE && batch < MOST_BATCHES; batch++) {
    const taken = await take(deskOf);
    ({ due } = taken);
    done += taken.done;
  }
  return done;
}

/** Runs `work` on all rows, a few at a time; how many it was true for. */
async function countDone(
  rows: readonly LedgerRecord[],
  work: (row: LedgerRecord) => Promise<boolean>,
): Promise<number> {
  const queue = rows.values();
  const lane = async (): Promise<number> => {
    let done = 0;
    for (const row of queue) if (await work(row)) done += 1;
    return done;
  };
  return sum(await Promise.all(Array.from({ length: QUESTIONS_AT_ONCE }, lane)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
