/**
 * A growing buffer for bytes that arrive in pieces. A list of pieces would need an object for each: a sender of single bytes
 * could make it take a hundred times the memory of what was sent.
 */
export interface Gathering {
  readonly size: number;
  add(piece: Buffer): void;
  whole(): Buffer;
}

export function createGathering(): Gathering {
  let kept = Buffer.alloc(0);
  let size = 0;
  return Object.freeze({
    get size() {
      return size;
    },
    add(piece: Buffer) {
      if (size + piece.length > kept.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(2 * kept.length, size + piece.length));
        kept.copy(larger, 0, 0, size);
        kept = larger;
      }
      piece.copy(kept, size);
      size += piece.length;
    },
    whole: () => kept.subarray(0, size),
  });
}
