import { disjoint } from './byte-ranges.ts';
import type { Piece, Rewriting } from './rewriting.ts';

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
