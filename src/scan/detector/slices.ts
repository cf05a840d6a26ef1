import type { Window } from '../detection.ts';

/** The bytes around an anchor, one character each. */
export interface Slice {
  readonly text: string;
  /** Lower case. */
  readonly lower: () => string;
  readonly from: number;
  readonly to: number;
  /** The document goes on before or after. */
  readonly cutBefore: boolean;
  readonly cutAfter: boolean;
}

/** Cuts slices from a document. The latest one is kept: several rules look at the same bytes. */
export function createSlices({ bytes, length }: Window): {
  around(start: number, anchorLength: number, span: number): Slice;
} {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let latest: Slice | null = null;
  function around(start: number, anchorLength: number, span: number): Slice {
    const from = Math.max(0, start - span);
    const to = Math.min(length, start + anchorLength + span);
    if (latest?.from === from && latest.to === to) return latest;
    const text = buffer.toString('latin1', from, to);
    let lower: string | null = null;
    latest = {
      text,
      from,
      to,
      cutBefore: from > 0,
      cutAfter: to < length,
      lower: () => (lower ??= text.toLowerCase()),
    };
    return latest;
  }
  return { around };
}
