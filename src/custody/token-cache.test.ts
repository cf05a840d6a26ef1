import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenCache } from './token-cache.ts';

const now = { wall: 1_000_000, ledger: 1_000_000 };

test('the cache holds at most its capacity and forgets the oldest first', () => {
  const cache = createTokenCache<number>(3);
  for (let n = 0; n < 5; n++) cache.put(`token ${n}`, { key: n, claims: { exp: 2000 } }, now);
  const kept = [0, 1, 2, 3, 4].filter((n) => cache.get(`token ${n}`, now) !== null);
  assert.deepEqual(kept, [2, 3, 4]);
});

test('a token is forgotten at its end by either clock, whichever comes first', () => {
  const cache = createTokenCache<number>(3);
  const put = () => cache.put('token', { key: 1, claims: { exp: 1100 } }, now);
  for (const [wall, ledger, kept] of [
    [1_099_999, 1_099_999, true],
    [1_100_000, 1_000_000, false],
    [500_000, 1_100_000, false],
    [500_000, 1_099_999, true],
  ] as const) {
    put();
    assert.equal(cache.get('token', { wall, ledger }) !== null, kept, `${wall} ${ledger}`);
  }
});

test('a token without end, or over already, is not kept', () => {
  const cache = createTokenCache<number>(3);
  for (const exp of [undefined, null, '2000', 1000, NaN, 5]) {
    cache.put('token', { key: 1, claims: { exp } }, now);
    assert.equal(cache.get('token', now), null, String(exp));
  }
});
