/** Lines before and after a secret that are looked at. */
const AROUND = 20;
const LONGEST_LINE = 4096;

/**
 * What stands in the lines around line `line` (from 1) of a text: the values of each companion, the nearest first. `near`
 * holds a pattern for each, whose first group is the value.
 */
export function neighboursOf(
  near: Readonly<Record<string, RegExp>>,
  text: string,
  line: number,
): Readonly<Record<string, readonly string[]>> {
  const lines = text.split('\n');
  const found: Record<string, readonly string[]> = {};
  for (const [name, form] of Object.entries(near)) {
    const every = new RegExp(form.source, `${form.flags}g`);
    const values = [...nearestFirst(line - 1, lines.length)].flatMap((place) =>
      Array.from((lines[place] ?? '').slice(0, LONGEST_LINE).matchAll(every), ([, value = '']) => value),
    );
    if (values.length > 0) found[name] = [...new Set(values)];
  }
  return found;
}

function* nearestFirst(line: number, count: number): Generator<number> {
  if (line >= 0 && line < count) yield line;
  for (let distance = 1; distance <= AROUND; distance++) {
    if (line - distance >= 0 && line - distance < count) yield line - distance;
    if (line + distance < count) yield line + distance;
  }
}
