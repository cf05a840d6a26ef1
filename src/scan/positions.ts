const NEW_LINE = 10;

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a document begins. */
export const BEGINNING: Position = { line: 1, column: 1 };

/** Line and column, both from 1, of ascending offsets in a part of a document that begins at `first`; columns count bytes. */
export function positionsOf(bytes: Uint8Array, offsets: readonly number[], first = BEGINNING): Position[] {
  let { line } = first;
  let lineStart = 1 - first.column;
  let next = bytes.indexOf(NEW_LINE);
  return offsets.map((offset) => {
    while (next >= 0 && next < offset) {
      line++;
      lineStart = next + 1;
      next = bytes.indexOf(NEW_LINE, lineStart);
    }
    return { line, column: offset - lineStart + 1 };
  });
}
