const NEW_LINE = 10;

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of ascending offsets; columns count bytes. */
export function positionsOf(bytes: Uint8Array, offsets: readonly number[]): Position[] {
  let line = 1;
  let lineStart = 0;
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
