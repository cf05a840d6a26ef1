import { copyText } from '../../kernel/copy-text.ts';

const MAX_KEYS = 200_000;
/** Cells that the clock's hand looks at for each new key; more when all are in use, up to `LONGEST_LOOK`. */
const LOOKED_AT = 4;
const LONGEST_LOOK = 64;

/** What a rate knows of a key. */
export interface Cell {
  /** A copy: a part of a body would keep all of it in memory. */
  readonly key: string;
  /** When the key has its full burst again, in the parts of the rate. */
  at: number;
  /** Since the hand last passed. */
  isUsed: boolean;
  /** Here, since usage was last told. */
  taken: number;
}

export interface Cells extends Iterable<Cell> {
  find(key: string): Cell | undefined;
  /** For a key that is not there: one that has its full burst `now`. */
  add(key: string, now: number): Cell;
}

/**
 * When there are too many, keys that are full again go first, then one not used since the clock's hand last passed it,
 * so that flooding with new keys does not reset a key in use.
 */
export function createCells(): Cells {
  const cells = new Map<string, Cell>();
  let hand = cells.values();
  /** Who asks whether it fits takes next. */
  let last: Cell | undefined;

  function evict(now: number): void {
    let victim: string | undefined;
    for (let looked = 0; looked < LOOKED_AT || victim === undefined; looked++) {
      const { done, value: cell } = hand.next();
      if (done === true) {
        hand = cells.values();
        continue;
      }
      if (cell.at <= now) cells.delete(cell.key);
      if (!cell.isUsed || looked >= LONGEST_LOOK) victim ??= cell.key;
      cell.isUsed = false;
    }
    if (cells.size >= MAX_KEYS) cells.delete(victim);
  }

  return {
    find(key) {
      if (last?.key !== key) last = cells.get(key);
      return last;
    },
    add(key, now) {
      if (cells.size >= MAX_KEYS) evict(now);
      last = { key: copyText(key), at: now, isUsed: false, taken: 0 };
      cells.set(last.key, last);
      return last;
    },
    [Symbol.iterator]: () => cells.values(),
  };
}
