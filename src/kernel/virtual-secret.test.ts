import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { looksLikeVirtualSecret, makeVirtualSecret } from './virtual-secret.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secret = fc.uint8Array({ minLength: 64, maxLength: 64 }).map((seed) => {
  let offset = 0;
  return makeVirtualSecret((length) =>
    Buffer.from(Array.from({ length }, () => (seed[offset++ % 64] ?? 0) + Math.floor(offset / 64))),
  );
});

test('a virtual secret has 32 letters and digits, a known prefix and a fitting checksum', () => {
  fc.assert(
    fc.property(secret, (text) => {
      assert.match(text, /^rfv[0-9A-Za-z]{29}$/);
      assert.ok(looksLikeVirtualSecret(text));
    }),
  );
});

test('the form does not change: this secret was made by the first release', () => {
  assert.equal(
    makeVirtualSecret((length) => Buffer.alloc(length)),
    'rfv000000000000000000000000TVH10',
  );
});

test('every change of a single character is detected', () => {
  fc.assert(
    fc.property(secret, (text) => {
      for (let place = 0; place < text.length; place++) {
        for (const character of ALPHABET) {
          if (character === text[place]) continue;
          const changed = text.slice(0, place) + character + text.slice(place + 1);
          assert.ok(!looksLikeVirtualSecret(changed), `${text} and ${changed}`);
        }
      }
    }),
    { numRuns: 20 },
  );
});

test('every swap of neighbours is detected', () => {
  fc.assert(
    fc.property(secret, fc.integer({ min: 0, max: 30 }), (text, place) => {
      const swapped =
        text.slice(0, place) + (text[place + 1] ?? '') + (text[place] ?? '') + text.slice(place + 2);
      assert.equal(looksLikeVirtualSecret(swapped), swapped === text);
    }),
  );
});

test('other text is not a virtual secret, whatever its length', () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => !looksLikeVirtualSecret(text)));
  const good = makeVirtualSecret(randomBytes);
  for (const text of ['', `${good} `, ` ${good}`, `${good}\n`, good.slice(1), good + good, 'rfv']) {
    assert.ok(!looksLikeVirtualSecret(text), JSON.stringify(text));
  }
});

test('a fitting checksum does not make up for characters of another alphabet', () => {
  for (const character of ['!', '-', ' ', '\n', 'é', '\u0141']) {
    const body = `rfv${character.repeat(23)}`;
    let rest = crc32(body);
    let sum = '';
    for (let place = 0; place < 6; place++, rest = Math.floor(rest / 62))
      sum = (ALPHABET[rest % 62] ?? '') + sum;
    assert.ok(!looksLikeVirtualSecret(body + sum), JSON.stringify(character));
  }
});

test('bytes that would favour some characters are thrown away', () => {
  let calls = 0;
  const text = makeVirtualSecret((length) => Buffer.alloc(length, calls++ === 0 ? 248 : 61));
  assert.equal(text.slice(3, 26), 'z'.repeat(23));
  assert.equal(calls, 2);
});

test('all 62 characters are equally likely', () => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 4000; round++) {
    for (const character of makeVirtualSecret(randomBytes).slice(3, 26)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  }
  const expected = (4000 * 23) / 62;
  const chiSquare = [...ALPHABET].reduce(
    (sum, one) => sum + ((counts.get(one) ?? 0) - expected) ** 2 / expected,
    0,
  );
  // 61 degrees of freedom: above 140 has a chance below 1 in 10 million. Bias by `% 62` gives more than 500.
  assert.ok(chiSquare < 140, `chi square ${chiSquare}`);
});
