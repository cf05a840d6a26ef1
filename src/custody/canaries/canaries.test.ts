import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acme, custodyFixture } from '../custody-fixture.ts';
import { createCanaries, type CanaryRecord } from './canaries.ts';

async function setUp(kinds: typeof acme.custody.kinds = acme.custody.kinds) {
  const { clock, options } = await custodyFixture();
  const acts: string[] = [];
  const targets: (string | null)[] = [];
  const incidents: Readonly<Record<string, unknown>>[] = [];
  const announced: (readonly CanaryRecord[])[] = [];
  const canaries = createCanaries({
    ...options,
    custodyOf: () => ({ ...acme.custody, kinds }),
    async record({ act, target }) {
      acts.push(act);
      targets.push(target);
    },
    incident: (what, detail) => Promise.resolve(void incidents.push({ what, ...detail })),
    announce: (all) => Promise.resolve(void announced.push(all)),
  });
  return { canaries, acts, targets, incidents, announced, clock, options };
}

const NEW = { name: 'decoy', account: 'account_1', place: 'repo shop', actor: 'ada' };
const USE = { at: 7, address: '192.0.2.1', vendor: 'acme' };

test('a decoy looks like a virtual key of the account and is known by its keyed hash alone', async () => {
  const { canaries, announced, options } = await setUp();
  const { record, credential } = await canaries.plant(NEW);
  const secret = credential.verifier.reveal();
  assert.match(secret, /^rfv/);
  assert.equal(record.index, options.index(secret));
  assert.equal(announced.at(-1)?.at(-1)?.id, record.id);
  assert.ok(!String(await options.settings.get('canaries')).includes(secret));
  assert.equal((await options.keys.list()).length, 0, 'it is no key');
});

test('a use is an incident that says where it was planted and who came', async () => {
  const { canaries, incidents } = await setUp();
  const { record } = await canaries.plant(NEW);
  await canaries.used(record.id, USE, 3);
  assert.deepEqual(incidents, [
    {
      what: 'canary used',
      canary: record.id,
      name: 'decoy',
      place: 'repo shop',
      vendor: 'acme',
      address: '192.0.2.1',
      at: 7,
      count: 3,
    },
  ]);
  const [listed] = await canaries.list();
  assert.deepEqual([listed?.uses, listed?.lastUse], [3, USE]);
});

test('a use while the store is away is told at once, and counted when it is back', async () => {
  const { canaries, incidents, options } = await setUp();
  const { record } = await canaries.plant(NEW);
  const { get } = options.settings;
  options.settings.get = () => Promise.reject(new Error('away'));
  await assert.rejects(canaries.used(record.id, USE, 2), /away/);
  await assert.rejects(canaries.used(record.id, { ...USE, at: 8 }, 3), /away/);
  assert.deepEqual(
    incidents.map(({ name, count }) => [name, count]),
    [
      ['decoy', 2],
      ['decoy', 3],
    ],
  );
  options.settings.get = get;
  const [listed] = await canaries.list();
  assert.deepEqual([listed?.uses, listed?.lastUse?.at], [5, 8]);
  assert.equal((await canaries.list())[0]?.uses, 5, 'once');
  assert.equal(incidents.length, 2);
});

test('a use of one that is known to the processes alone is told by its id', async () => {
  const { canaries, incidents, options } = await setUp();
  options.settings.get = () => Promise.reject(new Error('away'));
  await assert.rejects(canaries.used('canary_1', USE, 1), /away/);
  assert.deepEqual(incidents[0]?.['canary'], 'canary_1');
});

test('the use of a retired or unknown canary is no incident', async () => {
  const { canaries, incidents, acts } = await setUp();
  const { record } = await canaries.plant(NEW);
  await canaries.retire('decoy', 'ada');
  await canaries.used(record.id, USE, 1);
  await canaries.used('canary_unknown', USE, 1);
  assert.deepEqual(incidents, []);
  assert.deepEqual(acts, ['canary.plant', 'canary.retire']);
});

test('a retired one can be removed, which frees its name; one that is watched for cannot', async () => {
  const { canaries, acts } = await setUp();
  await canaries.plant(NEW);
  await assert.rejects(canaries.remove('decoy', 'ada'), { code: 'conflict', message: /Retire it first/ });
  await canaries.retire('decoy', 'ada');
  await canaries.remove('decoy', 'ada');
  assert.deepEqual(await canaries.list(), []);
  await assert.rejects(canaries.remove('decoy', 'ada'), { code: 'not_found' });
  await canaries.plant(NEW);
  assert.deepEqual(acts, ['canary.plant', 'canary.retire', 'canary.remove', 'canary.plant']);
});

test('names are unique and plain, and the account must have keys that are sent', async () => {
  const { canaries } = await setUp();
  await canaries.plant(NEW);
  await assert.rejects(canaries.plant(NEW), /taken/);
  await assert.rejects(canaries.plant({ ...NEW, name: '../etc' }), /letters/);
  await assert.rejects(canaries.plant({ ...NEW, name: 'b', account: 'account_9' }), /no vendor account/);
  await assert.rejects(canaries.retire('nothing', 'ada'), /no canary/);
  const signing = await setUp(['hs256']);
  await assert.rejects(signing.canaries.plant(NEW), /sign instead of being sent/);
});

test('a retirement is journaled of the canary that it ends, and of none where there is none', async () => {
  const { canaries, acts, targets } = await setUp();
  const { record } = await canaries.plant(NEW);
  await assert.rejects(canaries.retire('another', 'ada'), /There is no canary "another"/);
  await canaries.retire('decoy', 'ada');
  assert.deepEqual(acts, ['canary.plant', 'canary.retire']);
  assert.deepEqual(targets, [record.id, record.id]);
});
