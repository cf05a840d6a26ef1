import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { Secret } from '../kernel/secret.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import type { WireRequest } from '../vendors/wire.ts';
import { createAccounts, type Accounts } from './accounts.ts';
import { createCandidates } from './candidate.ts';
import { acme, custodyFixture, type Fixture } from './custody-fixture.ts';
import { openAccount } from './open.ts';
import { createVirtualKeys } from './virtual-keys.ts';

interface World extends Fixture {
  readonly accounts: Accounts;
  readonly sent: (WireRequest & { readonly upstream: string | null })[];
  readonly announced: { times: number };
  /** Tokens that the vendor accepts. */
  readonly valid: Set<string>;
}

async function setUp(): Promise<World> {
  const fixture = await custodyFixture();
  const world = { sent: [] as World['sent'], announced: { times: 0 }, valid: new Set(['realtoken']) };
  const accounts = createAccounts({
    ...fixture.options,
    vendorOf: (id) => (id === 'acme' ? acme : null),
    sealer: fixture.options.sealerOf('account'),
    settingSealer: fixture.options.sealerOf('setting'),
    send(request, upstream) {
      world.sent.push({ ...request, upstream });
      const token = request.headers['authorization']?.slice('Bearer '.length) ?? '';
      return Promise.resolve({
        status: world.valid.has(token) ? 200 : 401,
        headers: {},
        body: Buffer.alloc(0),
      });
    },
    announce() {
      world.announced.times += 1;
      return Promise.resolve();
    },
  });
  return { ...fixture, ...world, accounts };
}
const values = { sid: 'AC2', token: 'hunter2hunter2' };

test('a sealed account keeps public fields readable and shows no secret anywhere', async () => {
  const { accounts, options } = await setUp();
  const record = await accounts.seal({ vendor: 'acme', name: 'second', values });
  assert.deepEqual(record.fields, { sid: 'AC2' });
  assert.equal(record.currency, 'EUR');
  assert.equal(record.testedAt, null);
  const shown = inspect([record, await accounts.list(), openAccount(options.sealerOf('account'), record)], {
    depth: 9,
  });
  assert.ok(!shown.includes('hunter2'));
  assert.equal(openAccount(options.sealerOf('account'), record).secrets['token']?.reveal(), 'hunter2hunter2');
});

test('values are checked by the fields of the adapter, and a problem never quotes them', async () => {
  const { accounts } = await setUp();
  const cases: readonly [Record<string, string>, RegExp][] = [
    [{ sid: 'AC2' }, /token is missing. It has 8 letters/],
    [{ sid: 'AC2', token: '' }, /token is missing/],
    [{ ...values, token: 'hunter2' }, /token: It has 8 letters/],
    [{ ...values, sid: 'hunter2' }, /sid: It looks like AC1/],
    [{ ...values, token: 'hunter2'.repeat(3000) }, /token: /],
    [{ ...values, pasword: 'hunter2' }, /no field "pasword", only sid, token, extra/],
    [{ ...values, constructor: 'hunter2' }, /no field "constructor"/],
  ];
  for (const [bad, message] of cases) {
    await assert.rejects(accounts.seal({ vendor: 'acme', name: 'x', values: bad }), (error: Error) => {
      assert.match(error.message, message);
      return !inspect(error).includes('hunter2');
    });
  }
});

test('an account of an unknown vendor, without name or with a strange upstream is refused', async () => {
  const { accounts } = await setUp();
  const account = { vendor: 'acme', name: 'second', values };
  await assert.rejects(accounts.seal({ ...account, vendor: 'none' }), { code: 'not_found' });
  await assert.rejects(accounts.seal({ ...account, name: '' }), { code: 'input_invalid' });
  for (const upstream of ['', 'x', 'ftp://a', 'http://a/b', 'http://u:p@a', 'http://a?b', 'javascript:1'])
    await assert.rejects(accounts.seal({ ...account, upstream }), { code: 'input_invalid' }, upstream);
  const { upstream } = await accounts.seal({ ...account, upstream: 'http://127.0.0.1:9000/' });
  assert.equal(upstream, 'http://127.0.0.1:9000');
});

test('a test sends the harmless call with the real credential and remembers success', async () => {
  const { accounts, sent, valid, clock } = await setUp();
  assert.deepEqual(await accounts.test('account_1'), { accepted: true, status: 200 });
  assert.equal(sent[0]?.headers['authorization'], 'Bearer realtoken');
  assert.equal((await accounts.get('account_1')).testedAt, clock.wall());
  valid.clear();
  clock.wallTime += 1;
  assert.deepEqual(await accounts.test('account_1'), { accepted: false, status: 401 });
  assert.equal((await accounts.get('account_1')).testedAt, clock.wall() - 1);
});

test('a credential is recorded before it is in use, and not where it is refused', async () => {
  const { accounts, valid } = await setUp();
  const acts: string[] = [];
  const sealed = async (id: string) => void acts.push(`${id} before ${(await accounts.list()).length}`);
  const account = { vendor: 'acme', name: 'second', values: { sid: 'AC2', token: 'realtoken' } };
  const { id } = await accounts.seal(account, sealed);
  assert.deepEqual(acts.splice(0), [`${id} before 1`]);
  await assert.rejects(accounts.seal(account, sealed), { code: 'conflict', message: /"second" is taken/ });
  await assert.rejects(accounts.seal({ ...account, name: 'x', vendor: 'none' }, sealed), {
    code: 'not_found',
  });
  const resealed = async () => void acts.push((await accounts.get('account_1')).sealed);
  const { sealed: old } = await accounts.get('account_1');
  await assert.rejects(accounts.reseal('account_1', { token: 'wrongtoken' }, resealed));
  assert.deepEqual(acts, []);
  valid.add('newertoken');
  await accounts.reseal('account_1', { token: 'newertoken' }, resealed);
  assert.deepEqual(acts, [old]);
});

test('a new credential is used only when the vendor accepts it', async () => {
  const { accounts, valid, clock, options } = await setUp();
  const token = async () =>
    openAccount(options.sealerOf('account'), await accounts.get('account_1')).secrets['token']?.reveal();
  await assert.rejects(accounts.reseal('account_1', { token: 'wrongtoken' }), { code: 'vendor_refused' });
  assert.equal(await token(), 'realtoken');
  await assert.rejects(accounts.commit('account_1'), { code: 'not_found' });
  valid.add('newertoken');
  const record = await accounts.reseal('account_1', { token: 'newertoken' });
  assert.equal(await token(), 'newertoken');
  assert.equal(record.testedAt, clock.wall());
  assert.deepEqual(record.fields, { sid: 'AC1' });
});

test('an account that the key ring does not open is sealed anew with all of its secrets', async () => {
  const { accounts, options } = await setUp();
  const record = await accounts.get('account_1');
  await options.accounts.put({ ...record, sealed: record.sealed.replace(/^rfs1\.[^.]+/, 'rfs1.gone') });
  await assert.rejects(accounts.test('account_1'), { code: 'key_ring_missing' });
  for (const part of [{ sid: 'AC1' }, { token: 'realtoken' }])
    await assert.rejects(accounts.reseal('account_1', part), { code: 'input_invalid' });
  const whole = await accounts.reseal('account_1', { sid: 'AC1', token: 'realtoken' });
  const open = openAccount(options.sealerOf('account'), whole);
  assert.deepEqual([open.fields, open.secrets['token']?.reveal()], [{ sid: 'AC1' }, 'realtoken']);
});

test('whoever turns an account to another server in the store gets its credential neither now nor when it is sealed anew', async () => {
  const { accounts, options, sent } = await setUp();
  const record = await accounts.get('account_1');
  const turned = [{ upstream: 'https://thief.example' }, { fields: { sid: 'AC9' } }, { vendor: 'other' }];
  for (const change of turned) {
    const changed = { ...record, ...change };
    await options.accounts.put(changed);
    assert.throws(() => openAccount(options.sealerOf('account'), changed), { code: 'verify_failed' });
    await assert.rejects(accounts.test('account_1'), { code: 'verify_failed' });
  }
  const candidates = createCandidates(options.settings, options.sealerOf('setting'));
  await candidates.put('account_1', {
    fields: { sid: 'AC1' },
    secrets: { token: new Secret('stagedtoken') },
  });
  await options.accounts.put({ ...record, upstream: 'https://thief.example' });
  await assert.rejects(accounts.commit('account_1'), { code: 'conflict', message: /thief\.example/ });
  const whole = accounts.reseal('account_1', { sid: 'AC1', token: 'realtoken' });
  await assert.rejects(whole, { code: 'conflict', message: /thief\.example/ });
  assert.deepEqual(sent, []);
});

test('sealing by hand leaves alone what a rotation has staged, accepted or not', async () => {
  const { accounts, options, valid, announced } = await setUp();
  const candidates = createCandidates(options.settings, options.sealerOf('setting'));
  const staged = { fields: { sid: 'AC9' }, secrets: { token: new Secret('stagedtoken') } };
  await candidates.put('account_1', staged);
  await assert.rejects(accounts.reseal('account_1', { token: 'wrongtoken' }), { code: 'vendor_refused' });
  valid.add('newertoken');
  await accounts.reseal('account_1', { token: 'newertoken' });
  const kept = await options.settings.get('account.account_1.candidate');
  assert.ok(kept?.startsWith('rfs1.'));
  const record = await accounts.commit('account_1');
  assert.deepEqual(record.fields, { sid: 'AC9' });
  assert.deepEqual(Object.keys(openAccount(options.sealerOf('account'), record).secrets), ['token']);
  assert.equal(announced.times, 2);
  assert.equal(await options.settings.get('account.account_1.candidate'), '');
});

test('an account goes only when no key of it is in use', async () => {
  const { accounts, options, announced } = await setUp();
  const announce = () => Promise.resolve();
  const keys = createVirtualKeys({
    ...options,
    sealer: options.sealerOf('key'),
    custodyOf: () => acme.custody,
    announce,
  });
  const request = { app: 'app_1', account: 'account_1', name: 'k', lifetime: null, networks: [] };
  const { record } = await keys.create(request);
  const recorded: number[] = [];
  const note = async () => void recorded.push((await accounts.list()).length);
  const message = /1 virtual key of the account .*: k\. /;
  await assert.rejects(accounts.remove('account_1', note), { code: 'conflict', message });
  assert.deepEqual(recorded, [], 'what is refused is not recorded');
  await keys.revoke(record.id);
  const generations = ['account.account_1.candidate', 'account.account_1.previous'];
  for (const name of generations) await options.settings.put(name, 'sealed');
  await accounts.remove('account_1', note);
  assert.deepEqual(recorded, [1], 'recorded before it happens');
  for (const name of generations) assert.equal(await options.settings.get(name), '', name);
  assert.equal(announced.times, 1);
  await assert.rejects(accounts.get('account_1'), { code: 'not_found' });
  await assert.rejects(accounts.remove('account_1'), { code: 'not_found' });
});

test('an account is not removed under a key that is being made for it', async () => {
  const { accounts, options } = await setUp();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const store = { ...options.keys, put: (key: VirtualKeyRecord) => gate.then(() => options.keys.put(key)) };
  const keys = createVirtualKeys({
    ...options,
    keys: store,
    sealer: options.sealerOf('key'),
    custodyOf: () => acme.custody,
    announce: () => Promise.resolve(),
  });
  const request = { app: 'app_1', account: 'account_1', name: 'till', lifetime: null, networks: [] };
  const created = keys.create(request);
  await new Promise(setImmediate); // The account was looked up.
  const removed = accounts.remove('account_1');
  await new Promise(setImmediate);
  open();
  await created;
  await assert.rejects(removed, { code: 'conflict' });
});
