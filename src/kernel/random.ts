/** Source of unpredictable bytes: `node:crypto` in the product, seeded in simulations and tests. */
export type RandomBytes = (length: number) => Buffer;

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random characters of `BASE62` without bias: bytes from 248 on, which would favour the first eight, are thrown away. */
export function randomBase62(length: number, random: RandomBytes): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < 248 && text.length < length) text += BASE62[byte % 62];
    }
  }
  return text;
}
