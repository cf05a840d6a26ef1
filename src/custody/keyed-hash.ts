import { createHmac, type KeyObject } from 'node:crypto';

/** HMAC-SHA256 of a text in base64url: finds or recognises it without keeping it. */
export type KeyedHash = (text: string) => string;

/** `key` comes from `KeyRing.derive`: `index` for virtual secrets, `fingerprint` for numbers and texts in the journal. */
export function createKeyedHash(key: KeyObject): KeyedHash {
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
