import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VirtualKeyRecord } from '../store/records.ts';
import { createApps } from './apps.ts';
import { acme, custodyFixture } from './custody-fixture.ts';
import { createVirtualKeys } from './virtual-keys.ts';

/** The store takes a key when the gate opens. */
async function setUp(gate: Promise<void> = Promise.resolve()) {
  const { options, clock } = await custodyFixture();
  const announced = { times: 0 };
  const apps = createApps({ ...options, announce: () => Promise.resolve(void announced.times++) });
  const keys = createVirtualKeys({
    ...options,
    keys: { ...options.keys, put: (key: VirtualKeyRecord) => gate.then(() => options.keys.put(key)) },
    sealer: options.sealerOf('key'),
    custodyOf: () => acme.custody,
    announce: () => Promise.resolve(),
  });
  const createKey = (name: string, lifetime: number | null = null) =>
    keys.create({ app: 'app_1', account: 'account_1', name, lifetime, networks: [] });
  return { apps, keys, createKey, clock, announced };
}

test('an app goes only when no key of it is in use, and those that are in its way are named', async () => {
  const { apps, keys, createKey, clock, announced } = await setUp();
  const { record } = await createKey('till');
  await createKey('kiosk', 60_000);
  await assert.rejects(apps.remove('app_1'), {
    code: 'conflict',
    message: /^2 virtual keys of the app can still be used: till, kiosk\. .*--revoke-keys/,
  });
  await keys.revoke(record.id);
  await assert.rejects(apps.remove('app_1'), { code: 'conflict', message: /: kiosk\. / });
  clock.ledgerTime += 60_000;
  assert.equal(announced.times, 0);
  await apps.remove('app_1');
  assert.equal(announced.times, 1);
  assert.deepEqual(await apps.list(), []);
  await assert.rejects(apps.remove('app_1'), { code: 'not_found' });
  await assert.rejects(createKey('late'), { code: 'not_found' });
});

test('a removal is recorded before it happens, and not where it is refused', async () => {
  const { apps, keys, createKey } = await setUp();
  const recorded: number[] = [];
  const record = async () => void recorded.push((await apps.list()).length);
  const { record: key } = await createKey('till');
  await assert.rejects(apps.remove('app_1', record), { code: 'conflict' });
  await assert.rejects(apps.remove('app_9', record), { code: 'not_found' });
  assert.deepEqual(recorded, []);
  await keys.revoke(key.id);
  await apps.remove('app_1', record);
  assert.deepEqual(recorded, [1]);
});

test('what is made is recorded before it is there, and not where it is refused', async () => {
  const { apps, keys, createKey } = await setUp();
  const recorded: string[] = [];
  const record = async (id: string) => void recorded.push(`${id} before ${(await apps.list()).length}`);
  const app = { id: 'app_2', name: 'two', createdAt: 1 };
  await apps.add(app, () => record('app_2'));
  await assert.rejects(
    apps.add({ ...app, id: 'app_3' }, () => record('app_3')),
    { code: 'conflict' },
  );
  assert.deepEqual(recorded.splice(0), ['app_2 before 1']);
  const { record: till } = await createKey('till');
  const request = { app: 'app_1', account: 'account_1', name: 'till', lifetime: null, networks: [] };
  await assert.rejects(keys.create(request, record), { code: 'conflict', message: /called till/ });
  assert.equal(recorded.length, 0);
  const made = await keys.rotate(till.id, { overlap: 0 }, record);
  await keys.create({ ...request, name: 'kiosk' }, record);
  assert.equal(recorded.length, 2);
  assert.match(recorded[0] ?? '', new RegExp(`^${made.record.id} `));
  await keys.revoke(till.id);
  await assert.rejects(keys.rotate(till.id, { overlap: 0 }, record), { code: 'conflict' });
  assert.equal(recorded.length, 2);
});

test('an app is not removed under a key that is being made for it', async () => {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { apps, createKey } = await setUp(gate);
  const created = createKey('till');
  await new Promise(setImmediate); // The app was looked up.
  const removed = apps.remove('app_1');
  await new Promise(setImmediate);
  open();
  await created;
  await assert.rejects(removed, { code: 'conflict' });
});

test('no key is made for an app that is being removed', async () => {
  const { apps, createKey } = await setUp();
  const removed = apps.remove('app_1');
  await assert.rejects(createKey('till'), { code: 'not_found' });
  await removed;
});
