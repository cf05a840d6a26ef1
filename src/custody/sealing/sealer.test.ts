import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { test } from 'node:test';
import fc from 'fast-check';
import { RingfenceError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { addRingKey, createKeyRing, generateKeyRing } from './key-ring.ts';
import { createSealer, type Purpose, type Sealer } from './sealer.ts';

const sources = { random: randomBytes, now: Date.UTC(2026, 0, 2) };
const ringText = generateKeyRing(sources);
const sealerOf = (text: string, purpose: Purpose = 'account'): Sealer =>
  createSealer({ keyRing: createKeyRing(text), random: randomBytes, purpose });
const reveal = (sealed: string, id = 'account_1', sealer = sealerOf(ringText)): Record<string, string> =>
  Object.fromEntries(Object.entries(sealer.open(sealed, id)).map(([name, one]) => [name, one.reveal()]));
const failsWith = (code: string) => (error: unknown) =>
  error instanceof RingfenceError && error.code === code;

test('what was sealed opens again, whatever the text', () => {
  const sealer = sealerOf(ringText);
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,12}$/), fc.string({ unit: 'binary' })),
      (plain) => {
        const secrets = Object.fromEntries(
          Object.entries(plain).map(([name, one]) => [name, new Secret(one)]),
        );
        assert.deepEqual(reveal(sealer.seal(secrets, 'account_1'), 'account_1', sealer), { ...plain });
      },
    ),
  );
});

test('sealing the same secret twice gives texts that have nothing in common', () => {
  const sealer = sealerOf(ringText);
  const [one, two] = [1, 2].map(() => sealer.seal({ token: new Secret('a') }, 'account_1').split('.'));
  assert.notEqual(one?.[2], two?.[2]);
  assert.notEqual(one?.[3], two?.[3]);
});

test('a sealed text does not open for another record or another use', () => {
  const sealed = sealerOf(ringText).seal({ token: new Secret('a') }, 'account_1');
  assert.throws(() => reveal(sealed, 'account_2'), failsWith('verify_failed'));
  assert.throws(() => reveal(sealed, 'account_1', sealerOf(ringText, 'key')), failsWith('verify_failed'));
});

test('parts of two sealed texts cannot be combined', () => {
  const sealer = sealerOf(ringText);
  const [one, two] = ['a', 'b'].map((text) =>
    sealer.seal({ token: new Secret(text) }, 'account_1').split('.'),
  );
  const mixed = [one?.[0], one?.[1], one?.[2], two?.[3]].join('.');
  assert.throws(() => reveal(mixed), failsWith('verify_failed'));
});

test('every flipped bit is detected', () => {
  const parts = sealerOf(ringText)
    .seal({ token: new Secret('abc') }, 'account_1')
    .split('.');
  for (const part of [2, 3]) {
    const bytes = Buffer.from(parts[part] ?? '', 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = parts.with(part, flipped.toString('base64url')).join('.');
      assert.throws(() => reveal(text), failsWith('verify_failed'));
    }
  }
});

test('text of another form fails with a message that quotes nothing', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.string()).map((parts) => ['rfs1', ...parts].join('.')),
      ),
      (text) => {
        assert.throws(
          () => reveal(text),
          (error) => failsWith('verify_failed')(error) || failsWith('key_ring_missing')(error),
        );
      },
    ),
  );
});

test('a ring without the key that sealed says which key is missing', () => {
  const sealed = sealerOf(ringText).seal({ token: new Secret('a') }, 'account_1');
  const other = sealerOf(generateKeyRing(sources));
  const name = createKeyRing(ringText).newest;
  assert.throws(
    () => reveal(sealed, 'account_1', other),
    (error) => failsWith('key_ring_missing')(error) && String(error).includes(name),
  );
});

test('re-wrapping moves to the newest ring key and leaves the body as it is', () => {
  const sealed = sealerOf(ringText).seal({ token: new Secret('a') }, 'account_1');
  const longer = addRingKey(ringText, sources);
  const moved = sealerOf(longer).rewrap(sealed, 'account_1');
  assert.ok(moved !== null);
  assert.equal(moved.split('.')[3], sealed.split('.')[3]);
  assert.equal(moved.split('.')[1], createKeyRing(longer).newest);
  assert.deepEqual(reveal(moved, 'account_1', sealerOf(longer)), { token: 'a' });
  assert.throws(() => reveal(moved), failsWith('key_ring_missing'));
  assert.equal(sealerOf(longer).rewrap(moved, 'account_1'), null);
});

test('neither the sealed text nor the opened object shows the secret', () => {
  const sealer = sealerOf(ringText);
  const sealed = sealer.seal({ token: new Secret('hunter2hunter2') }, 'account_1');
  const opened = sealer.open(sealed, 'account_1');
  for (const shown of [
    sealed,
    inspect(opened),
    JSON.stringify(opened),
    String(opened['token']),
    inspect(sealer),
  ])
    assert.ok(!shown.includes('hunter2'));
});

test('the format is what it says: AES-256-GCM, readable with nothing but node:crypto', () => {
  const ring = JSON.parse(ringText) as { keys: { name: string; key: string }[] };
  const sealed = sealerOf(ringText).seal({ token: new Secret('a') }, 'account_1');
  const [, name = '', wrapped = '', body = ''] = sealed.split('.');
  const open = (key: Buffer, text: string, ...aad: string[]): Buffer => {
    const bytes = Buffer.from(text, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(JSON.stringify(['rfs1', ...aad]))).setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  };
  const ringKey = Buffer.from(ring.keys[0]?.key ?? '', 'base64url');
  const dataKey = open(ringKey, wrapped, 'wrap', 'account', 'account_1', name);
  assert.equal(open(dataKey, body, 'body', 'account', 'account_1').toString(), '{"token":"a"}');
});
