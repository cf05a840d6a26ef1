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

/**
 * Generic cell rate algorithm: one number per key, the time at which the key has its full burst again.
 * Keys that are full again are dropped first, so that flooding with new keys does not reset a key in use.
 */
export function createRate({ count, milliseconds, burst }: RateRule): Rate {
  const step = milliseconds / count;
  const tolerance = step * (burst - 1);
  const full = new Map<string, number>();
  let taken = new Map<string, number>();

  function add(key: string, now: number, amount: number): void {
    const at = Math.max(full.get(key) ?? 0, now) + step * amount;
    full.delete(key); // Re-inserting keeps the map in order of last use.
    full.set(key, at);
    if (full.size > MAX_KEYS) evict(now);
  }

  function evict(now: number): void {
    let scanned = 0;
    for (const [key, at] of full) {
      if (at <= now) full.delete(key);
      if (++scanned >= 64) break;
    }
    if (full.size <= MAX_KEYS) return;
    const [oldest] = full.keys();
    if (oldest !== undefined) full.delete(oldest);
  }

  return {
    fits: (key, now, amount) => Math.max((full.get(key) ?? 0) - now, 0) + step * (amount - 1) <= tolerance,
    take(key, now, amount) {
      add(key, now, amount);
      taken.set(key, (taken.get(key) ?? 0) + amount);
    },
    merge: add,
    takeUsage() {
      const usage = taken;
      taken = new Map();
      return usage;
    },
    snapshot(now) {
      const inForce = new Map<string, number>();
      for (const [key, at] of full) if (at > now) inForce.set(key, Math.ceil((at - now) / step));
      return inForce;
    },
  };
}
