import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { periodAt } from '../../guard/budgets/window.ts';
import type { AdminAct } from '../../journal/records.ts';
import { micros } from '../../kernel/money.ts';
import { createKeyedLock } from '../../kernel/keyed-lock.ts';
import type { BudgetRecord, BudgetWindow } from '../../store/records.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { createBudgetService } from './budget-service.ts';

const NOW = Date.UTC(2026, 10, 25, 12);
const LIMIT = micros(1_000);

/** Of a budget `w0` presumes to have spent 100 in this period and 30 in the one before, `w1` 50 in this one. */
async function openWorld(t: TestContext, window: BudgetWindow) {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-budgets-'));
  const store = await openSqliteStore({ path: join(folder, 'store.db'), clock: { wall: Date.now } });
  t.after(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const budget: BudgetRecord = {
    id: 'b',
    name: 'all',
    scope: {},
    unit: 'money',
    currency: 'EUR',
    limit: LIMIT,
    window,
    rates: {},
    createdAt: 0,
  };
  const { start } = periodAt(window, NOW);
  const before = periodAt(window, start - 1).start;
  const grant = (node: string, period: number, amount: number) =>
    store.leases.grant({
      budget: 'b',
      period,
      since: 0,
      limit: LIMIT,
      node,
      epoch: 1,
      need: micros(amount),
      want: micros(amount),
    });
  await store.budgets.put(budget);
  await grant('w0', start, 100);
  if (before !== start) await grant('w0', before, 30);
  await grant('w1', start, 50);
  await grant('w2', start, 7);
  for (const node of ['w0', 'w1']) await store.leases.close(node, 1, 'presume');
  const acts: AdminAct[] = [];
  let isBroken = false;
  const service = createBudgetService({
    store,
    clock: { wall: () => NOW, ledger: () => NOW },
    lock: createKeyedLock(),
    refreshBudgets: () => Promise.resolve(),
    record: (act) =>
      isBroken ? Promise.reject(new Error('the disk is full')) : Promise.resolve(void acts.push(act)),
  });
  return {
    service,
    acts,
    breakJournal: () => void (isBroken = true),
    release: (presumed: number, amount: number | null = null, process: string | null = null) =>
      service.release(
        budget,
        {
          presumed: micros(presumed),
          amount: amount === null ? null : micros(amount),
          process,
          reason: 'bill',
        },
        'admin/ada',
      ),
    presumed: async () =>
      (await service.presumed(budget)).map(({ node, amount }): [string, number] => [node, amount]),
    left: async () => (await service.uses())[0]?.use.left,
    problems: async () => (await store.ledger.verify()).problems,
  };
}

const FIXED: readonly BudgetWindow[] = [
  { kind: 'day' },
  { kind: 'week' },
  { kind: 'month' },
  { kind: 'total' },
];

for (const window of FIXED)
  test(`presumed money of a window of a ${window.kind} is given back, in part or as a whole, and is journaled`, async (t) => {
    const world = await openWorld(t, window);
    assert.deepEqual(await world.presumed(), [
      ['w0', 100],
      ['w1', 50],
    ]);
    assert.equal(await world.release(150, 110), 110);
    assert.deepEqual(await world.presumed(), [['w1', 40]]);
    assert.equal(await world.left(), 1000 - 7 - 40);
    assert.equal(await world.release(40), 40);
    assert.equal(await world.left(), 1000 - 7);
    assert.deepEqual(
      world.acts.map(({ actor, act, target, detail }) => [actor, act, target, detail['amount']]),
      [
        ['admin/ada', 'budget.release', 'all', 110],
        ['admin/ada', 'budget.release', 'all', 40],
      ],
    );
    assert.deepEqual(world.acts[0]?.detail['from'], { 'w0-1': '0.0001', 'w1-1': '0.00001' });
    assert.deepEqual(await world.problems(), []);
  });

test('of a sliding window all periods give back, the oldest first', async (t) => {
  const world = await openWorld(t, { kind: 'sliding', milliseconds: 3_600_000 });
  assert.deepEqual(await world.presumed(), [
    ['w0', 30],
    ['w0', 100],
    ['w1', 50],
  ]);
  assert.equal(await world.release(180, 40), 40);
  assert.deepEqual(await world.presumed(), [
    ['w0', 90],
    ['w1', 50],
  ]);
  assert.equal(await world.release(140), 140);
  assert.equal(await world.left(), 1000 - 7);
  assert.deepEqual(await world.problems(), []);
});

test('no more is given back than is presumed, of one process or of all, and the money of those that live is not', async (t) => {
  const world = await openWorld(t, { kind: 'total' });
  for (const [presumed, amount, process, message] of [
    [
      150,
      151,
      null,
      /^Only 0\.00015 EUR are presumed spent of budget all: no more than that can be released/,
    ],
    [50, 51, 'w1-1', /^Only 0\.00005 EUR are presumed spent of budget all by w1-1/],
    [7, 7, 'w2-1', /^Nothing is presumed spent of budget all by w2-1/],
    [0, null, 'w1-2', /^Nothing is presumed/],
  ] as const)
    await assert.rejects(world.release(presumed, amount, process), { code: 'conflict', message });
  assert.deepEqual(world.acts, []);
  assert.equal(await world.release(50, null, 'w1-1'), 50);
  assert.deepEqual(await world.presumed(), [['w0', 100]]);
});

test('a release that is asked for twice, or that saw another sum, gives back once', async (t) => {
  const world = await openWorld(t, { kind: 'total' });
  const twice = await Promise.allSettled([world.release(150, 60), world.release(150, 60)]);
  assert.deepEqual(twice.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await assert.rejects(world.release(150, 60), {
    code: 'conflict',
    message: /^0\.00009 EUR are presumed spent of budget all now, not 0\.00015/,
  });
  assert.equal(await world.left(), 1000 - 7 - 90);
});

test('nothing is given back that could not be journaled', async (t) => {
  const world = await openWorld(t, { kind: 'total' });
  world.breakJournal();
  await assert.rejects(world.release(150), /the disk is full/);
  assert.equal(await world.left(), 1000 - 7 - 150);
});
