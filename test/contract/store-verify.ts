import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { LedgerVerification, Store } from '../../src/store/ports.ts';
import { BLOCK } from '../../src/store/period-sums.ts';
import { batch, committed, grantRequest, money, released, row, unknown } from './store-builders.ts';
import { EMPTY_MONEY, type EngineUnderTest, type Place } from './store-engines.ts';
import { storeWorld } from './store-world.ts';

interface Injection {
  readonly what: string;
  readonly sql: string;
  readonly named: RegExp;
}

/** What somebody may do to the database by hand; each must be named. */
const INJECTIONS: readonly Injection[] = [
  {
    what: 'lowered spent',
    sql: `UPDATE period SET spent = spent - 1`,
    named: /spent is \d+, but its rows sum to \d+/,
  },
  {
    what: 'raised leased',
    sql: `UPDATE period SET leased = leased + 5`,
    named: /leased is \d+, but its open leases/,
  },
  {
    what: 'lowered presumed',
    sql: `UPDATE period SET presumed = 0`,
    named: /presumed is 0, but its presumed leases/,
  },
  { what: 'a negative sum', sql: `UPDATE period SET leased = -1`, named: /leased is negative/ },
  {
    what: 'a cheaper reserve',
    sql: `UPDATE ledger SET reserves = '[[1,1]]' WHERE position = 0`,
    named: /spent is/,
  },
  {
    what: 'unreadable reserves',
    sql: `UPDATE ledger SET reserves = 'x' WHERE position = 0`,
    named: /reserves cannot be read/,
  },
  {
    what: 'a reserve of a period that is not there',
    sql: `UPDATE ledger SET reserves = '[[77777777,10]]' WHERE position = 0`,
    named: /w0-1-0: reserves of period 77777777, which does not exist/,
  },
  { what: 'a removed row', sql: `DELETE FROM ledger WHERE position = 0`, named: /spent is/ },
  {
    what: 'a released row that costs',
    sql: `UPDATE ledger SET state = 'released' WHERE position = 0`,
    named: /w0-1-0: is released but/,
  },
  {
    what: 'an unknown row below its bound',
    sql: `UPDATE ledger SET amount = 1 WHERE position = 1`,
    named: /w0-1-1: is unknown but stands at 1/,
  },
  {
    what: 'an invented state',
    sql: `UPDATE ledger SET state = 'paid' WHERE position = 0`,
    named: /unknown state paid/,
  },
  {
    what: 'an open row of a closed process',
    sql: `UPDATE ledger SET state = 'reserved' WHERE position = 1 AND life = (SELECT id FROM life WHERE node = 'w1')`,
    named: /w1-1: is closed but 1 rows/,
  },
  {
    what: 'a cursor set back',
    sql: `UPDATE life SET position = 2 WHERE node = 'w0'`,
    named: /w0-1: its cursor 2 is not beyond row 3/,
  },
  {
    what: 'a cursor behind its anchor',
    sql: `UPDATE life SET position = 5 WHERE node = 'w0'`,
    named: /behind its anchor 6/,
  },
  {
    what: 'another head',
    sql: `UPDATE life SET head = 'ff' WHERE node = 'w0'`,
    named: /disagree about the head/,
  },
  { what: 'a removed journal', sql: `DELETE FROM life WHERE node = 'w0'`, named: /does not exist/ },
  {
    what: 'a fuller lease',
    sql: `UPDATE lease SET remaining = remaining + 1 WHERE state = 'open'`,
    named: /leased is/,
  },
  {
    what: 'a reopened lease',
    sql: `UPDATE lease SET state = 'open' WHERE state = 'presumed'`,
    named: /open although its process was closed/,
  },
  {
    what: 'a closed lease with money',
    sql: `UPDATE lease SET state = 'closed' WHERE state = 'open'`,
    named: /is closed but holds/,
  },
  { what: 'a forgotten resource id', sql: `DELETE FROM mark WHERE ledger > 0`, named: /the index knows 0/ },
  // Last: the store may remember the number of a period.
  { what: 'a removed period', sql: `DELETE FROM period`, named: /does not exist/ },
];

export function verifyContract(engine: EngineUnderTest): void {
  describe('verification', () => {
    const world = storeWorld(engine);

    it('finds an untouched store clean and adds up the amounts', async () => {
      await fill(world.store);
      const { totals } = await world.store.ledger.verify();
      assert.deepEqual(JSON.parse(JSON.stringify(await world.store.ledger.totals())), totals);
      assert.deepEqual(await world.store.ledger.verify(), {
        rows: 6,
        periods: 1,
        problems: [],
        totals: [
          { currency: 'EUR', state: 'released', amount: 0, rows: 1 },
          { currency: 'USD', state: 'committed', amount: 17, rows: 2 },
          { currency: 'USD', state: 'reserved', amount: 10, rows: 1 },
          { currency: 'USD', state: 'unknown', amount: 20, rows: 2 },
        ],
      });
    });

    for (const { what, sql, named } of INJECTIONS)
      it(`names ${what}`, async () => {
        await world.sandbox.edit(EMPTY_MONEY);
        await fill(world.store);
        await world.sandbox.edit(sql);
        assert.match((await world.store.ledger.verify()).problems.join('\n'), named);
      });
  });

  describe('verification of many periods', () => {
    const world = storeWorld(engine);

    it('takes no more memory for them, and knows each', async () => {
      await fill(world.store);
      // Their numbers lie on both sides of what is summed at once.
      await world.sandbox.edit(manyPeriods(BLOCK - 1000));
      const { periods, rows, problems } = await verifyInThread(world.sandbox.place);
      assert.deepEqual([periods, rows, problems], [MANY + 1, MANY + 6, []]);
      for (const [place, period] of [1, MANY - 1].entries()) {
        await world.sandbox.edit(`UPDATE period SET spent = spent + 1 WHERE period = ${period * 1000}`);
        const { problems: named } = await world.store.ledger.verify();
        assert.equal(named.length, place + 1);
        assert.match(named.join(), new RegExp(`budget sliding period ${period * 1000}: spent is 2, but`));
      }
    });
  });
}

/** Periods of a sliding window, each of which one row has taken from; they are numbered from `first` on. */
const manyPeriods = (first: number): string => `
  INSERT INTO period (id, budget, period, spent)
  WITH RECURSIVE step (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM step WHERE n < ${MANY} - 1)
  SELECT ${first} + n, 'sliding', n * 1000, 1 FROM step;
  INSERT INTO ledger (id, life, position, at, subject, bound, amount, state, settled, reserves, resource_ids, fingerprints)
  SELECT period.id, life.id, period.id, 0, subject.id, 1, 1, 'committed', TRUE, '[[' || period.id || ',1]]', '[]', '[]'
  FROM period, life, subject
  WHERE period.budget = 'sliding' AND life.node = 'w0' AND subject.currency = 'USD';
  UPDATE life SET position = ${first + MANY} WHERE node = 'w0'`;

const MANY = 150_000;
const HEAP_MEBIBYTES = 64;

async function verifyInThread(place: Place): Promise<LedgerVerification> {
  const thread = new Worker(new URL('./store-verify-thread.ts', import.meta.url), {
    workerData: place,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES },
  });
  const [found] = (await once(thread, 'message')) as [LedgerVerification];
  await thread.terminate();
  return found;
}

async function fill(store: Store): Promise<void> {
  await store.leases.grant(grantRequest());
  await store.leases.grant(grantRequest({ node: 'w1' }));
  await store.ledger.load(
    batch(0, 6, {
      rows: [row(0), row(1), row(2, { currency: 'EUR' }), row(3)],
      outcomes: [committed(0, 7, { resourceIds: ['SM1'] }), unknown(1), released(2)],
    }),
  );
  const rows = [row(0, { node: 'w1' }), row(1, { node: 'w1' })];
  const outcome = committed(0, 10, { of: { node: 'w1', epoch: 1, position: 0 }, settled: false });
  await store.ledger.load(batch(0, 2, { node: 'w1', rows, outcomes: [outcome] }));
  await store.leases.close('w1', 1, 'presume');
  await store.leases.forgive('budget', grantRequest().period, money(5));
}
