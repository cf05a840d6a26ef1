import { LEAK_RULES } from '../src/scan/rules/all.ts';

/** `src/scan/anchor-words.json`: the anchors of all rules, each once, without those that another one stands in. */
export function anchorWords(): string {
  const forms = LEAK_RULES.flatMap(({ anchors }) => anchors).map((anchor) =>
    typeof anchor === 'string' ? [anchor.toLowerCase(), 0] : [anchor.prefix.toLowerCase(), anchor.hex],
  );
  const literals = [...new Set(forms.flatMap(([text, hex]) => (hex === 0 ? [String(text)] : [])))];
  const needed = literals.filter((text) => !literals.some((other) => other !== text && text.includes(other)));
  const prefixed = forms.filter(([, hex]) => hex !== 0).map((form) => JSON.stringify(form));
  const lines = [...needed.map((text) => JSON.stringify([text, 0])), ...new Set(prefixed)];
  return `[\n${lines
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((line) => `  ${line}`)
    .join(',\n')}\n]\n`;
}
