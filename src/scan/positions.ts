const NEW_LINE = 10;

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a document begins. */
export const BEGINNING: Position = { line: 1, column: 1 };

/**
 * Line and column, both from 1, of ascending offsets in a part of a document that begins at `first`. Columns count UTF-16 code
 * units, as editors and SARIF do.
 */
export function positionsOf(bytes: Uint8Array, offsets: readonly number[], first = BEGINNING): Position[] {
  let { line, column } = first;
  let at = 0;
  let next = bytes.indexOf(NEW_LINE);
  return offsets.map((offset) => {
    while (next >= 0 && next < offset) {
      line++;
      column = 1;
      at = next + 1;
      next = bytes.indexOf(NEW_LINE, at);
    }
    for (; at < offset; at++) column += unitsOf(bytes[at] as number);
    return { line, column };
  });
}

/** Of UTF-8 the first byte of a character counts for all of it; a character of four bytes is two units. */
function unitsOf(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc0) return 0;
  return byte < 0xf0 ? 1 : 2;
}
