import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import { isDue } from './schedule.ts';

export interface SweepOptions {
  readonly ledger: Pick<LedgerStore, 'pending'>;
  readonly kind: 'late' | 'unknown';
  /** Age in ms from which it counts that a row is not found; absent: it never does. */
  readonly provenAt?: (row: LedgerRecord) => number;
  /** Wall ms. */
  readonly now: () => number;
}

export interface Sweep {
  /** The next rows that are due. */
  due(): Promise<readonly LedgerRecord[]>;
  /** Rows of the account could not be asked for: they get their turn in the next sweep. */
  missed(account: string): void;
}

const PAGE = 200;
/** Pages read by one `due()`, so that looking for work is never much of the store's work. */
const PAGES_AT_ONCE = 10;
/** About so many rows are given out by one `due()`; at least as many: there may be more at once. */
export const DUE_AT_ONCE = 400;

/**
 * Goes through all pending rows, again and again, by a cursor: rows that never get an answer are passed over and do
 * not hide newer ones. Within a sweep every row is judged by the time at which the sweep began.
 */
export function createSweep({ ledger, kind, now, provenAt = () => Infinity }: SweepOptions): Sweep {
  let after: JournalPoint | null = null;
  let isAtEnd = true;
  let began = 0;
  let previous = 0;
  /** When the sweep before began, by the clock of then. */
  let ended = 0;
  let missedBefore: ReadonlyMap<string, number> = new Map();
  let missedNow = new Map<string, number>();

  const sinceOf = (account: string): number => missedBefore.get(account) ?? previous;

  function begin(): void {
    isAtEnd = false;
    after = null;
    began = now();
    // A clock that went back must not leave everything for later.
    previous = Math.min(ended, began);
    ended = began;
    missedBefore = missedNow;
    missedNow = new Map();
  }

  return Object.freeze({
    async due() {
      if (isAtEnd) begin();
      const found: LedgerRecord[] = [];
      let place = after;
      let isLast = false;
      for (let page = 0; page < PAGES_AT_ONCE && found.length < DUE_AT_ONCE && !isLast; page++) {
        const rows: readonly LedgerRecord[] = await ledger.pending(kind, PAGE, place);
        found.push(...rows.filter((row) => isDue(row.at, sinceOf(row.account), began, provenAt(row))));
        place = rows.at(-1) ?? null;
        isLast = rows.length < PAGE;
      }
      // A store that fails before the last page takes no turn from the rows of those before.
      [after, isAtEnd] = [place, isLast];
      return found;
    },
    missed(account: string) {
      const since = sinceOf(account);
      missedNow.set(account, Math.min(since, missedNow.get(account) ?? since));
    },
  });
}
