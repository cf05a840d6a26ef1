import { RULE_GROUPS } from '../src/scan/rules/groups.ts';
import type { LeakRule } from '../src/vendors/vendor.ts';

/** `src/scan/anchor-words.json`: for each group of rules its anchors, each once, without those that another one stands in. */
export async function anchorWords(): Promise<string> {
  const groups = await Promise.all(
    Object.entries(RULE_GROUPS).map(
      async ([name, load]) => `  ${JSON.stringify(name)}: [\n${wordsOf(await load())}\n  ]`,
    ),
  );
  return `{\n${groups.join(',\n')}\n}\n`;
}

function wordsOf(rules: readonly LeakRule[]): string {
  const forms = rules
    .flatMap(({ anchors }) => anchors)
    .map((anchor) =>
      typeof anchor === 'string' ? [anchor.toLowerCase(), 0] : [anchor.prefix.toLowerCase(), anchor.hex],
    );
  const literals = [...new Set(forms.flatMap(([text, hex]) => (hex === 0 ? [String(text)] : [])))];
  const needed = literals.filter((text) => !literals.some((other) => other !== text && text.includes(other)));
  const prefixed = forms.filter(([, hex]) => hex !== 0).map((form) => JSON.stringify(form));
  const lines = [...needed.map((text) => JSON.stringify([text, 0])), ...new Set(prefixed)];
  return lines
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((line) => `    ${line}`)
    .join(',\n');
}
