import type { Runs } from './delta.ts';

/** Anchors in [from, to) of the result stand as they do in the base, `shift` bytes before. */
export interface ChangeVisitor {
  carried(from: number, to: number, shift: number): void;
  changed(from: number, to: number): void;
}

export interface ChangeSizes {
  readonly base: number;
  readonly result: number;
  /** Greatest distance that a slice extends before and after the first byte of its anchor. */
  readonly reach: number;
}

/**
 * Partitions the bytes of a delta's result, ascending, into places whose whole neighbourhood was copied in one run, and the
 * rest. A neighbourhood that an edge of the base cuts off is the same only at the same edge of the result.
 */
export function visitChanges({ table, count }: Runs, sizes: ChangeSizes, visitor: ChangeVisitor): void {
  const { base, result, reach } = sizes;
  let done = 0;
  for (let run = 0; run < count * 3; run += 3) {
    const start = table[run] as number;
    const from = table[run + 1] as number;
    const end = start + (table[run + 2] as number);
    const shift = start - from;
    const low = start === 0 && from === 0 ? 0 : start + reach;
    const high = end === result && end - shift === base ? end : end - reach;
    if (high <= low) continue;
    if (low > done) visitor.changed(done, low);
    visitor.carried(low, high, shift);
    done = high;
  }
  if (done < result) visitor.changed(done, result);
}
