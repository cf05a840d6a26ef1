import { createHmac, hash, type KeyObject } from 'node:crypto';
import { copyText } from '../kernel/copy-text.ts';

const BLOCK = 64;
const DIGEST = 32;
const SHORT = 128;

/** HMAC-SHA256 of a text in base64url: finds or recognises it without keeping it. */
export type KeyedHash = (text: string) => string;

/**
 * `key` comes from `KeyRing.derive`: `index` for virtual secrets, `fingerprint` for numbers and texts in the journal.
 * Short ASCII text, which is every virtual secret, is hashed in place by the two passes of RFC 2104: half the cost
 * of `createHmac`, and this runs for each request.
 */
export function createKeyedHash(key: KeyObject): KeyedHash {
  const inner = padded(key, 0x36, SHORT);
  const outer = padded(key, 0x5c, DIGEST);
  const views = Array.from({ length: SHORT + 1 }, (_, length) => inner.subarray(0, BLOCK + length));
  return (text) => {
    const view =
      text.length <= SHORT && Buffer.byteLength(text) === text.length ? views[text.length] : undefined;
    if (view === undefined) return createHmac('sha256', key).update(text).digest('base64url');
    inner.write(text, BLOCK, 'latin1');
    outer.write(hash('sha256', view, 'binary'), BLOCK, 'latin1');
    return hash('sha256', outer, 'base64url');
  };
}

/**
 * The same hash, remembering the latest texts of ordinary length: senders and templates come again and again. Two
 * generations of `size` texts each, so that a flood of new ones costs no more than the hash itself.
 */
export function remembering(hashOf: KeyedHash, size: number): KeyedHash {
  let young = new Map<string, string>();
  let old = young;
  return (text) => {
    const known = young.get(text) ?? old.get(text);
    if (known !== undefined) return known;
    const result = hashOf(text);
    if (text.length > SHORT) return result;
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(copyText(text), result);
    return result;
  };
}

/** The key XORed with `pad` over one block, and room for `length` bytes behind it. */
function padded(key: KeyObject, pad: number, length: number): Buffer {
  const bytes = key.export();
  const block = Buffer.alloc(BLOCK + length, pad);
  for (const [place, byte] of bytes.entries()) block[place] = byte ^ pad;
  return block;
}
