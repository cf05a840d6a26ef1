import type { Document, LineCounter, Node, YAMLError } from 'yaml';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** The line of a path in a document; for a field that is missing, the line of what should contain it. */
export function lineOf(yaml: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = yaml.getIn(path.slice(0, length), true) as Node | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
}

/** Of unknown fields of one parent, so many get a place of their own in the order; no more are told. */
const MOST_FIELDS = 10;

/** Problems in the order of their lines, unknown fields one by one. */
export function inOrder(
  issues: readonly Issue[],
  line: (path: readonly (string | number)[]) => number,
): readonly Issue[] {
  const placed = issues.flatMap(splitFields).map((issue) => ({ issue, at: line(placeOf(issue)) }));
  return placed.toSorted((one, other) => one.at - other.at).map(({ issue }) => issue);
}

function splitFields(issue: Issue): readonly Issue[] {
  if (issue.code !== 'unrecognized_keys') return [issue];
  const rest = issue.keys.slice(MOST_FIELDS);
  const first = issue.keys.slice(0, MOST_FIELDS).map((key) => ({ ...issue, keys: [key] }));
  return rest.length === 0 ? first : [...first, { ...issue, keys: rest }];
}

function placeOf(issue: Issue): readonly (string | number)[] {
  const field = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return [...issue.path, ...field].filter((part) => typeof part !== 'symbol');
}

const BROKEN: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this field stands there already',
  TAB_AS_INDENT: 'a tab cannot indent; use spaces',
};

/** What is wrong with a text that is not YAML, in the parser's words unless there are better ones. */
export function explainBroken({ code, message, linePos }: YAMLError): string {
  const [sentence = ''] = message.split('\n');
  return `line ${linePos?.[0].line ?? '?'}: ${BROKEN[code] ?? sentence.replace(/ at line \d+, column \d+:?$/, '')}`;
}
