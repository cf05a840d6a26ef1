/** Made-up values for the examples of rules. They are built at run time, so that no scanner takes this repository's text for keys. */

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const HEX = '0123456789abcdef';
const ALPHANUMERIC = `${DIGITS}${LOWER.toUpperCase()}${LOWER}`;

/** The same for the same arguments; spread like random text, so that it is no placeholder. */
function spell(alphabet: string, length: number, salt: number): string {
  let state = Math.imul(salt + 1, 0x9e3779b1) ^ Math.imul(length, 0x85ebca6b);
  const next = (): string => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    return alphabet.charAt(((state ^ (state >>> 13)) >>> 8) % alphabet.length);
  };
  return Array.from({ length }, next).join('');
}

export const hexOf = (length: number, salt = 0): string => spell(HEX, length, salt);
export const digitsOf = (length: number, salt = 0): string => spell(DIGITS, length, salt);
export const lowerOf = (length: number, salt = 0): string => spell(`${LOWER}${DIGITS}`, length, salt);
export const mixedOf = (length: number, salt = 0): string => spell(ALPHANUMERIC, length, salt);
export const urlSafeOf = (length: number, salt = 0): string => spell(`${ALPHANUMERIC}-_`, length, salt);
export const base32Of = (length: number, salt = 0): string => spell(`${LOWER}234567`, length, salt);
export const base64Of = (bytes: number, salt = 0): string =>
  Buffer.from(spell(ALPHANUMERIC, bytes, salt)).toString('base64');

/** A UUID of version 4. */
export function uuidOf(salt = 0): string {
  const hex = hexOf(30, salt);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(12, 15)}`, `a${hex.slice(15, 18)}`];
  return [...parts, hex.slice(18)].join('-');
}

/** The 16 bytes of a UUID of version 4, in base64 without padding. */
export const uuidBytesOf = (salt = 0): string =>
  Buffer.from(uuidOf(salt).replaceAll('-', ''), 'hex').toString('base64url');

/** What is written where the value is elsewhere: no rule may take it for one. */
export const notHere = (name: string): readonly string[] => [
  `${name}=`,
  `${name}=your_${name.toLowerCase()}_here`,
  `${name}=\${${name}}`,
  `key: process.env.${name},`,
];
