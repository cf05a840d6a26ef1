import assert from 'node:assert/strict';
import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { RingfenceError } from '../../kernel/errors.ts';
import { addRingKey, createKeyRing, dropOldRingKeys, generateKeyRing } from './key-ring.ts';

const sources = { random: randomBytes, now: Date.UTC(2026, 0, 2) };
const missing = (error: unknown): boolean =>
  error instanceof RingfenceError && error.code === 'key_ring_missing';

test('a new ring holds one key, named by its date', () => {
  const ring = createKeyRing(generateKeyRing(sources));
  assert.equal(ring.names.length, 1);
  assert.match(ring.newest, /^2026-01-02-[0-9a-f]{8}$/);
  assert.equal(ring.key(ring.newest)?.symmetricKeySize, 32);
  assert.equal(ring.key('other'), null);
});

test('an added key becomes the newest; the older ones stay until they are dropped', () => {
  const first = generateKeyRing(sources);
  const second = addRingKey(first, { ...sources, now: Date.UTC(2026, 5, 1) });
  const ring = createKeyRing(second);
  assert.deepEqual(ring.names, [createKeyRing(first).newest, ring.newest]);
  assert.ok(ring.newest.startsWith('2026-06-01-'));
  assert.deepEqual(createKeyRing(dropOldRingKeys(second)).names, [ring.newest]);
});

test('derived keys differ by purpose and do not change when ring keys do', () => {
  const text = generateKeyRing(sources);
  const index = (ringText: string, purpose: 'index' | 'fingerprint' | 'probe') =>
    createKeyRing(ringText).derive(purpose).export().toString('hex');
  assert.notEqual(index(text, 'index'), index(text, 'fingerprint'));
  assert.notEqual(index(text, 'index'), index(text, 'probe'));
  assert.equal(index(text, 'index'), index(dropOldRingKeys(addRingKey(text, sources)), 'index'));
  assert.notEqual(index(text, 'index'), index(generateKeyRing(sources), 'index'));
});

test('derivation is HKDF-SHA256 with a stated label, so that data stays readable for ever', () => {
  const text = generateKeyRing(sources);
  const root = Buffer.from((JSON.parse(text) as { root: string }).root, 'base64url');
  const expected = Buffer.from(hkdfSync('sha256', root, '', 'ringfence index 1', 32));
  const byHand = (key: Buffer, data: Buffer) => createHmac('sha256', key).update(data).digest();
  const info = Buffer.from('ringfence index 1\u0001');
  assert.deepEqual(byHand(byHand(Buffer.alloc(32), root), info), expected);
  assert.deepEqual(createKeyRing(text).derive('index').export(), expected);
});

test('a broken ring is refused without showing any of it', () => {
  const good = JSON.parse(generateKeyRing(sources)) as {
    root: string;
    keys: { name: string; key: string }[];
  };
  const key = good.keys[0];
  const broken = [
    '',
    'null',
    '{"version":1,"root":"hunter2"',
    '{"version":2}',
    JSON.stringify({ ...good, version: 2 }),
    JSON.stringify({ ...good, keys: [] }),
    JSON.stringify({ ...good, keys: [null] }),
    JSON.stringify({ ...good, keys: [{ name: 'a' }] }),
    JSON.stringify({ ...good, keys: [{ name: 'hunter2.hunter2', key: key?.key }] }),
    JSON.stringify({ ...good, keys: [{ name: 'short', key: 'aHVudGVyMg' }] }),
    JSON.stringify({ ...good, root: 'hunter2' }),
    JSON.stringify({ ...good, keys: [key, key] }),
    ' '.repeat(70_000) + JSON.stringify(good),
  ];
  for (const text of broken) {
    assert.throws(
      () => createKeyRing(text),
      (error) => missing(error) && !inspect(error).includes('hunter2'),
      text.slice(0, 80),
    );
  }
});

test('printing an opened ring shows no key', () => {
  const text = generateKeyRing(sources);
  const { root, keys } = JSON.parse(text) as { root: string; keys: { key: string }[] };
  const shown =
    inspect(createKeyRing(text), { depth: 9, showHidden: true }) + JSON.stringify(createKeyRing(text));
  for (const secret of [root, keys[0]?.key ?? '']) {
    assert.ok(!shown.includes(secret));
    assert.ok(!shown.includes(Buffer.from(secret, 'base64url').toString('hex').slice(0, 8)));
  }
});
