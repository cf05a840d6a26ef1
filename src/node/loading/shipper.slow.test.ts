import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import {
  breakDisk,
  chainBefore,
  createBench,
  intent,
  isSigned,
  nobodyLives,
  openFor,
  readRaw,
  released,
  rehash,
  writeRaw,
} from '../../journal/journal-fixture.ts';
import { openJournal } from '../../journal/journal.ts';
import type { JournalRecord } from '../../journal/records.ts';
import { segmentPath } from '../../journal/segments.ts';
import { verifyJournal } from '../../journal/verify.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { micros } from '../../kernel/money.ts';
import type { LedgerStore } from '../../store/ports.ts';
import { createLosses } from './losses.ts';
import { closeLeases } from './recovery.ts';
import { BOOT, COST, openWorld } from './shipper-fixture.ts';

test('a damaged epoch is loaded up to its fault, told, presumed spent, and passed once the next one is there', async (t) => {
  const world = await openWorld(t);
  await world.live(6);
  world.spoil(1, 5); // positions 0 and 1 are the opening and its signature
  const shipper = await world.ship();
  await shipper.drain();
  assert.deepEqual(
    world.losses.map(({ fault, leases }) => [fault.kind, fault.epoch, fault.position, leases.length]),
    [['damaged', 1, 5, 1]],
  );
  assert.deepEqual(await world.leased(), []);
  assert.deepEqual(await world.period(), { spent: 30, leased: 0, presumed: 970 });
  assert.equal((await world.store.ledger.pending('unknown', 10)).length, 3, 'to be looked up at the vendor');
  await shipper.drain();
  assert.equal(world.losses.length, 1, 'it is told once');

  await world.live(2);
  await shipper.drain();
  assert.deepEqual(await world.period(), { spent: 50, leased: 980, presumed: 970 });
  assert.equal(world.losses.length, 1);
  assert.deepEqual((await world.store.ledger.verify()).problems, []);
});

test('the slices of a damaged epoch stay presumed when the loading is killed after the next epoch', async (t) => {
  const world = await openWorld(t);
  await world.live(6);
  await world.live(2);
  world.spoil(1, 3);
  const first = await world.ship();
  await first.drain();
  await first.close();
  const shipper = await world.ship();
  await shipper.drain();
  await closeLeases({ ...world, ...world.store, node: 'w0', boot: BOOT, isDoubtful: false });
  assert.deepEqual(await world.period(), { spent: 30, leased: 0, presumed: 990 });
  assert.equal(world.losses.length, 1);
});

test('whoever waits for records that will never be loaded is told so', async (t) => {
  const world = await openWorld(t);
  await world.live(6);
  world.spoil(1, 4);
  const shipper = await world.ship();
  const failure = { code: 'verify_failed', message: /w0-1-4/ };
  await assert.rejects(shipper.loaded(1, 8), failure);
  await assert.rejects(shipper.loaded(1, 8), failure);
  await shipper.loaded(1, 4);
});

test('nothing is given up before the loss could be recorded', async (t) => {
  const world = await openWorld(t);
  await world.live(6);
  world.spoil(1, 4);
  let isBroken = true;
  let told = 0;
  const shipper = await world.ship({
    onLoss() {
      told += 1;
      return isBroken ? Promise.reject(new RingfenceError('journal_unavailable')) : Promise.resolve();
    },
  });
  await assert.rejects(shipper.drain(), { code: 'journal_unavailable' });
  assert.deepEqual(await world.leased(), [[1, 980]]);
  isBroken = false;
  await shipper.drain();
  assert.ok(told >= 2);
  assert.deepEqual(await world.period(), { spent: 20, leased: 0, presumed: 980 });
});

test('a store that fails for a while loses nothing that was read', async (t) => {
  const world = await openWorld(t);
  await world.live(6);
  let failures = 3;
  const { ledger } = world.store;
  const shipper = await world.ship({
    ledger: {
      cursors: ledger.cursors,
      load: (batch) =>
        failures-- > 0 ? Promise.reject(new RingfenceError('store_unavailable')) : ledger.load(batch),
    },
  });
  await shipper.loaded(1, 8);
  assert.deepEqual(world.losses, []);
  assert.deepEqual(await world.period(), { spent: 60, leased: 940, presumed: 0 });
});

test('records that contradict the ledger end their epoch too', async (t) => {
  const world = await openWorld(t);
  const journal = await world.live(1);
  const amount = micros(5);
  const outcome = { at: 1, status: 200, costs: true, state: 'committed', amount, settled: true } as const;
  journal.append({ type: 'outcome', ...outcome, of: 400, spent: [amount], resourceIds: [] });
  await journal.flush();
  const shipper = await world.ship();
  await shipper.drain();
  assert.match(world.losses[0]?.fault.message ?? '', /the ledger does not accept it.*never loaded/);
  assert.deepEqual(await world.leased(), []);
});

test('outcomes of an earlier journal, which names their budgets again, count like others', async (t) => {
  const world = await openWorld(t);
  const journal = await world.live(2);
  const outcome = { type: 'outcome', at: 1, status: 200, costs: true, settled: true, resourceIds: [] };
  const earlier = [
    { ...outcome, of: 2, state: 'committed', amount: 4, reserves: [['b', 0, 4]] },
    { ...outcome, of: 3, state: 'released', amount: 0, reserves: [['b', 0, 0]] },
  ];
  for (const record of earlier) journal.append(record as unknown as JournalRecord);
  await journal.flush();
  const shipper = await world.ship();
  await shipper.drain();
  assert.deepEqual(world.losses, []);
  assert.deepEqual(await world.period(), { spent: 4, leased: 996, presumed: 0 });
});

test('slices go back after a plain crash, and count as spent when the machine went down or the boot cannot be read', async (t) => {
  for (const { boot, spoilt, isDoubtful, presumed } of [
    { boot: BOOT, spoilt: false, isDoubtful: false, presumed: 0 },
    { boot: 'another', spoilt: false, isDoubtful: false, presumed: 980 },
    { boot: BOOT, spoilt: false, isDoubtful: true, presumed: 980 },
    { boot: BOOT, spoilt: true, isDoubtful: false, presumed: 980 },
  ]) {
    const world = await openWorld(t);
    await world.live(2);
    const shipper = await world.ship();
    await shipper.drain();
    if (spoilt) {
      const path = segmentPath(world.directory, { epoch: 1, position: 0 });
      writeFileSync(path, readFileSync(path).fill(1, 130, 140));
    }
    await closeLeases({ ...world, ...world.store, node: 'w0', boot, isDoubtful });
    assert.deepEqual(await world.period(), { spent: 20, leased: 0, presumed });
  }
});

test('lost answers of a process that had no budget, and so no slice, are unknown once it is dead', async (t) => {
  const world = await openWorld(t);
  const journal = await openFor(t, { directory: world.directory, boot: BOOT, processes: nobodyLives });
  journal.append({ ...intent(1), bound: COST, currency: 'USD' });
  await journal.flush();
  const shipper = await world.ship();
  await shipper.drain();
  const { ledger } = world.store;
  assert.equal((await ledger.pending('unknown', 10)).length, 0, 'it may still be under way');
  await closeLeases({ ...world, ...world.store, node: 'w0', boot: BOOT, isDoubtful: false });
  assert.equal((await ledger.pending('unknown', 10)).length, 1);
});

test('a loss stands in the control journal, and is said', async (t) => {
  const world = await openWorld(t);
  await world.live(6);
  world.spoil(1, 4);
  const { clock } = createBench();
  const control = await openJournal({
    directory: join(world.directory, '..', 'control'),
    node: 'control',
    clock,
    boot: BOOT,
    version: 'test',
    sign: () => '',
    minFreeBytes: 0,
  });
  t.after(() => control.close());
  const said: string[] = [];
  const losses = createLosses({ journal: control, clock, say: (line) => said.push(line) });
  const shipper = await world.ship({ onLoss: losses.note });
  await shipper.drain();
  assert.equal(losses.of('w0')?.position, 4);
  assert.equal(losses.of('w1'), null);
  assert.match(said.join('\n'), /journal of w0: Record w0-1-4: .*epoch 1 could not be loaded/);
  assert.match(said.join('\n'), /0\.00098 of budget b count as spent/);
  const file = readFileSync(segmentPath(join(world.directory, '..', 'control'), { epoch: 1, position: 0 }));
  assert.match(
    file.toString('latin1'),
    /"what":"journal-given-up","detail":\{"node":"w0","epoch":1,"position":4/,
  );
  const { faults } = await verifyJournal({ ...world, node: 'w0', anchors: [], isSigned, boot: BOOT });
  assert.deepEqual(
    faults.map(({ position }) => position),
    [4],
  );
});

test('an outage of the store is told when it begins and when it is over', async (t) => {
  const world = await openWorld(t);
  await world.live(2);
  const said: string[] = [];
  let tries = 0;
  const { ledger } = world.store;
  const away: LedgerStore['load'] = () => {
    tries += 1;
    return Promise.reject(new Error('the store is away'));
  };
  await world.ship({
    ledger: { cursors: ledger.cursors, load: (batch) => (tries < 5 ? away(batch) : ledger.load(batch)) },
    sleep: () => new Promise((done) => setTimeout(done, 5)),
    onFault: (error) => void said.push((error as Error).message),
    onRecovery: () => void said.push('over'),
  });
  while (said.length < 2) await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual([said, tries], [['the store is away', 'over'], 5]);
});

test('a segment that the disk gives again after some tries is loaded, and is presumed lost when it does not', async (t) => {
  for (const isHealed of [true, false]) {
    const world = await openWorld(t);
    await world.live(6);
    await world.live(0);
    const said: string[] = [];
    const heal = await breakDisk(
      t,
      `${basename(join(world.directory, '..'))}/w0/00000001-000000000000.journal`,
      257,
    );
    const shipper = await world.ship({
      sleep: () => new Promise((done) => setTimeout(done, 5)),
      onFault(error) {
        said.push((error as Error).message);
        if (isHealed && said.length === 3) heal();
      },
    });
    await shipper.drain();
    assert.match(said[0] ?? '', /^Record w0-1-0: the disk does not give it .*00000001-0{12}\.journal/);
    assert.equal(said.length, isHealed ? 3 : 5);
    assert.deepEqual(
      world.losses.map(({ fault: { kind, epoch, position } }) => [kind, epoch, position]),
      isHealed ? [] : [['unreadable', 1, 0]],
    );
    assert.equal((await world.period()).spent, isHealed ? 60 : 0);
    assert.equal((await world.period()).presumed, isHealed ? 0 : 1000);
    heal();
  }
});

for (const [what, forge] of [
  ['not an object', () => null],
  ['a list', () => []],
  ['without a type', () => ({ at: 1 })],
  ['of a time that has no date', (record) => ({ ...record, at: 1e300 })],
  ['an intent without its budgets', (record) => ({ ...record, reserves: undefined })],
  ['an intent whose bound is a text', (record) => ({ ...record, bound: '10' })],
  [
    'an outcome that says nothing of its budgets',
    ({ at }) => ({ ...released(Number(at), 2), spent: undefined }),
  ],
  ['an outcome that gives money', ({ at }) => ({ ...released(Number(at), 2), spent: [-5] })],
] as readonly (readonly [string, (record: Record<string, unknown>) => unknown])[])
  test(`a forged record that fits its checksum and the chain, ${what}, ends its epoch as damage does`, async (t) => {
    const world = await openWorld(t);
    await world.live(6);
    const path = segmentPath(world.directory, { epoch: 1, position: 0 });
    const raw = readRaw(path);
    const frame = raw.frames[5] ?? assert.fail();
    frame.payload = Buffer.from(JSON.stringify(forge(JSON.parse(frame.payload.toString()))));
    rehash(raw.frames, 5, chainBefore(raw));
    writeRaw(path, raw);
    const shipper = await world.ship();
    await shipper.drain();
    assert.deepEqual(
      world.losses.map(({ fault: { kind, epoch, position } }) => [kind, epoch, position]),
      [['malformed', 1, 5]],
    );
    assert.match(
      world.losses[0]?.fault.message ?? '',
      /^Record w0-1-5: .*not a record.*00000001-0{12}\.journal/,
    );
    assert.deepEqual(
      await world.period(),
      { spent: 30, leased: 0, presumed: 970 },
      'what comes before it counts',
    );
    await world.live(2);
    await shipper.drain();
    assert.equal(world.losses.length, 1, 'it is told once');
    assert.deepEqual((await world.store.ledger.verify()).problems, []);
  });
