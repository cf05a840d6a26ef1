import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Secret } from '../kernel/secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import { acme, custodyFixture, type Fixture } from './custody-fixture.ts';
import type { NewKey } from './key-request.ts';
import { createKeyTable, type KeyTable } from './key-table.ts';
import { openVerifier } from './open.ts';
import { MAX_SIGNING_KEYS } from './signers.ts';
import { createVirtualKeys, type CreatedKey, type VirtualKeys } from './virtual-keys.ts';

const request: NewKey = { app: 'app_1', account: 'account_1', name: 'shop', lifetime: null, networks: [] };
const DAY = 86_400_000;

/** The service, and a table that hears of changes as a data-plane process does. */
async function setUp(): Promise<Fixture & { keys: VirtualKeys; table: KeyTable }> {
  const fixture = await custodyFixture();
  const { options } = fixture;
  const keys: VirtualKeys = createVirtualKeys({
    ...options,
    sealer: options.sealerOf('key'),
    custodyOf: (vendor) => (vendor === 'acme' ? acme.custody : null),
    announce(record) {
      table.upsert(record);
      return Promise.resolve();
    },
  });
  const opening = (record: Pick<VirtualKeyRecord, 'id' | 'sealed'>) =>
    openVerifier(options.sealerOf('key'), record);
  const table = createKeyTable({ index: options.index, openVerifier: opening });
  return { ...fixture, keys, table };
}

function tryKey({ table, clock }: Fixture & { table: KeyTable }, { credential }: CreatedKey): string {
  const presented = {
    kind: 'secret',
    publicId: credential.publicId,
    secret: credential.verifier.reveal(),
  } as const;
  const origin = { vendor: 'acme', address: '10.0.0.1', wall: clock.wall(), ledger: clock.ledger() };
  const step = table.authenticate(presented, origin);
  return step.ok ? 'ok' : step.refusal.code;
}

test('a created key works, and its record holds neither the secret nor a plain hash of it', async () => {
  const world = await setUp();
  const created = await world.keys.create(request);
  assert.equal(tryKey(world, created), 'ok');
  const secret = created.credential.verifier.reveal();
  assert.ok(!inspect(created, { depth: 9 }).includes(secret));
  assert.ok(!JSON.stringify(await world.options.keys.list()).includes(secret));
  assert.equal(openVerifier(world.options.sealerOf('key'), created.record).reveal(), secret);
  assert.deepEqual(await world.keys.get(created.record.id), created.record);
});

test('a key is of the kind that was asked for, by default the first of the adapter', async () => {
  const { keys, options } = await setUp();
  assert.equal((await keys.create(request)).record.kind, 'secret');
  const { record, credential } = await keys.create({ ...request, kind: 'rs256', name: 'calls' });
  assert.equal(record.kind, 'rs256');
  assert.ok(credential.parts['privateKey'] instanceof Secret);
  assert.equal(
    createPublicKey(openVerifier(options.sealerOf('key'), record).reveal()).asymmetricKeyType,
    'rsa',
  );
});

test('a key ends after its lifetime on the ledger clock', async () => {
  const world = await setUp();
  const created = await world.keys.create({ ...request, lifetime: DAY });
  world.clock.wallTime += 100 * DAY;
  assert.equal(tryKey(world, created), 'ok');
  world.clock.ledgerTime += DAY - 1;
  assert.equal(tryKey(world, created), 'ok');
  world.clock.ledgerTime += 1;
  assert.equal(tryKey(world, created), 'key_expired');
});

test('a key that has expired keeps its name, and who wants that is told how to free it', async () => {
  const { keys, clock } = await setUp();
  const { record } = await keys.create({ ...request, lifetime: DAY });
  await assert.rejects(keys.create(request), { code: 'conflict', message: /Another live key/ });
  clock.ledgerTime += DAY;
  const message = `The name shop is that of a key that has expired: \`ringfence keys revoke ${record.id}\` frees it.`;
  await assert.rejects(keys.create(request), { code: 'conflict', message });
});

test('a revoked key is refused when the call returns, and stays revoked', async () => {
  const world = await setUp();
  const created = await world.keys.create(request);
  const first = await world.keys.revoke(created.record.id);
  assert.equal(tryKey(world, created), 'key_revoked');
  world.clock.wallTime += 5;
  assert.equal((await world.keys.revoke(created.record.id)).revokedAt, first.revokedAt);
  await world.keys.expire(created.record.id, Infinity);
  assert.equal(tryKey(world, created), 'key_revoked');
});

test('revoking while something else changes the key is not lost', async () => {
  const world = await setUp();
  const created = await world.keys.create(request);
  const { id } = created.record;
  await Promise.all([world.keys.expire(id, 5e9), world.keys.revoke(id), world.keys.expire(id, 4e9)]);
  const { state, expiresAt } = await world.keys.get(id);
  assert.deepEqual([state, expiresAt], ['revoked', 4e9]);
});

test('the networks of a key in use can be replaced: the credential stays, and the key that replaces it gets them', async () => {
  const world = await setUp();
  const created = await world.keys.create({ ...request, lifetime: DAY, networks: ['192.0.2.0/24'] });
  const { id } = created.record;
  assert.equal(tryKey(world, created), 'key_network');
  const heard: (readonly string[])[] = [];
  const changed = await world.keys.restrict(id, {
    networks: ['10.0.0.0/8', '::1'],
    async record(old) {
      heard.push(old.networks, (await world.keys.get(id)).networks);
    },
  });
  assert.deepEqual(changed, { ...created.record, networks: ['10.0.0.0/8', '::1'] });
  assert.equal(tryKey(world, created), 'ok');
  assert.deepEqual(heard, [['192.0.2.0/24'], ['192.0.2.0/24']], 'recorded before it holds');
  const { record } = await world.keys.rotate(id, { overlap: DAY });
  assert.deepEqual(record.networks, ['10.0.0.0/8', '::1']);
  await world.keys.restrict(id, { networks: ['192.0.2.0/24'] });
  assert.equal(tryKey(world, created), 'key_network');
  await world.keys.restrict(id, { networks: [] });
  assert.equal(tryKey(world, created), 'ok');
});

test('networks that cannot be read, too many, or of a dead key, are refused before anything is recorded', async () => {
  const { keys, clock } = await setUp();
  const { id } = (await keys.create({ ...request, lifetime: DAY, networks: ['10.0.0.0/8'] })).record;
  const record = () => assert.fail('recorded');
  for (const networks of [['10.0.0.0/33'], Array.from({ length: 101 }, () => '10.0.0.0/8')])
    await assert.rejects(keys.restrict(id, { networks, record }), { code: 'input_invalid' });
  await assert.rejects(keys.restrict('key_0', { networks: [], record }), { code: 'not_found' });
  clock.ledgerTime += DAY;
  await assert.rejects(keys.restrict(id, { networks: [], record }), { code: 'conflict' });
  await keys.revoke(id);
  await assert.rejects(keys.restrict(id, { networks: [], record }), { code: 'conflict' });
  assert.deepEqual((await keys.get(id)).networks, ['10.0.0.0/8']);
});

test('rotation gives a new key like the old one, and both work until the overlap ends', async () => {
  const world = await setUp();
  const old = await world.keys.create({ ...request, lifetime: 90 * DAY, networks: ['10.0.0.0/8'] });
  const rotated = await world.keys.rotate(old.record.id, { overlap: DAY });
  assert.equal(rotated.record.name, 'shop.2');
  assert.equal(rotated.record.replaces, old.record.id);
  assert.deepEqual(rotated.record.networks, ['10.0.0.0/8']);
  assert.equal(rotated.replaced.expiresAt, world.clock.ledger() + DAY);
  assert.deepEqual([tryKey(world, old), tryKey(world, rotated)], ['ok', 'ok']);
  world.clock.ledgerTime += DAY;
  assert.deepEqual([tryKey(world, old), tryKey(world, rotated)], ['key_expired', 'ok']);
  assert.equal((await world.keys.rotate(rotated.record.id, { overlap: 0 })).record.name, 'shop.3');
});

test('a key that was replaced already is replaced again only with a life of its own: that of the old key is cut short', async () => {
  const world = await setUp();
  const old = await world.keys.create(request);
  await world.keys.rotate(old.record.id, { overlap: DAY });
  await assert.rejects(world.keys.rotate(old.record.id, { overlap: DAY }), /already replaced by shop\.2/);
  const again = await world.keys.rotate(old.record.id, { overlap: DAY, lifetime: null });
  assert.deepEqual([again.record.name, again.record.expiresAt], ['shop.3', null]);
});

test('a rotation that broke off before the old key got its end is done again', async () => {
  const world = await setUp();
  const old = await world.keys.create(request);
  await world.keys.rotate(old.record.id, { overlap: DAY });
  await world.options.keys.put(old.record); // As if the process had ended before that was written.
  const again = await world.keys.rotate(old.record.id, { overlap: DAY });
  assert.deepEqual([again.record.name, again.record.expiresAt], ['shop.3', null]);
});

test('rotation never lengthens the life of the old key', async () => {
  const world = await setUp();
  const old = await world.keys.create({ ...request, lifetime: 1000 });
  const { replaced } = await world.keys.rotate(old.record.id, { overlap: DAY, lifetime: null });
  assert.equal(replaced.expiresAt, old.record.expiresAt);
});

test('a dead key cannot be rotated back to life', async () => {
  const { keys, clock } = await setUp();
  const revoked = await keys.create(request);
  await keys.revoke(revoked.record.id);
  const expired = await keys.create({ ...request, name: 'b', lifetime: 1 });
  clock.ledgerTime += 1;
  for (const { record } of [revoked, expired])
    await assert.rejects(keys.rotate(record.id, { overlap: 0 }), { code: 'conflict' });
});

test('a request that makes no sense is refused with what is wrong', async () => {
  const { keys, options } = await setUp();
  const cases: readonly [Partial<NewKey>, string, RegExp][] = [
    [{ app: 'app_2' }, 'not_found', /app app_2/],
    [{ account: 'account_2' }, 'not_found', /vendor account account_2/],
    [{ name: '' }, 'input_invalid', /name/],
    [{ name: 'a\nb' }, 'input_invalid', /name/],
    [{ name: '-flag' }, 'input_invalid', /name/],
    [{ lifetime: 0 }, 'input_invalid', /lifetime/],
    [{ lifetime: 1.5 }, 'input_invalid', /lifetime/],
    [{ lifetime: NaN }, 'input_invalid', /lifetime/],
    [{ lifetime: 1e15 }, 'input_invalid', /lifetime/],
    [{ networks: ['10.0.0.0/33'] }, 'input_invalid', /10\.0\.0\.0\/33/],
    [{ networks: Array(101).fill('::1') }, 'input_invalid', /at most 100 networks/],
  ];
  for (const [change, code, message] of cases)
    await assert.rejects(keys.create({ ...request, ...change }), { code, message });
  assert.deepEqual(await options.keys.list(), []);
  await keys.create(request);
  await assert.rejects(keys.create(request), { code: 'conflict' });
  await assert.rejects(keys.get('key_0'), { code: 'not_found' });
  await assert.rejects(keys.revoke('key_0'), { code: 'not_found' });
});

test('there can be no more signing keys in use than a token is checked against', async () => {
  const { keys, clock } = await setUp();
  const make = (name: string) => keys.create({ ...request, kind: 'hs256', name });
  const made: VirtualKeyRecord[] = [];
  for (let n = 0; n < MAX_SIGNING_KEYS; n++) made.push((await make(`key ${n}`)).record);
  await assert.rejects(make('one more'), { code: 'conflict', message: /64 signing keys/ });
  await keys.create({ ...request, name: 'a bearer secret' });
  await keys.revoke(made[0]?.id ?? '');
  await make('one more');
  await keys.expire(made[1]?.id ?? '', clock.ledger());
  await make('and another');
});

test('an adapter that issues a secret which could not be recognised is a fault, not a dead key', async () => {
  const { options } = await custodyFixture();
  const credential = { kind: 'secret', publicId: null, parts: {}, verifier: new Secret('short') } as const;
  const keys = createVirtualKeys({
    ...options,
    sealer: options.sealerOf('key'),
    custodyOf: () => ({ ...acme.custody, issue: () => credential }),
    announce: () => Promise.resolve(),
  });
  await assert.rejects(keys.create(request), { code: 'internal' });
});

test('a revocation has returned once it is stored, and then in force in every process', async () => {
  const { options, keys: before } = await setUp();
  const { record } = await before.create(request);
  const confirmed = Promise.withResolvers<void>();
  const seen: (string | undefined)[] = [];
  const keys = createVirtualKeys({
    ...options,
    sealer: options.sealerOf('key'),
    custodyOf: () => acme.custody,
    async announce({ id }) {
      seen.push(`stored as ${(await options.keys.get(id))?.state}`);
      await confirmed.promise;
      seen.push('in force');
    },
  });
  const revoked = keys.revoke(record.id).then(() => seen.push('returned'));
  await turn();
  assert.deepEqual(seen, ['stored as revoked']);
  confirmed.resolve();
  await revoked;
  assert.deepEqual(seen, ['stored as revoked', 'in force', 'returned']);
});
