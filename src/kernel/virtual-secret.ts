import { crc32 } from 'node:zlib';
import { BASE62, randomBase62, type RandomBytes } from './random.ts';

const PREFIX = 'rfv';
const RANDOM_LENGTH = 23;
const CHECKSUM_LENGTH = 6;
/** 1 for the character codes of the alphabet: five times as fast as a regular expression, and this runs for each request. */
const IN_ALPHABET = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(BASE62.includes(String.fromCharCode(code))),
);

const MAX_ISSUED_LENGTH = 128;

/** Length of a virtual secret; every vendor's SDK accepts 32 characters `[0-9A-Za-z]`. */
export const VIRTUAL_SECRET_LENGTH = PREFIX.length + RANDOM_LENGTH + CHECKSUM_LENGTH;

/**
 * Makes a virtual secret: `rfv`, 23 random characters base62 (137 bits) and a checksum.
 * It can be told from a vendor's secret, and from a mistyped one, without asking anybody.
 */
export function makeVirtualSecret(random: RandomBytes): string {
  const body = PREFIX + randomBase62(RANDOM_LENGTH, random);
  return body + checksum(body);
}

/** True for text in the form of a virtual secret with a fitting checksum. Says nothing about whether the key exists. */
export function looksLikeVirtualSecret(text: string): boolean {
  if (text.length !== VIRTUAL_SECRET_LENGTH || !text.startsWith(PREFIX)) return false;
  for (let place = PREFIX.length; place < text.length; place++) {
    if (IN_ALPHABET[text.charCodeAt(place)] !== 1) return false;
  }
  return checksum(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/**
 * True when the last 32 characters are a virtual secret. A vendor's SDK may insist on a prefix, and an adapter then
 * issues `<prefix><virtual secret>`; nothing else can be a secret of ours.
 */
export function endsInVirtualSecret(text: string): boolean {
  return text.length <= MAX_ISSUED_LENGTH && looksLikeVirtualSecret(text.slice(-VIRTUAL_SECRET_LENGTH));
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place++) {
    text = BASE62[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
