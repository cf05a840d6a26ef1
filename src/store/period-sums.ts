/** Periods whose sums are held at once, by number: 24 MB. Numbers are dense, so a block is nearly full. */
export const BLOCK = 2 ** 20;
/** `id >> BLOCK_BITS` is the block of a number, in every engine. */
export const BLOCK_BITS = 20;
/** While this block is summed, all rows are read. */
export const FIRST = 0;

export interface Sums {
  readonly spent: number;
  readonly leased: number;
  readonly presumed: number;
}

export interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Sums by number of the period, one block of numbers after the other: a year of seconds would not fit into memory. The
 * first time, all rows are read; it is noted which of them each later block needs.
 */
export interface PeriodSums {
  /** A block that has periods. All are told before the first begins, that one itself first. */
  expect(block: number): void;
  blocks(): Iterable<number>;
  /** The sums of this block begin at nothing, without any period. */
  begin(block: number): void;
  /** A period of the block that was begun. */
  exists(id: number): void;
  add(name: keyof Sums, id: number, amount: number): void;
  /** As `add` to `spent`, of a row. False: there is no such period. */
  spend(id: number, amount: number, row: number): boolean;
  of(id: number): Sums;
  /** Rows that spend of a block, as far as they were seen; null: none. */
  rows(block: number): Range | null;
}

export function createPeriodSums(): PeriodSums {
  const ranges = new Map<number, Range | null>();
  const spent = new Float64Array(BLOCK);
  const leased = new Float64Array(BLOCK);
  const presumed = new Float64Array(BLOCK);
  const sums = { spent, leased, presumed };
  let current = 0;
  const placeOf = (id: number): number => id - current * BLOCK;

  function add(name: keyof Sums, id: number, amount: number): void {
    const place = placeOf(id);
    sums[name][place] = addExactly(sums[name][place] ?? 0, amount);
  }

  return {
    expect: (block) => void ranges.set(block, null),
    blocks: () => ranges.keys(),
    begin(block) {
      current = block;
      // NaN marks a number that no period has.
      spent.fill(Number.NaN);
      leased.fill(0);
      presumed.fill(0);
    },
    exists: (id) => void (spent[placeOf(id)] = 0),
    add,
    spend(id, amount, row) {
      const block = Math.floor(id / BLOCK);
      const range = ranges.get(block);
      // Told once, when all rows are read.
      if (range === undefined) return current !== FIRST;
      ranges.set(block, {
        first: Math.min(row, range?.first ?? row),
        last: Math.max(row, range?.last ?? row),
      });
      if (block !== current) return true;
      add('spent', id, amount);
      return !Number.isNaN(spent[placeOf(id)]);
    },
    of: (id) => ({
      spent: spent[placeOf(id)] ?? 0,
      leased: leased[placeOf(id)] ?? 0,
      presumed: presumed[placeOf(id)] ?? 0,
    }),
    rows: (block) => ranges.get(block) ?? null,
  };
}

/** A sum beyond what numbers count exactly stays at the largest such number, as it does when it is read (`countable`). */
export function addExactly(sum: number, amount: number): number {
  return Math.min(sum + amount, Number.MAX_SAFE_INTEGER);
}
