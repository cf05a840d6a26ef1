import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bitString,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

const hex = (bytes: Buffer): string => bytes.toString('hex');

test('integers are as short as possible and never negative', () => {
  assert.equal(hex(integer(Buffer.of(0))), '020100');
  assert.equal(hex(integer(Buffer.of(0, 0, 5))), '020105');
  assert.equal(hex(integer(Buffer.of(127))), '02017f');
  assert.equal(hex(integer(Buffer.of(128))), '02020080');
  assert.equal(hex(integer(Buffer.of(0, 0xff, 1))), '020300ff01');
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 160n }), (value) => {
      const digits = value.toString(16);
      const bytes = Buffer.from(digits.length % 2 ? `0${digits}` : digits, 'hex');
      const content = integer(bytes).subarray(2);
      assert.equal(BigInt(`0x${hex(content)}`), value);
      assert.ok((content[0] ?? 0) < 128);
    }),
  );
});

test('lengths from 128 on take the long form', () => {
  assert.equal(hex(octetString(Buffer.alloc(127))).slice(0, 4), '047f');
  assert.equal(hex(octetString(Buffer.alloc(128))).slice(0, 6), '048180');
  assert.equal(hex(octetString(Buffer.alloc(256))).slice(0, 8), '04820100');
  assert.equal(hex(octetString(Buffer.alloc(70_000))).slice(0, 10), '0483011170');
});

test('object identifiers pack their first two parts, and seven bits a byte', () => {
  assert.equal(hex(oid('2.5.29.30')), '0603551d1e');
  assert.equal(hex(oid('1.2.840.10045.4.3.2')), '06082a8648ce3d040302');
});

test('times before 2050 have two-digit years', () => {
  assert.equal(time(Date.UTC(2026, 0, 2, 3, 4, 5, 999)).toString('latin1'), '\x17\x0d260102030405Z');
  assert.equal(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('latin1'), '\x17\x0d491231235959Z');
  assert.equal(time(Date.UTC(2050, 0, 1)).toString('latin1'), '\x18\x0f20500101000000Z');
});

test('constructed elements hold their parts in order', () => {
  const part = integer(Buffer.of(1));
  assert.equal(hex(sequence()), '3000');
  assert.equal(hex(sequence(part, part)), '3006020101020101');
  assert.equal(hex(set(part)), '3103020101');
  assert.equal(hex(explicit(3, part)), 'a303020101');
  assert.equal(hex(implicit(2, Buffer.from('a'))), '820161');
  assert.equal(hex(utf8String('ü')), '0c02c3bc');
  assert.equal(hex(bitString(Buffer.of(4), 2)), '03020204');
});
