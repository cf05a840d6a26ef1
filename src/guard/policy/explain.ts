import type { Document, LineCounter, Node, YAMLError } from 'yaml';

/** The line of a path in a document; for a field that is missing, the line of what should contain it. */
export function lineOf(yaml: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = yaml.getIn(path.slice(0, length), true) as Node | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
  }
  return 1;
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
