import type { Document, LineCounter, Node } from 'yaml';
import { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** The first problem as one sentence: line, place, what is wrong, and the nearest known field for a misspelt one. */
export function explainIssues(
  [issue]: readonly Issue[],
  {
    yaml,
    lines,
    schema,
  }: { readonly yaml: Document; readonly lines: LineCounter; readonly schema: z.ZodType },
): string {
  if (issue === undefined) return 'unknown problem';
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
  const place = [...path, ...keys.slice(0, 1)];
  const where = `line ${lineOf(yaml, lines, place) ?? lineOf(yaml, lines, path) ?? 1}: ${place.join('.') || 'the document'}`;
  const [unknown] = keys;
  if (unknown === undefined) return `${where}: ${issue.message}`;
  const near = nearest(unknown, fieldsOf(z.toJSONSchema(schema, { io: 'input' })));
  return `${where}: unknown field ${JSON.stringify(unknown)}${near === null ? '' : `, did you mean ${JSON.stringify(near)}?`}`;
}

function lineOf(yaml: Document, lines: LineCounter, path: readonly (string | number)[]): number | null {
  const node = yaml.getIn(path, true) as Node | undefined;
  const offset = node?.range?.[0];
  return offset === undefined ? null : lines.linePos(offset).line;
}

/** Names of all fields of a JSON schema, however deep. */
function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(fieldsOf)];
}

/** The known word within two edits (a swap counts one), or null. */
function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = 3;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const last = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 9) + 1, (row[j - 1] ?? 9) + 1, (last[j - 1] ?? 9) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 9) + 1);
      row.push(cost);
    }
    before = last;
  }
  return row[b.length] ?? 3;
}
