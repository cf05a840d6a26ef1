import type { Runs } from './delta.ts';

/** Places in [from, to) of the result are as they are in the base, `shift` bytes before. */
export interface ChangeVisitor {
  carried(from: number, to: number, shift: number): void;
  changed(from: number, to: number): void;
}

export interface ChangeSizes {
  readonly base: number;
  readonly result: number;
  /** Bytes before a place, and from it on, that have a part in what is there. */
  readonly before: number;
  readonly after: number;
}

/** Carrying over fewer places than this costs more than looking at them again. */
const FEWEST = 32;

/**
 * Partitions the places of a delta's result, ascending, into those whose whole neighbourhood was copied in one run, and the
 * rest. A neighbourhood that an edge of the base cuts off is the same only at the same edge of the result.
 */
export function visitChanges({ table, count }: Runs, sizes: ChangeSizes, visitor: ChangeVisitor): void {
  const { base, result, before, after } = sizes;
  let done = 0;
  for (let run = 0; run < count * 3; run += 3) {
    const start = table[run] as number;
    const from = table[run + 1] as number;
    const end = start + (table[run + 2] as number);
    const shift = start - from;
    const low = start === 0 && from === 0 ? 0 : start + before;
    const high = end === result && end - shift === base ? end : end - after;
    if (high - low < FEWEST) continue;
    if (low > done) visitor.changed(done, low);
    visitor.carried(low, high, shift);
    done = high;
  }
  if (done < result) visitor.changed(done, result);
}
