import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import { makeVirtualSecret } from '../../kernel/virtual-secret.ts';
import type { LeakStructure } from '../../vendors/leak-rule.ts';
import { hasStructure } from './structure.ts';

const hex = (length: number): string => randomBytes(length / 2).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const uuidBytes = (): Buffer => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function checksummed(): string {
  const body = hex(64);
  return body + crc32(body).toString(16).padStart(8, '0');
}

/** Changes the last character that carries meaning. */
const broken = (value: string): string => value.slice(0, -1) + (value.endsWith('b') ? 'c' : 'b');

const GOOD: Readonly<Record<LeakStructure, () => readonly string[]>> = {
  'crc32-hex-tail': () => [`atsk_${checksummed()}`, checksummed()],
  'uuid4-base64': () => [
    `SG.${uuidBytes().toString('base64url')}.${randomBytes(32).toString('base64url')}`,
    uuidBytes().toString('base64'),
    uuidBytes().toString('base64url'),
  ],
  'uuid-text-base64': () => [`sec-c-${base64(randomUUID())}`, base64(randomUUID())],
  'uuid-text-prefix-base64': () => [base64(randomUUID().slice(0, 30))],
  'milliseconds-hex': () => [`KEY0192A3B47D5E${hex(20).toUpperCase()}_aQ3dE6gH9jK2mW5pZ8rS1t`],
  'decodes-to-64-bytes': () => [randomBytes(64).toString('base64')],
  jwt: () => [`${json({ alg: 'HS256' })}.${json({ iss: 'SK1' })}.c2lnbmF0dXJl`],
  'virtual-secret': () => [makeVirtualSecret(randomBytes)],
};

const BAD: Readonly<Record<LeakStructure, () => readonly string[]>> = {
  'crc32-hex-tail': () => [`atsk_${broken(checksummed())}`, hex(72), '', 'atsk_'],
  'uuid4-base64': () => [
    Buffer.from(`${hex(12)}1${hex(2)}0${hex(16)}`, 'hex').toString('base64url'),
    'A'.repeat(22),
    'short',
    // A version 4 UUID whose last character has bits set that no encoder sets.
    `${Buffer.from('00000000000040008000000000000000', 'hex').toString('base64url').slice(0, -1)}B`,
  ],
  'uuid-text-base64': () => [`sec-c-${base64(hex(36))}`, `sec-c-${base64(randomUUID()).slice(1)}`],
  'uuid-text-prefix-base64': () => [randomBytes(30).toString('base64'), base64(randomUUID().slice(1, 31))],
  'milliseconds-hex': () => [`KEY${'F'.repeat(32)}_x`, `KEY000000000000${hex(20)}_x`, 'KEY', 'KEY01'],
  'decodes-to-64-bytes': () => [randomBytes(63).toString('base64'), randomBytes(66).toString('base64')],
  jwt: () => [
    'a.b.c',
    `${json({})}.${json({})}.x`,
    `${json({ alg: 'none' })}.${json([])}.x`,
    `${json(1)}.x`,
    '',
  ],
  'virtual-secret': () => [broken(makeVirtualSecret(randomBytes)), `${makeVirtualSecret(randomBytes)}0`],
};

describe('structure of a value', () => {
  for (const structure of Object.keys(GOOD) as LeakStructure[]) {
    it(`${structure} tells a sound value from a broken one`, () => {
      for (const value of GOOD[structure]()) assert.ok(hasStructure(structure, value), value);
      for (const value of BAD[structure]()) assert.ok(!hasStructure(structure, value), value);
    });

    it(`${structure} takes any text without throwing`, () => {
      for (const text of ['', '.', '..', '=', '\u0000', 'é'.repeat(300), '{'.repeat(9), 'e30.e30.']) {
        assert.equal(typeof hasStructure(structure, text), 'boolean');
      }
    });
  }
});
