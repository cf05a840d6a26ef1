import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fault } from '../../journal/fault.ts';
import { intent, nobodyLives, openFor } from '../../journal/journal-fixture.ts';
import type { Place } from '../../journal/segments.ts';
import { systemBoot } from '../../journal/system.ts';
import { micros } from '../../kernel/money.ts';
import type { LedgerStore } from '../../store/ports.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { createHeadway } from './headway.ts';
import { createShipper } from './shipper.ts';

const COST = micros(10);

async function openStore(t: TestContext, folder: string, name: string) {
  const store = await openSqliteStore({ path: join(folder, name), clock: { wall: Date.now } });
  t.after(() => store.close());
  const spent = async () => (await store.leases.periods('b', 0))[0]?.spent;
  const cursor = async () => (await store.ledger.cursors('w0')).at(-1);
  return { ...store, spent, cursor };
}

async function openWorld(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-setback-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const directory = join(folder, 'w0');
  const [first, copy] = [await openStore(t, folder, 'first'), await openStore(t, folder, 'copy')];
  let store = first;
  const ledger = {
    load: (batch: Parameters<LedgerStore['load']>[0]) => store.ledger.load(batch),
    cursors: (node: string) => store.ledger.cursors(node),
  };
  const setbacks: Place[] = [];
  const losses: unknown[] = [];
  const open = () =>
    createShipper({
      node: 'w0',
      directory,
      ledger,
      leases: first.leases,
      sleep: () => new Promise((done) => setTimeout(done, 10)),
      onFault: () => {},
      onRecovery: () => {},
      onLoss: async (loss) => void losses.push(loss),
      onSetback: async ({ epoch, position }) => void setbacks.push({ epoch, position }),
    });
  const live = () => openFor(t, { directory, boot: systemBoot(), processes: nobodyLives });
  return { first, copy, setbacks, losses, open, live, use: (one: typeof first) => void (store = one) };
}

type Journal = Awaited<ReturnType<Awaited<ReturnType<typeof openWorld>>['live']>>;

async function spend(journal: Journal, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    journal.append({ ...intent(index), bound: COST, currency: 'USD', reserves: [['b', 0, COST]] });
  await journal.flush();
}

test('what a store lacks that failed over to an older copy of itself is loaded again', async (t) => {
  const { first, copy, setbacks, losses, open, live, use } = await openWorld(t);
  const journal = await live();
  await spend(journal, 4);
  use(copy);
  const before = await open();
  await before.drain();
  await before.close();
  use(first);
  const shipper = await open();
  t.after(() => shipper.close());
  await spend(journal, 3);
  await shipper.drain();
  assert.deepEqual([await first.spent(), await copy.spent()], [70, 40]);
  const known = await copy.cursor();
  use(copy);
  await spend(journal, 2);
  await shipper.drain();
  assert.equal(await copy.spent(), 90);
  assert.deepEqual(setbacks, [{ epoch: known?.epoch, position: known?.position }]);
  assert.deepEqual(losses, []);
});

test('a store that lacks whole lives of a process is given them again', async (t) => {
  const { first, copy, setbacks, losses, open, live, use } = await openWorld(t);
  const shipper = await open();
  t.after(() => shipper.close());
  for (const count of [2, 3]) {
    await spend(await live(), count);
    await shipper.drain();
  }
  const journal = await live();
  await spend(journal, 1);
  await shipper.drain();
  assert.equal(await first.spent(), 60);
  use(copy);
  await spend(journal, 1);
  await shipper.drain();
  assert.equal(await copy.spent(), 70);
  assert.equal((await copy.cursor())?.epoch, 3);
  assert.deepEqual(setbacks, [{ epoch: 0, position: 0 }]);
  assert.deepEqual(losses, []);
});

test('what a store lacks of a life that has ended meanwhile is loaded before the next one', async (t) => {
  const { first, copy, setbacks, losses, open, live, use } = await openWorld(t);
  const shipper = await open();
  t.after(() => shipper.close());
  await spend(await live(), 4);
  await shipper.drain();
  assert.equal(await first.spent(), 40);
  use(copy);
  await spend(await live(), 1);
  await shipper.drain();
  assert.equal(await copy.spent(), 50);
  assert.deepEqual(setbacks, [{ epoch: 0, position: 0 }]);
  assert.deepEqual(losses, []);
});

test('a store that lacks what a process at rest had spent is given it when it is looked for', async (t) => {
  const { first, copy, setbacks, open, live, use } = await openWorld(t);
  const shipper = await open();
  t.after(() => shipper.close());
  await spend(await live(), 4);
  await shipper.drain();
  await shipper.check();
  assert.deepEqual([await first.spent(), setbacks.length], [40, 0]);
  const reached = shipper.reached();
  use(copy);
  await shipper.check();
  assert.deepEqual(shipper.reached(), reached, 'no less is asked of the copy');
  await shipper.drain();
  assert.equal(await copy.spent(), 40);
  assert.equal(setbacks.length, 1);
});

test('what a process that is started no more had spent is loaded again as well', async (t) => {
  const { first, copy, open, live, use } = await openWorld(t);
  await spend(await live(), 4);
  const shipper = await open();
  await shipper.drain();
  await shipper.close();
  await shipper.check();
  assert.equal(await first.spent(), 40);
  use(copy);
  await shipper.check();
  assert.equal(await copy.spent(), 40);
  await shipper.close();
});

test('of what is loaded again, the rest of a life that is given up makes nobody forget the later ones', () => {
  const headway = createHeadway({ epoch: 1, position: 4 });
  headway.moveTo({ epoch: 2, position: 9 });
  headway.moveTo({ epoch: 1, position: 0 });
  const malformed = (epoch: number) => fault('malformed', { node: 'w0', epoch, position: 0 }, 'nonsense');
  headway.giveUp(malformed(1));
  assert.deepEqual(headway.furthest(), { epoch: 2, position: 9 });
  headway.giveUp(malformed(2));
  assert.deepEqual(headway.furthest(), { epoch: 1, position: 0 });
});
