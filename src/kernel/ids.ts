import type { RandomBytes } from './random.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** New id of a record: `<kind>_` and 16 characters base32, 80 random bits. */
export function newId(kind: string, random: RandomBytes): string {
  const bits = BigInt(`0x${random(10).toString('hex')}`);
  let text = '';
  for (let shift = 75n; shift >= 0n; shift -= 5n) text += ALPHABET[Number((bits >> shift) & 31n)];
  return `${kind}_${text}`;
}
