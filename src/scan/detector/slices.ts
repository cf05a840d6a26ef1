import type { Window } from '../detection.ts';
import { holdsRun, type RunDemand } from './runs.ts';

/** The bytes around an anchor, one character each. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  /** The document goes on before or after. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
  text(): string;
  /** In lower case. */
  lower(): string;
  /** Whether there is a run of bytes that could hold a value. */
  meets(demand: RunDemand): boolean;
  /** Whether `pattern` matches anywhere, remembered for the next rule. */
  has(pattern: RegExp): boolean;
}

/** Cuts slices from a document. The latest one is kept: several rules look at the same bytes. */
export function createSlices({ bytes, length }: Pick<Window, 'bytes' | 'length'>): {
  around(start: number, anchorLength: number, span: number): Slice;
} {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let latest: Slice | null = null;
  function around(start: number, anchorLength: number, span: number): Slice {
    const from = Math.max(0, start - span);
    const to = Math.min(length, start + anchorLength + span);
    if (latest?.from !== from || latest.to !== to) latest = cut(buffer, from, to, length);
    return latest;
  }
  return { around };
}

/** Nothing is computed before it is asked for: most slices have no value in them. */
function cut(buffer: Buffer, from: number, to: number, length: number): Slice {
  let [text, lower]: [string | null, string | null] = [null, null];
  const tried = new Map<RegExp, boolean>();
  const slice: Slice = {
    from,
    to,
    cutBefore: from > 0,
    cutAfter: to < length,
    text: () => (text ??= buffer.toString('latin1', from, to)),
    lower: () => (lower ??= slice.text().toLowerCase()),
    meets: (demand) => holdsRun(buffer, { from, to }, demand),
    has(pattern) {
      const known = tried.get(pattern);
      if (known !== undefined) return known;
      const found = pattern.test(slice.text());
      tried.set(pattern, found);
      return found;
    },
  };
  return slice;
}
