import { createCells, type Cell } from './cells.ts';

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
  /**
   * What was taken since the last call. Keys that are full again are left out when no more was taken of them than comes
   * back in `quiet` ms: nobody has to know.
   */
  takeUsage(now: number, quiet: number): ReadonlyMap<string, number>;
  /** What would have to be merged into an empty rate to make it refuse as this one does. */
  snapshot(now: number): ReadonlyMap<string, number>;
}

/**
 * Generic cell rate algorithm: one number per key, the time at which the key has its full burst again. Time is counted
 * in parts of a millisecond, `count` of them: a step is whole then, and sums of steps are exact.
 */
export function createRate({ count, milliseconds, burst }: RateRule): Rate {
  const step = milliseconds;
  const tolerance = step * (burst - 1);
  const partsAt = (now: number): number => Math.floor(now * count);
  const cells = createCells();
  let untold: Cell[] = [];

  function add(key: string, time: number, amount: number): Cell {
    const now = partsAt(time);
    const known = cells.find(key);
    const cell = known ?? cells.add(key, now);
    cell.at = Math.max(cell.at, now) + step * amount;
    cell.isUsed = known !== undefined;
    return cell;
  }

  return {
    fits(key, time, amount) {
      const cell = cells.find(key);
      if (cell !== undefined) cell.isUsed = true; // Whoever is refused is not forgotten for it.
      const ahead = cell === undefined ? 0 : Math.max(cell.at - partsAt(time), 0);
      return ahead + step * (amount - 1) <= tolerance;
    },
    take(key, now, amount) {
      const cell = add(key, now, amount);
      if (cell.taken === 0 && amount > 0) untold.push(cell);
      cell.taken += amount;
    },
    merge: add,
    takeUsage(time, quiet) {
      const now = partsAt(time);
      const usage = new Map<string, number>();
      for (const cell of untold) {
        const { key, at, taken } = cell;
        // One that was evicted and came back is there twice.
        if (at > now || taken * step > quiet * count) usage.set(key, (usage.get(key) ?? 0) + taken);
        cell.taken = 0;
      }
      untold = [];
      return usage;
    },
    snapshot(time) {
      const now = partsAt(time);
      const inForce = new Map<string, number>();
      for (const { key, at } of cells) if (at > now) inForce.set(key, Math.ceil((at - now) / step));
      return inForce;
    },
  };
}
