import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseJwt, signJwt, verifyJwt } from './jwt.ts';

const NOW = 1_767_225_600_000;
const SECONDS = NOW / 1000;
const SECRET = 'made-up-secret-for-tests';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

const hs = (claims: Record<string, unknown>) => signJwt(claims, 'HS256', SECRET);
const verifyHs = (token: string, now = NOW) => verifyJwt(token, { algorithm: 'HS256', key: SECRET, now });
const verifyRs = (token: string) => verifyJwt(token, { algorithm: 'RS256', key: publicKey, now: NOW });
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('a signed token verifies, with either algorithm', () => {
  const claims = { iss: 'someone', exp: SECONDS + 60, deep: { list: [1, 'ü'] } };
  assert.deepEqual(verifyHs(hs(claims)), claims);
  assert.deepEqual(verifyRs(signJwt(claims, 'RS256', privateKey)), claims);
});

test('a token that another library made verifies', () => {
  // Minted with livekit-server-sdk 2.19.2 and the secret `secret`, valid from NOW for ten minutes.
  const token =
    'eyJhbGciOiJIUzI1NiJ9.eyJtZXRhZGF0YSI6Im0iLCJhdHRyaWJ1dGVzIjp7ImsiOiJ2In0sIm5hbWUiOiJBbGljZSIsInZpZGVvIjp7InJvb21Kb2luIjp0cnVlLCJyb29tIjoicm9vbTEiLCJjYW5QdWJsaXNoIjp0cnVlLCJjYW5TdWJzY3JpYmUiOnRydWUsImNhblB1Ymxpc2hEYXRhIjpmYWxzZSwiY2FuUHVibGlzaFNvdXJjZXMiOlsiY2FtZXJhIiwibWljcm9waG9uZSJdfSwiaXNzIjoiQVBJa2V5IiwiZXhwIjoxNzY3MjI2MjAwLCJuYmYiOjE3NjcyMjU2MDAsInN1YiI6ImFsaWNlIn0.uuraE9-NYX0TCnLcN-RCgAlNsJAh76nj1r6i9vzH_0w';
  const claims = verifyJwt(token, { algorithm: 'HS256', key: 'secret', now: NOW });
  assert.equal(claims?.['sub'], 'alice');
  assert.equal(verifyJwt(token, { algorithm: 'HS256', key: 'Secret', now: NOW }), null);
});

test('the token does not choose its algorithm', () => {
  const claims = part({ exp: SECONDS + 60 });
  for (const alg of ['none', 'None', 'HS384', 'RS256', 'hs256', undefined, null, ['HS256']]) {
    const signed = `${part({ alg, typ: 'JWT' })}.${claims}`;
    assert.equal(verifyHs(`${signed}.`), null);
    assert.equal(verifyHs(`${signed}.${part('x')}`), null);
  }
  // The public key used as if it were a shared secret.
  assert.equal(verifyRs(signJwt({}, 'HS256', publicKey)), null);
  // A valid RS256 token where HS256 is expected.
  assert.equal(verifyHs(signJwt({}, 'RS256', privateKey)), null);
});

test('every changed character breaks the token', () => {
  const token = hs({ exp: SECONDS + 60 });
  for (let place = 0; place < token.length; place++) {
    const changed = token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
    assert.equal(verifyHs(changed), null, `character ${place}`);
  }
});

test('a token with padding, spaces, another part or the other alphabet of base64 is refused', () => {
  const token = hs({ exp: SECONDS + 60 });
  for (const other of [`${token}=`, `${token} `, ` ${token}`, `${token}.`, `${token}.x`, `${token}\n`])
    assert.equal(verifyHs(other), null, JSON.stringify(other));
  const [head, payload, mac] = token.split('.');
  const standard = mac?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  if (standard !== mac) assert.equal(verifyHs(`${head}.${payload}.${standard}`), null);
});

test('unused bits of the last character are no second spelling', () => {
  const bytes = Buffer.alloc(32, 0xff).toString('base64url'); // 43 characters, the last with two unused bits.
  const token = `${part({ alg: 'HS256' })}.${part({})}.${bytes}`;
  assert.ok(parseJwt(token));
  assert.equal(parseJwt(`${token.slice(0, -1)}9`), null);
});

test('expiry and start of a token are checked with a minute of tolerance', () => {
  const cases: readonly [Record<string, unknown>, boolean][] = [
    [{}, true],
    [{ exp: SECONDS - 59 }, true],
    [{ exp: SECONDS - 60 }, false],
    [{ nbf: SECONDS + 60 }, true],
    [{ nbf: SECONDS + 61 }, false],
    [{ iat: SECONDS + 61 }, false],
    [{ iat: SECONDS - 1_000_000 }, true],
    [{ exp: String(SECONDS + 60) }, false],
    [{ exp: null }, false],
    [{ nbf: 'now' }, false],
  ];
  for (const [claims, good] of cases)
    assert.equal(verifyHs(hs(claims)) !== null, good, JSON.stringify(claims));
});

test('an extension marked critical is refused', () => {
  const signed = (header: object) => {
    const text = `${part(header)}.${part({})}`;
    return `${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}`;
  };
  assert.deepEqual(verifyHs(signed({ alg: 'HS256' })), {});
  assert.equal(verifyHs(signed({ alg: 'HS256', crit: ['exp'] })), null);
});

test('a token is bounded in size and depth', () => {
  assert.equal(verifyHs(hs({ pad: 'x'.repeat(20_000) })), null);
  const deep = Buffer.from(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`).toString('base64url');
  assert.equal(parseJwt(`${part({ alg: 'HS256' })}.${deep}.${part('x')}`), null);
});

test('an empty or unusable key verifies nothing', () => {
  assert.equal(verifyJwt(signJwt({}, 'HS256', ''), { algorithm: 'HS256', key: '', now: NOW }), null);
  const token = signJwt({}, 'RS256', privateKey);
  assert.equal(verifyJwt(token, { algorithm: 'RS256', key: 'no key', now: NOW }), null);
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]*\.[\w-]*\.[\w-]*$/)),
      (text) => {
        assert.equal(verifyHs(text), null);
        assert.equal(verifyRs(text), null);
      },
    ),
  );
});
