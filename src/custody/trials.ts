import type { KeyEntry } from './key-entry.ts';

/** Two token buckets: signature checks that may be wasted at once on tokens that no key has signed, and how many come back a second. */
const SOURCE = { most: 128, perSecond: 16 };
const PROCESS = { most: 1024, perSecond: 128 };
/** The keys that a source used last are tried even when its bucket is empty; so many of them. */
const PROVEN = 4;
const MAX_SOURCES = 1024;

/** One token whose signer is looked for. */
export interface Trial {
  /** The keys to try, in this order. */
  readonly keys: readonly KeyEntry[];
  /** True when keys were left out because a bucket was empty. */
  readonly isCut: boolean;
  signed(key: KeyEntry): void;
  /** None of the keys has signed. */
  lost(): void;
}

/**
 * A sender of forged tokens must not make the gateway check each of them against every key. Checks that find no signer are
 * counted by source. When a source has wasted too many, only the keys that it has used before are tried, or one if there are
 * none. So an app whose key is in use notices nothing of a forger at the same address.
 *
 * `source`: the caller's address and the public id that the token names. `now`: ledger ms.
 */
export type StartTrial = (source: string, keys: readonly KeyEntry[], now: number) => Trial;

interface Bucket {
  left: number;
  at: number;
}

interface Source extends Bucket {
  /** The latest first. */
  proven: readonly KeyEntry[];
}

export function createTrials(): StartTrial {
  const sources = new Map<string, Source>();
  const all: Bucket = { left: PROCESS.most, at: -Infinity };

  function sourceOf(name: string): Source {
    const known = sources.get(name);
    if (known !== undefined) return known;
    const [oldest] = sources.keys();
    if (sources.size >= MAX_SOURCES && oldest !== undefined) sources.delete(oldest);
    const source: Source = { left: SOURCE.most, at: -Infinity, proven: [] };
    sources.set(name, source);
    return source;
  }

  return (name, keys, now) => {
    const source = sourceOf(name);
    refill(source, SOURCE, now);
    refill(all, PROCESS, now);
    const proven = source.proven.filter((key) => keys.includes(key));
    const ordered = proven.length === 0 ? keys : [...proven, ...keys.filter((key) => !proven.includes(key))];
    const free = Math.max(1, proven.length);
    const tried = ordered.slice(0, free + Math.floor(Math.min(source.left, all.left)));
    return {
      keys: tried,
      isCut: tried.length < ordered.length,
      signed(key) {
        if (source.proven[0] !== key)
          source.proven = [key, ...source.proven.filter((one) => one !== key)].slice(0, PROVEN);
      },
      lost() {
        const cost = Math.max(0, tried.length - free);
        source.left -= cost;
        all.left -= cost;
      },
    };
  };
}

function refill(bucket: Bucket, { most, perSecond }: typeof SOURCE, now: number): void {
  if (now <= bucket.at) return;
  bucket.left = Math.min(most, bucket.left + ((now - bucket.at) * perSecond) / 1000);
  bucket.at = now;
}
