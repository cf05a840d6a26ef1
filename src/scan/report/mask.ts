/** Shorter values show no character: few would be left to guess. */
const SHORTEST_SHOWN = 8;
const LONG = 16;
const MARKS = '…';

/** At most the first four and the last two characters of a value, fewer of a short one, none of a very short one. */
export function maskValue(value: string): string {
  const characters = value.replaceAll(/[^\x21-\x7e]+/g, '.');
  if (characters.startsWith('-----BEGIN')) return `-----BEGIN${MARKS} (${value.length} characters)`;
  if (characters.length < SHORTEST_SHOWN) return `${MARKS} (${value.length} characters)`;
  if (characters.length < LONG) return `${characters.slice(0, 2)}${MARKS} (${value.length} characters)`;
  return `${characters.slice(0, 4)}${MARKS}${characters.slice(-2)} (${value.length} characters)`;
}
