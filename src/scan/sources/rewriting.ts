/**
 * A document in which some bytes are replaced by what they stand for, so that a value stands beside its neighbours in
 * clear, and the place of each byte in the document as it was.
 */
export interface Rewriting {
  readonly bytes: Uint8Array;
  /** Ascending, without gaps. */
  readonly pieces: readonly Piece[];
}

export interface Piece {
  /** First byte in the rewritten document and in the original one. */
  readonly at: number;
  readonly source: number;
  readonly length: number;
  readonly replaced: boolean;
}

export interface Replacement {
  /** Bytes of the original that go: [from, to). */
  readonly from: number;
  readonly to: number;
  readonly by: Uint8Array;
}

/** Applies ascending replacements that do not overlap. */
export function rewrite(bytes: Uint8Array, replacements: readonly Replacement[]): Rewriting {
  const pieces: Piece[] = [];
  const parts: Uint8Array[] = [];
  let at = 0;
  let source = 0;
  const add = (part: Uint8Array, place: number, replaced: boolean): void => {
    if (part.length === 0) return;
    pieces.push({ at, source: place, length: part.length, replaced });
    parts.push(part);
    at += part.length;
  };
  for (const { from, to, by } of replacements) {
    add(bytes.subarray(source, from), source, false);
    add(by, from, true);
    source = to;
  }
  add(bytes.subarray(source), source, false);
  return { bytes: Buffer.concat(parts), pieces };
}
