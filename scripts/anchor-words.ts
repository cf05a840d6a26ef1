import { RULE_GROUPS } from '../src/scan/rules/groups.ts';
import type { LeakRule } from '../src/vendors/leak-rule.ts';

/**
 * Text of `src/scan/anchor-words.json`: for each group of rules, its anchors as regular expressions in lower case. An anchor that
 * contains another one of the group is left out, as the shorter one finds it too.
 */
export async function anchorWords(): Promise<string> {
  const groups = await Promise.all(
    Object.entries(RULE_GROUPS).map(
      async ([name, load]) => `  ${JSON.stringify(name)}: [\n${wordsOf(await load())}\n  ]`,
    ),
  );
  return `{\n${groups.join(',\n')}\n}\n`;
}

function wordsOf(rules: readonly LeakRule[]): string {
  const anchors = rules.flatMap((rule) => rule.anchors);
  const literals = anchors.filter((anchor) => typeof anchor === 'string').map((text) => text.toLowerCase());
  const needed = literals.filter((text) => !literals.some((other) => other !== text && text.includes(other)));
  const prefixed = anchors
    .filter((anchor) => typeof anchor !== 'string')
    .map(({ prefix, hex }) => `${escape(prefix.toLowerCase())}[0-9a-f]{${hex}}`);
  return [...new Set([...needed.map(escape), ...prefixed])]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((word) => `    ${JSON.stringify(word)}`)
    .join(',\n');
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
