/**
 * The same text in memory of its own. V8 cuts a part out of a longer text by pointing into that: kept for long, the part
 * keeps all of it. Exact for every text, lone surrogates too.
 */
export function copyText(text: string): string {
  return ` ${text}`.slice(1);
}
