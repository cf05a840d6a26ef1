import assert from 'node:assert/strict';
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createKeyedHash } from './keyed-hash.ts';

test('it is HMAC-SHA256 for every text, long or short, ASCII or not, one after the other', () => {
  const bytes = randomBytes(32);
  const keyed = createKeyedHash(createSecretKey(bytes));
  const text = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 150 }));
  fc.assert(
    fc.property(text, (one) => {
      assert.equal(keyed(one), createHmac('sha256', bytes).update(one).digest('base64url'));
    }),
    { numRuns: 500 },
  );
});

test('different keys give different hashes', () => {
  const [one, two] = [randomBytes(32), randomBytes(32)].map((bytes) =>
    createKeyedHash(createSecretKey(bytes)),
  );
  assert.notEqual(one?.('text'), two?.('text'));
});
