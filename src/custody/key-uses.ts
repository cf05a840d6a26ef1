import type { KeyEntry } from './key-entry.ts';

/**
 * The last use of a key is reported to the minute; with more than `MANY` keys, to five minutes. Otherwise a busy gateway
 * would write all its keys to the store every few seconds.
 */
const MINUTE = 60_000;
const MANY = 10_000;

export interface KeyUses {
  note(entry: KeyEntry, wall: number): void;
  /** Keys used since the last call, with the wall ms of the first use in a minute, or in five. */
  take(): ReadonlyMap<string, number>;
}

/** `size`: how many keys there are. */
export function createKeyUses(size: () => number): KeyUses {
  let uses = new Map<string, number>();
  return {
    note(entry, wall) {
      const interval = size() > MANY ? 5 * MINUTE : MINUTE;
      if (Math.abs(wall - entry.toldAt) >= interval) uses.set(entry.id, (entry.toldAt = wall));
    },
    take() {
      const taken = uses;
      uses = new Map();
      return taken;
    },
  };
}
