import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newId } from './ids.ts';

test('an id names its kind and carries 80 random bits in base32', () => {
  assert.equal(
    newId('key', (length) => Buffer.alloc(length)),
    'key_aaaaaaaaaaaaaaaa',
  );
  assert.equal(
    newId('key', (length) => Buffer.alloc(length, 255)),
    'key_7777777777777777',
  );
  assert.match(newId('account', randomBytes), /^account_[a-z2-7]{16}$/);
});

test('every random bit matters', () => {
  const seen = new Set<string>();
  for (let bit = 0; bit < 80; bit++) {
    const bytes = Buffer.alloc(10);
    bytes[bit >> 3] = 1 << (bit & 7);
    seen.add(newId('key', () => bytes));
  }
  assert.equal(seen.size, 80);
});
