import { disjoint } from './byte-ranges.ts';

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

/** Where the byte at `at` of the rewritten document comes from. */
export function sourceOf({ pieces }: Rewriting, at: number): number {
  const piece = pieces[pieceIndex(pieces, at)];
  if (piece === undefined) return 0;
  return piece.replaced ? piece.source : piece.source + at - piece.at;
}

/** The bytes of the original that [from, to) of the rewritten document stands for. */
export function sourceRange(rewriting: Rewriting, from: number, to: number): readonly [number, number] {
  const { pieces } = rewriting;
  const last = pieceIndex(pieces, to - 1);
  const end = pieces[last]?.replaced === true ? pieces[last + 1]?.source : sourceOf(rewriting, to - 1) + 1;
  return [sourceOf(rewriting, from), end ?? Number.POSITIVE_INFINITY];
}

/** True when one of the bytes [from, to) of the rewritten document is new. */
export function touchesReplaced({ pieces }: Rewriting, from: number, to: number): boolean {
  for (let index = pieceIndex(pieces, from); index < pieces.length; index++) {
    const piece = pieces[index];
    if (piece === undefined || piece.at >= to) return false;
    if (piece.replaced) return true;
  }
  return false;
}

/** The parts of the rewritten document within `reach` of a byte that is new: ascending, apart from each other. */
export function replacedParts({ bytes, pieces }: Rewriting, reach: number): (readonly [number, number])[] {
  const near = pieces
    .filter(({ replaced }) => replaced)
    .map(({ at, length }) => [Math.max(0, at - reach), Math.min(bytes.length, at + length + reach)] as const);
  return disjoint(near);
}

function pieceIndex(pieces: readonly Piece[], at: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((pieces[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
