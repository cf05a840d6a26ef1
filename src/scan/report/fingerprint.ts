import { createHash, createHmac } from 'node:crypto';
import type { Place } from '../sighting.ts';
import { canonicalRule, canonicalValue } from './canonical.ts';

const KEY_BYTES = 32;
const SEPARATOR = '\0';

/** Names a value found by a rule, wherever it stands. Without the key nobody can tell the value by trying. */
export type Fingerprint = (rule: string, value: string) => string;

/** `key` is 32 random bytes in base64url, one for each project. */
export function createFingerprint(key: string): Fingerprint {
  const bytes = Buffer.from(key, 'base64url');
  if (bytes.length !== KEY_BYTES) throw new RangeError(`a key of ${KEY_BYTES} bytes is expected`);
  return (rule, value) =>
    createHmac('sha256', bytes)
      .update(`${canonicalRule(rule)}${SEPARATOR}${canonicalValue(value)}`)
      .digest('hex')
      .slice(0, 40);
}

/** Names a place of a rule, for reports of projects that have no key. Says nothing of the value. */
export function placeFingerprint(rule: string, place: Place, number: number): string {
  const where = place.kind === 'stdin' ? '' : (place.path ?? place.kind);
  const parts = [rule, place.kind, where, String(number)];
  return createHash('sha256').update(parts.join(SEPARATOR)).digest('hex').slice(0, 40);
}
