import assert from 'node:assert/strict';
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { Step } from '../intent/decision.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { Secret } from '../kernel/secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import { createSignatureCheck, parseJwt, signJwt, type JwtClaims } from '../vendors/shared/jwt.ts';
import type { Presented } from '../vendors/custody-adapter.ts';
import type { RequestOrigin } from './key-entry.ts';
import { createKeyTable, type AuthenticatedKey } from './key-table.ts';
import { createKeyedHash } from './keyed-hash.ts';
import { MAX_SIGNING_KEYS } from './signers.ts';
import { makeVirtualSecret } from '../kernel/virtual-secret.ts';

const index = createKeyedHash(createSecretKey(randomBytes(32)));
const origin: RequestOrigin = { vendor: 'acme', address: '10.0.0.9', wall: 1_000_000, ledger: 1_000_000 };

const record = (secret: string, changes: Partial<VirtualKeyRecord> = {}): VirtualKeyRecord => ({
  id: 'key_1',
  app: 'app_1',
  account: 'account_1',
  vendor: 'acme',
  name: 'shop',
  kind: 'secret',
  publicId: 'AC1',
  index: index(secret),
  sealed: `sealed:${secret}`,
  expiresAt: null,
  networks: [],
  state: 'active',
  replaces: null,
  createdAt: 0,
  revokedAt: null,
  lastUsedAt: null,
  ...changes,
});

const sign = (claims: JwtClaims, secret: string): string => signJwt(claims, 'HS256', secret);

/** `checks` counts signature checks, `opened` verifiers that were opened and read. */
function tableOf(records: readonly VirtualKeyRecord[]) {
  const count = { checks: 0, opened: 0 };
  const openVerifier = ({ sealed }: { readonly sealed: string }) => {
    count.opened++;
    return new Secret(sealed.slice('sealed:'.length));
  };
  const checkOf: typeof createSignatureCheck = (algorithm, key) => {
    const check = createSignatureCheck(algorithm, key);
    return (token) => {
      count.checks++;
      return check(token);
    };
  };
  const table = createKeyTable({ index, openVerifier, checkOf });
  table.load(records);
  return { table, count };
}

const basic = (secret: string, publicId: string | null = 'AC1'): Presented => ({
  kind: 'secret',
  publicId,
  secret,
});
const jwt = (token: string, publicId = 'AC1', algorithm: 'HS256' | 'RS256' = 'HS256'): Presented => {
  const parsed = parseJwt(token);
  assert.ok(parsed);
  return { kind: 'jwt', publicId, algorithm, jwt: parsed };
};
const codeOf = (step: Step<AuthenticatedKey>): string =>
  step.ok ? `ok ${step.value.id}` : step.refusal.code;

test('a known secret proves which key, app and account send the request', () => {
  const secret = makeVirtualSecret(randomBytes);
  const { table } = tableOf([record(secret)]);
  assert.deepEqual(table.authenticate(basic(secret), origin), {
    ok: true,
    value: {
      id: 'key_1',
      app: 'app_1',
      account: 'account_1',
      vendor: 'acme',
      kind: 'secret',
      publicId: 'AC1',
      claims: null,
    },
  });
});

test('each reason to refuse has its own code', () => {
  const [plain, expired, revoked, fenced] = [0, 1, 2, 3].map(() => makeVirtualSecret(randomBytes)) as [
    string,
    string,
    string,
    string,
  ];
  const { table } = tableOf([
    record(plain),
    record(expired, { id: 'key_2', expiresAt: origin.ledger }),
    record(revoked, { id: 'key_3', state: 'revoked' }),
    record(fenced, { id: 'key_4', networks: ['10.0.0.0/30', '::1'] }),
  ]);
  const code = (presented: Presented | null, change: Partial<RequestOrigin> = {}) =>
    codeOf(table.authenticate(presented, { ...origin, ...change }));
  assert.equal(code(null), 'key_missing');
  assert.equal(code(basic(makeVirtualSecret(randomBytes))), 'key_invalid');
  assert.equal(code(basic('hunter2')), 'key_invalid');
  assert.equal(code(basic(expired)), 'key_expired');
  assert.equal(code(basic(expired), { ledger: origin.ledger - 1 }), 'ok key_2');
  assert.equal(code(basic(revoked)), 'key_revoked');
  assert.equal(code(basic(plain), { vendor: 'other' }), 'key_wrong_vendor');
  assert.equal(code(basic(plain, 'AC2')), 'key_wrong_vendor');
  assert.equal(code(basic(plain, null)), 'ok key_1');
  assert.equal(code(basic(fenced)), 'key_network');
  assert.equal(code(basic(fenced), { address: '::ffff:10.0.0.3' }), 'ok key_4');
});

test('a key whose stored networks cannot be read is refused everywhere, and keeps no other from being loaded', () => {
  const [bad, good] = [makeVirtualSecret(randomBytes), makeVirtualSecret(randomBytes)];
  const { table } = tableOf([
    record(bad, { id: 'key_1', networks: ['10.0.0.0/33'] }),
    record(good, { id: 'key_2' }),
  ]);
  assert.equal(codeOf(table.authenticate(basic(bad), { ...origin, address: '10.0.0.1' })), 'key_network');
  assert.equal(codeOf(table.authenticate(basic(good), origin)), 'ok key_2');
});

test('no refusal holds the secret', () => {
  const secret = makeVirtualSecret(randomBytes);
  const { table } = tableOf([record(secret, { state: 'revoked' })]);
  for (const presented of [basic(secret), basic(`${secret.slice(0, 31)}!`)])
    assert.ok(!JSON.stringify(table.authenticate(presented, origin)).includes(secret.slice(0, 31)));
});

test('a signing key whose verifier does not open has signed nothing, and hides no other of its public id', () => {
  const openVerifier = ({ sealed }: { readonly sealed: string }) => {
    if (sealed === 'sealed:lost') throw new RingfenceError('key_ring_missing', 'The key ring lacks the key.');
    return new Secret(sealed.slice('sealed:'.length));
  };
  const table = createKeyTable({ index, openVerifier });
  const kind = { kind: 'hs256' } as const;
  table.load([record('lost', { ...kind, id: 'key_1' }), record('a good secret', { ...kind, id: 'key_2' })]);
  const token = sign({ iss: 'AC1', exp: origin.wall / 1000 + 60 }, 'a good secret');
  assert.equal(codeOf(table.authenticate(jwt(token), origin)), 'ok key_2');
  assert.equal(codeOf(table.authenticate(jwt(sign({ exp: 9e9 }, 'lost')), origin)), 'key_invalid');
});

test('a secret of the wrong shape is refused before any hash is computed', () => {
  let hashes = 0;
  const table = createKeyTable({
    index: () => String(hashes++),
    openVerifier: () => new Secret(''),
  });
  const secret = makeVirtualSecret(randomBytes);
  for (const text of [
    '',
    'a',
    secret.slice(1),
    `${secret}0`,
    'x'.repeat(1_000_000),
    'x'.repeat(200) + secret,
  ])
    assert.equal(codeOf(table.authenticate(basic(text), origin)), 'key_invalid');
  assert.equal(hashes, 0);
  table.authenticate(basic(`SG.${secret}`), origin);
  assert.equal(hashes, 1);
});

test('the secret of a key in use is hashed once, until its record changes; of a guess nothing is remembered', () => {
  const [secret, guess] = [makeVirtualSecret(randomBytes), makeVirtualSecret(randomBytes)];
  let hashes = 0;
  const table = createKeyTable({
    index(text) {
      hashes++;
      return index(text);
    },
    openVerifier: () => new Secret(''),
  });
  table.upsert(record(secret));
  const code = (text: string) => codeOf(table.authenticate(basic(text), origin));
  for (let turn = 0; turn < 3; turn++) assert.equal(code(secret), 'ok key_1');
  assert.equal(hashes, 1);
  table.upsert(record(secret, { state: 'revoked' }));
  assert.equal(code(secret), 'key_revoked');
  assert.equal(hashes, 2);
  table.remove('key_1');
  for (const text of [secret, secret, guess, guess]) assert.equal(code(text), 'key_invalid');
  assert.equal(hashes, 6);
});

test('a record that changes or goes counts from the next request on', () => {
  const [first, second] = [makeVirtualSecret(randomBytes), makeVirtualSecret(randomBytes)];
  const { table } = tableOf([record(first)]);
  table.upsert(record(second));
  assert.equal(table.size, 1);
  assert.equal(codeOf(table.authenticate(basic(first), origin)), 'key_invalid');
  assert.equal(codeOf(table.authenticate(basic(second), origin)), 'ok key_1');
  table.upsert(record(second, { state: 'revoked' }));
  assert.equal(codeOf(table.authenticate(basic(second), origin)), 'key_revoked');
  table.remove('key_1');
  table.remove('key_1');
  assert.equal(codeOf(table.authenticate(basic(second), origin)), 'key_invalid');
  assert.equal(table.size, 0);
});

test('a token is matched to the key that signed it, among all keys of the same public id', () => {
  const keys = [1, 2, 3].map((n) => record(`secret ${n}`, { id: `key_${n}`, kind: 'hs256' }));
  const { table } = tableOf(keys);
  const token = sign({ exp: 2000, video: {} }, 'secret 2');
  const step = table.authenticate(jwt(token), origin);
  assert.ok(step.ok);
  assert.equal(step.value.id, 'key_2');
  assert.deepEqual(step.value.claims, { exp: 2000, video: {} });
  const code = (presented: Presented, change: Partial<RequestOrigin> = {}) =>
    codeOf(table.authenticate(presented, { ...origin, ...change }));
  assert.equal(code(jwt(sign({ exp: 2000 }, 'secret 4'))), 'key_invalid');
  assert.equal(code(jwt(token, 'AC2')), 'key_wrong_vendor');
  assert.equal(code(jwt(sign({ exp: 2000, n: 1 }, 'secret 2'), 'AC2')), 'key_invalid');
  assert.equal(code(jwt(sign({ exp: 2000, n: 1 }, 'secret 2'), 'AC1', 'RS256')), 'key_invalid');
  assert.equal(code(jwt(sign({ exp: 1 }, 'secret 2'))), 'key_invalid');
  assert.equal(code(jwt(sign({ iat: 1000 }, 'secret 2'))), 'key_invalid', 'a token must end');
});

test('a token that a private key signed is checked with the public key, and with no other algorithm', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { table } = tableOf([record(publicKey, { kind: 'rs256' })]);
  const code = (presented: Presented) => codeOf(table.authenticate(presented, origin));
  const token = signJwt({ exp: 2000 }, 'RS256', privateKey);
  assert.equal(code(jwt(token, 'AC1', 'RS256')), 'ok key_1');
  assert.equal(code(jwt(sign({ exp: 2000 }, publicKey), 'AC1', 'HS256')), 'key_invalid');
  assert.equal(code(jwt(sign({ exp: 2000, n: 1 }, publicKey), 'AC1', 'RS256')), 'key_invalid');
});

test('the secret of a signing key is no bearer secret', () => {
  const secret = makeVirtualSecret(randomBytes);
  const { table } = tableOf([record(secret, { kind: 'hs256' })]);
  assert.equal(codeOf(table.authenticate(basic(secret), origin)), 'key_invalid');
});

test('a token is verified once, and again when its key changes or its time is over', () => {
  const key = record('secret', { kind: 'hs256' });
  const { table, count } = tableOf([key]);
  const token = sign({ exp: 2000 }, 'secret');
  const code = (change: Partial<RequestOrigin> = {}) =>
    codeOf(table.authenticate(jwt(token), { ...origin, ...change }));
  assert.equal(code(), 'ok key_1');
  assert.equal(code(), 'ok key_1');
  assert.equal(count.checks, 1);
  table.upsert({ ...key, state: 'revoked' });
  assert.equal(code(), 'key_revoked');
  table.upsert({ ...key, index: index('other'), sealed: 'sealed:other' });
  assert.equal(code(), 'key_invalid');
  table.upsert(key);
  assert.equal(code(), 'ok key_1');
  assert.equal(code({ wall: 2_060_000, ledger: 2_060_000 }), 'key_invalid');
  table.remove('key_1');
  assert.equal(code(), 'key_invalid');
});

test('a verifier is opened once for many tokens, and again when its key changes', () => {
  const key = record('secret', { kind: 'hs256' });
  const { table, count } = tableOf([key]);
  const authenticate = (n: number) =>
    codeOf(table.authenticate(jwt(sign({ exp: 2000, n }, 'secret')), origin));
  for (let n = 0; n < 5; n++) assert.equal(authenticate(n), 'ok key_1');
  assert.deepEqual(count, { checks: 5, opened: 1 });
  table.upsert({ ...key, sealed: 'sealed:other' });
  assert.equal(authenticate(6), 'key_invalid');
  assert.equal(count.opened, 2);
});

test('setting the clock back does not lengthen the life of a verified token', () => {
  const { table, count } = tableOf([record('secret', { kind: 'hs256' })]);
  const token = sign({ exp: 1100 }, 'secret');
  assert.equal(codeOf(table.authenticate(jwt(token), origin)), 'ok key_1');
  table.authenticate(jwt(token), { ...origin, ledger: origin.ledger + 100_000 });
  assert.equal(count.checks, 2, 'verified again, because its time on the ledger clock is over');
});

test('a token costs a bounded number of signature checks, and dead keys do not use them up', () => {
  const live = record('live', { id: 'key_live', kind: 'hs256' });
  const dead = Array.from({ length: 200 }, (_, n) =>
    record(`dead ${n}`, {
      id: `key_${n}`,
      kind: 'hs256',
      ...(n % 2 ? { state: 'revoked' } : { expiresAt: 5 }),
    }),
  );
  const { table, count } = tableOf([...dead.slice(100), live, ...dead.slice(0, 100)]);
  assert.equal(codeOf(table.authenticate(jwt(sign({ exp: 2000 }, 'live')), origin)), 'ok key_live');
  assert.equal(count.checks, 1);
  assert.equal(codeOf(table.authenticate(jwt(sign({ exp: 2000 }, 'unknown')), origin)), 'key_invalid');
  assert.equal(count.checks, 1 + MAX_SIGNING_KEYS);
});

test('what the token says of itself is checked before any signature', () => {
  const { table, count } = tableOf([record('secret', { kind: 'hs256' })]);
  const other = signJwt({ exp: 2000 }, 'HS256', 'other').split('.');
  const tokens = [
    sign({ exp: 1 }, 'secret'),
    sign({ exp: 2000, nbf: 1500 }, 'secret'),
    sign({ exp: 2000, iat: 1500 }, 'secret'),
    sign({}, 'secret'),
    [Buffer.from('{"alg":"HS256","crit":["exp"]}').toString('base64url'), other[1], other[2]].join('.'),
    [Buffer.from('{"alg":"none"}').toString('base64url'), other[1], other[2]].join('.'),
  ];
  for (const token of tokens) assert.equal(codeOf(table.authenticate(jwt(token), origin)), 'key_invalid');
  assert.deepEqual(count, { checks: 0, opened: 0 });
});

test('a token without end counts for the life that the vendor gives such ones, and only from a time of issue', () => {
  const { table } = tableOf([record('secret', { kind: 'hs256' })]);
  const ask = (claims: JwtClaims, wall = origin.wall) =>
    codeOf(
      table.authenticate({ ...jwt(sign(claims, 'secret')), life: 900 } as Presented, { ...origin, wall }),
    );
  const iat = origin.wall / 1000;
  assert.equal(ask({ iat }), 'ok key_1');
  assert.equal(ask({ iat }, origin.wall + 899_000), 'ok key_1');
  assert.equal(ask({ iat }, origin.wall + 900_000), 'key_invalid');
  for (const claims of [{}, { iat: 'now' }, { iat: iat + 3600 }, { iat, exp: iat - 3600 }])
    assert.equal(ask(claims), 'key_invalid', JSON.stringify(claims));
});

test('forged tokens soon cost one check each, and keys in use beside them notice nothing', () => {
  const keys = Array.from({ length: MAX_SIGNING_KEYS }, (_, n) =>
    record(`secret ${n}`, { id: `key_${n}`, kind: 'hs256' }),
  );
  const { table, count } = tableOf(keys);
  const ask = (n: number, secret: string, change: Partial<RequestOrigin> = {}) =>
    codeOf(table.authenticate(jwt(sign({ exp: 2000, n }, secret)), { ...origin, ...change }));
  assert.equal(ask(0, 'secret 63'), 'ok key_63');
  const codes = Array.from({ length: 1000 }, (_, n) => ask(n, 'forged'));
  assert.deepEqual(codes.slice(0, 3), ['key_invalid', 'key_invalid', 'rate_limited']);
  assert.equal(codes.at(-1), 'rate_limited');
  assert.ok(count.checks <= 64 + 1000 + 128, `${count.checks} checks`);
  assert.equal(ask(0, 'secret 63'), 'ok key_63', 'a token that is known');
  assert.equal(ask(1, 'secret 63'), 'ok key_63', 'a new token of a key that was used from there');
  assert.equal(ask(1, 'secret 40'), 'rate_limited', 'a key that was not used from there yet');
  assert.equal(ask(1, 'secret 40', { address: '10.0.0.10' }), 'ok key_40', 'the same from elsewhere');
  assert.equal(ask(2, 'secret 40', { ledger: origin.ledger + 10_000 }), 'ok key_40', 'and a while later');
});

test('a key that was revoked is not tried because it was in use', () => {
  const key = record('secret', { kind: 'hs256' });
  const { table, count } = tableOf([key]);
  table.authenticate(jwt(sign({ exp: 2000 }, 'secret')), origin);
  table.remove(key.id);
  assert.equal(codeOf(table.authenticate(jwt(sign({ exp: 2000, n: 1 }, 'secret')), origin)), 'key_invalid');
  assert.equal(count.checks, 1);
});

test('uses are handed over once per key and minute', () => {
  const secret = makeVirtualSecret(randomBytes);
  const { table } = tableOf([record(secret)]);
  table.authenticate(basic(secret), origin);
  table.authenticate(basic(secret), { ...origin, wall: origin.wall + 59_999 });
  table.authenticate(basic(secret), { ...origin, vendor: 'other' });
  assert.deepEqual(table.takeUses(), new Map([['key_1', origin.wall]]));
  assert.equal(table.takeUses().size, 0);
  table.authenticate(basic(secret), { ...origin, wall: origin.wall + 60_000 });
  assert.deepEqual(table.takeUses(), new Map([['key_1', origin.wall + 60_000]]));
});

test('among very many keys uses are handed over once in five minutes', () => {
  const secret = makeVirtualSecret(randomBytes);
  const others = Array.from({ length: 10_000 }, (_, place) => ({
    ...record(makeVirtualSecret(randomBytes)),
    id: `other_${place}`,
  }));
  const { table } = tableOf([record(secret), ...others]);
  for (const passed of [0, 60_000, 299_999, 300_000])
    table.authenticate(basic(secret), { ...origin, wall: origin.wall + passed });
  assert.deepEqual(table.takeUses(), new Map([['key_1', origin.wall + 300_000]]));
});

test('of two records with one secret the later counts, also when the earlier was in use', () => {
  const secret = makeVirtualSecret(randomBytes);
  const { table } = tableOf([record(secret)]);
  table.authenticate(basic(secret), origin);
  table.upsert(record(secret, { id: 'key_2', state: 'revoked' }));
  assert.equal(codeOf(table.authenticate(basic(secret), origin)), 'key_revoked');
});
