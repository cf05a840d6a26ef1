/** Takes linear time, since no character can match in two places: a line of megabytes must not block the primary process. */
const CELL = /(?:\s*"([^"]*(?:""[^"]*)*)"\s*|([^",]*))(?:,|$)/y;

/** Cells of a line of CSV, which may be quoted (RFC 4180), without the space around them; null when a quote is misplaced. */
export function cellsOf(line: string): readonly string[] | null {
  const cells: string[] = [];
  for (CELL.lastIndex = 0; ;) {
    const found = CELL.exec(line);
    if (found === null) return null;
    const [all, quoted, plain = ''] = found;
    cells.push((quoted?.replaceAll('""', '"') ?? plain).trim());
    if (!all.endsWith(',')) return cells;
  }
}
