import { copyText } from '../../kernel/copy-text.ts';

export interface RateRule {
  readonly count: number;
  readonly milliseconds: number;
  /** Requests that may come at once; at most `count`. */
  readonly burst: number;
}

/** How many a limit took, by key. */
export interface Usage {
  readonly limit: string;
  readonly taken: ReadonlyMap<string, number>;
}

export interface Rate {
  fits(key: string, now: number, count: number): boolean;
  take(key: string, now: number, count: number): void;
  /** Counts what another process took; not reported by `takeUsage`. */
  merge(key: string, now: number, count: number): void;
  /** What was taken since the last call. */
  takeUsage(): ReadonlyMap<string, number>;
  /** What would have to be merged into an empty rate to make it refuse as this one does. */
  snapshot(now: number): ReadonlyMap<string, number>;
}

const MAX_KEYS = 200_000;
/** Cells that the hand passes for each new key; more when all are in use, but not without end. */
const LOOKED_AT = 4;
const LONGEST_LOOK = 64;

interface Cell {
  /** A copy: a part of a body would keep all of it in memory. */
  readonly key: string;
  /** When the key has its full burst again, in the parts of `createRate`. */
  at: number;
  /** Since the hand last passed. */
  isUsed: boolean;
}

/**
 * Generic cell rate algorithm: one number per key, the time at which the key has its full burst again. Time is counted
 * in parts of a millisecond, `count` of them: a step is whole then, and sums of steps are exact.
 * When there are too many, keys that are full again go first, then one not used since the clock's hand last passed it,
 * so that flooding with new keys does not reset a key in use.
 */
export function createRate({ count, milliseconds, burst }: RateRule): Rate {
  const step = milliseconds;
  const tolerance = step * (burst - 1);
  const partsAt = (now: number): number => Math.floor(now * count);
  const cells = new Map<string, Cell>();
  let hand = cells.entries();
  let taken = new Map<string, number>();

  function add(key: string, time: number, amount: number): Cell {
    const now = partsAt(time);
    const known = cells.get(key);
    if (known !== undefined) {
      known.at = Math.max(known.at, now) + step * amount;
      known.isUsed = true;
      return known;
    }
    if (cells.size >= MAX_KEYS) evict(now);
    const cell = { key: copyText(key), at: now + step * amount, isUsed: false };
    cells.set(cell.key, cell);
    return cell;
  }

  function evict(now: number): void {
    let victim: string | undefined;
    for (let looked = 0; looked < LOOKED_AT || victim === undefined; looked++) {
      const { done, value } = hand.next();
      if (done === true) {
        hand = cells.entries();
        continue;
      }
      const [key, cell] = value;
      if (cell.at <= now) cells.delete(key);
      if (!cell.isUsed || looked >= LONGEST_LOOK) victim ??= key;
      cell.isUsed = false;
    }
    if (cells.size >= MAX_KEYS) cells.delete(victim);
  }

  return {
    fits(key, time, amount) {
      const cell = cells.get(key);
      if (cell !== undefined) cell.isUsed = true; // Whoever is refused is not forgotten for it.
      const ahead = cell === undefined ? 0 : Math.max(cell.at - partsAt(time), 0);
      return ahead + step * (amount - 1) <= tolerance;
    },
    take(key, now, amount) {
      const cell = add(key, now, amount);
      taken.set(cell.key, (taken.get(cell.key) ?? 0) + amount);
    },
    merge: add,
    takeUsage() {
      const usage = taken;
      taken = new Map();
      return usage;
    },
    snapshot(time) {
      const now = partsAt(time);
      const inForce = new Map<string, number>();
      for (const [key, { at }] of cells) if (at > now) inForce.set(key, Math.ceil((at - now) / step));
      return inForce;
    },
  };
}
