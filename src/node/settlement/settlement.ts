import { pointId, type JournalPoint } from '../../kernel/point.ts';
import { createTurns } from '../../kernel/turns.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { LookupAdapter } from '../../vendors/lookup-adapter.ts';
import { createBooking, type Booking, type BookingOptions } from './booking.ts';
import { createClocks, type ClocksOptions } from './clocks.ts';
import { createDesks, type Desk, type DeskOptions } from './desk.ts';
import { settleLate } from './late.ts';
import { listForMany } from './records.ts';
import { createPatience } from './patience.ts';
import { createSweep, DUE_AT_ONCE } from './sweep.ts';
import { isShown, resolveUnknown } from './unknown.ts';

export interface SettlementOptions extends BookingOptions, DeskOptions, ClocksOptions {
  readonly ledger: Pick<LedgerStore, 'pending' | 'settle' | 'hasResource' | 'get' | 'list'>;
  /**
   * Time in wall ms that no step of the clock hurries on: by it a wait comes to its end. A wall clock that jumps ahead
   * must not make a lost answer look like one that never was.
   */
  readonly steady: () => number;
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
  /** Could a list of the vendor's show what became of the row? Else only a person finds out. */
  isShown(row: LedgerRecord, lookup: LookupAdapter): boolean;
  /** For what a person found out, in the row's turn. */
  readonly booking: Booking;
  /** Runs `work` while nobody else decides what became of the row. */
  inTurn<T>(row: JournalPoint, work: () => Promise<T>): Promise<T>;
}

interface Batch {
  readonly due: number;
  readonly done: number;
}

type DeskOf = (account: string) => Promise<Desk | null>;

/** Questions that an account's vendor gets at a time about one action. */
const AT_ONCE = 8;
const PATIENCE = 60_000;
/** Batches of a round, after which desks are opened again. */
const MOST_BATCHES = 100;

/** Learns late prices and unknown outcomes from the vendors' own records. */
export function createSettlement(options: SettlementOptions): Settlement {
  const { ledger, now, steady } = options;
  const booking = createBooking(options);
  const turns = createTurns();
  const inTurn = <T>(row: JournalPoint, work: () => Promise<T>): Promise<T> => turns(pointId(row), work);
  const prices = createSweep({ ledger, kind: 'late', now });
  const unknown = createSweep({ ledger, kind: 'unknown', now });

  const patiently = createPatience(options.patienceMilliseconds ?? PATIENCE);

  const clocks = createClocks(options);
  const leave = (row: LedgerRecord): Promise<void> =>
    inTurn(row, async () => {
      if ((await ledger.get(row))?.settled === false) await booking.atBound(row);
    });

  async function settle(deskOf: DeskOf): Promise<Batch> {
    const due = await prices.due();
    const groups = Map.groupBy(due, ({ account, action }) => `${account} ${action}`);
    const counts = await Promise.all(
      [...groups.values()].map(async (rows) => {
        const account = rows[0]?.account ?? '';
        const desk = await deskOf(account);
        const listed = desk === null ? null : await listForMany(rows, desk, now());
        return countDone(rows, async (row) => {
          const late = { now: now(), steady: steady(), listed, leave };
          const isSettled = await settleLate(row, desk, booking, late);
          if (!isSettled && desk?.isOpen() === false) prices.missed(account);
          return isSettled;
        });
      }),
    );
    return { due: due.length, done: sum(counts) };
  }

  async function resolve(deskOf: DeskOf): Promise<Batch> {
    const due = await unknown.due();
    const groups = Map.groupBy(due, ({ account, action }) => `${account} ${action}`);
    const counts = await Promise.all(
      [...groups].map(async ([name, rows]) => {
        const account = rows[0]?.account ?? '';
        const resolved = await patiently(name, async () => {
          const desk = await deskOf(account);
          if (desk === null) return 0;
          const found = await resolveUnknown(rows, desk, {
            ...options,
            booking,
            inTurn,
            clocks,
            now: steady,
          });
          if (!desk.isOpen()) unknown.missed(account);
          return found;
        });
        if (resolved === null) unknown.missed(account);
        return resolved ?? 0;
      }),
    );
    return { due: due.length, done: sum(counts) };
  }

  return Object.freeze({
    isShown: (row: LedgerRecord, lookup: LookupAdapter) => isShown(row, lookup, options.fingerprint),
    booking,
    inTurn,
    prices: () => all(settle, createDesks(options)),
    outcomes: () => all(resolve, createDesks(options)),
  });
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
  return sum(await Promise.all(Array.from({ length: AT_ONCE }, lane)));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
