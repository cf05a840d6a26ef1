import type { Window } from '../detection.ts';

/** Bytes of a document, around an anchor. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The bytes around an anchor, one character each. */
export interface Slice extends Range {
  readonly bytes: Uint8Array;
  /** True when the document goes on before (or after) the slice. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
  text(): string;
  /** A cheap hash of some of its bytes. Slices that follow each other in a scan seldom share one. */
  mark(): number;
  /** In lower case. */
  lower(): string;
  /** Whether `pattern` matches anywhere, remembered for the next rule. */
  has(pattern: RegExp): boolean;
}

type Document = Pick<Window, 'bytes' | 'length'>;

/** What a rule sees of an anchor. */
export const rangeAround = (start: number, anchorLength: number, span: number, length: number): Range => ({
  from: Math.max(0, start - span),
  to: Math.min(length, start + anchorLength + span),
});

/** Cuts slices from a document. The latest one is kept: several rules look at the same bytes. */
export function createSlices({ bytes, length }: Document): (range: Range) => Slice {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let latest: Slice | null = null;
  return ({ from, to }) => {
    if (latest?.from !== from || latest.to !== to) latest = cut(buffer, from, to, length);
    return latest;
  };
}

/** Every how many-th byte goes into a mark. */
const MARKED = 8;

function markOf(text: string): number {
  let mark = text.length;
  for (let at = 0; at < text.length; at += MARKED) mark = (Math.imul(mark, 31) + text.charCodeAt(at)) | 0;
  return mark >>> 0;
}

/** Nothing is computed before it is asked for. */
function cut(bytes: Buffer, from: number, to: number, length: number): Slice {
  let [text, lower]: [string | null, string | null] = [null, null];
  let mark: number | null = null;
  let tried: Map<RegExp, boolean> | null = null;
  const slice: Slice = {
    bytes,
    from,
    to,
    cutBefore: from > 0,
    cutAfter: to < length,
    text: () => (text ??= bytes.toString('latin1', from, to)),
    mark: () => (mark ??= markOf(slice.text())),
    lower: () => (lower ??= slice.text().toLowerCase()),
    has(pattern) {
      tried ??= new Map();
      const known = tried.get(pattern);
      if (known !== undefined) return known;
      const found = pattern.test(slice.text());
      tried.set(pattern, found);
      return found;
    },
  };
  return slice;
}
