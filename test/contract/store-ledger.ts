import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  batch,
  committed,
  DAY,
  grantRequest,
  headAt,
  money,
  released,
  reserve,
  row,
  unknown,
} from './store-builders.ts';
import { EMPTY_MONEY, type EngineUnderTest } from './store-engines.ts';
import { storeWorld } from './store-world.ts';

export function ledgerContract(engine: EngineUnderTest): void {
  const world = storeWorld(engine);
  const { sums, assertClean, get } = world;
  beforeEach(async () => {
    await world.sandbox.edit(EMPTY_MONEY);
    await world.store.leases.grant(grantRequest());
  });

  describe('loading a journal', () => {
    it('moves the reserves of new rows from the lease to spent', async () => {
      await world.store.ledger.load(batch(0, 5, { rows: [row(1), row(3)] }));
      assert.deepEqual(await sums(), [20, 80, 0]);
      assert.deepEqual(await get(3), row(3));
      assert.equal(await get(2), null);
      await assertClean();
    });

    it('takes the reserves of several budgets and periods', async () => {
      await world.store.leases.grant(grantRequest({ budget: 'other' }));
      const reserves = [reserve(4), reserve(5, 'other'), reserve(6, 'other', DAY + 1)];
      await world.store.leases.grant(grantRequest({ budget: 'other', period: DAY + 1 }));
      await world.store.ledger.load(batch(0, 1, { rows: [row(0, { reserves })] }));
      assert.deepEqual(await sums(), [4, 96, 0]);
      assert.deepEqual(
        (await world.store.leases.periods('other', 0)).map((one) => [one.period, one.spent, one.leased]),
        [
          [DAY, 5, 95],
          [DAY + 1, 6, 94],
        ],
      );
      await assertClean();
    });

    it('gives savings of an outcome back into the open lease, in the same batch or a later one', async () => {
      const rows = [row(0), row(1)];
      await world.store.ledger.load(batch(0, 3, { rows, outcomes: [committed(0, 4, { position: 2 })] }));
      assert.deepEqual(await sums(), [14, 86, 0]);
      await world.store.ledger.load(batch(3, 4, { outcomes: [released(1, { position: 3 })] }));
      assert.deepEqual(await sums(), [4, 96, 0]);
      assert.equal((await get(1))?.state, 'released');
      await assertClean();
    });

    it('applies a second outcome of a row in the same batch', async () => {
      const outcomes = [committed(0, 10, { settled: false, position: 1 }), committed(0, 7, { position: 2 })];
      await world.store.ledger.load(batch(0, 3, { rows: [row(0)], outcomes }));
      assert.deepEqual(await sums(), [7, 93, 0]);
      assert.equal((await get(0))?.settled, true);
      await assertClean();
    });

    it('books a cost above the bound without touching the lease', async () => {
      await world.store.ledger.load(batch(0, 2, { rows: [row(0)], outcomes: [committed(0, 25)] }));
      assert.deepEqual(await sums(), [25, 90, 0]);
      await world.store.ledger.load(batch(2, 4, { rows: [row(2)] }));
      await world.store.ledger.load(batch(4, 5, { outcomes: [committed(2, 15)] }));
      assert.deepEqual(await sums(), [40, 80, 0]);
      await assertClean();
    });

    it('refuses an outcome of more budgets than its row reserved, or of fewer', async () => {
      for (const spent of [[], [money(1), money(2)]])
        await assert.rejects(
          world.store.ledger.load(batch(0, 2, { rows: [row(0)], outcomes: [committed(0, 3, { spent })] })),
          { code: 'input_invalid' },
        );
      await world.store.ledger.load(batch(0, 1, { rows: [row(0)] }));
      await assert.rejects(
        world.store.ledger.load(batch(1, 2, { outcomes: [committed(0, 3, { spent: [] })] })),
        { code: 'input_invalid' },
      );
      assert.deepEqual(await sums(), [10, 90, 0]);
      await assertClean();
    });

    it('keeps the whole reserve of an unknown outcome, whatever the record says', async () => {
      await world.store.ledger.load(batch(0, 2, { rows: [row(0)], outcomes: [unknown(0)] }));
      assert.deepEqual(await sums(), [10, 90, 0]);
      assert.deepEqual(await get(0), row(0, { state: 'unknown' }));
      await assertClean();
    });

    it('changes nothing when a batch is loaded again', async () => {
      const rows = [row(0), row(1), row(2)];
      const first = batch(0, 6, { rows, outcomes: [committed(0, 4, { position: 3 }), unknown(1)] });
      await world.store.ledger.load(first);
      const once = [
        await sums(),
        await world.store.ledger.list({ limit: 10 }),
        await world.store.ledger.cursors('w0'),
      ];
      await world.store.ledger.load(first);
      await world.store.ledger.load(first);
      const thrice = [
        await sums(),
        await world.store.ledger.list({ limit: 10 }),
        await world.store.ledger.cursors('w0'),
      ];
      assert.deepEqual(thrice, once);
    });

    it('trims a batch that overlaps what is loaded', async () => {
      await world.store.ledger.load(
        batch(0, 3, { rows: [row(0), row(1)], outcomes: [committed(0, 4, { position: 2 })] }),
      );
      await world.store.ledger.load(
        batch(1, 6, {
          rows: [row(1), row(4)],
          outcomes: [committed(0, 4, { position: 2 }), committed(1, 5, { position: 5 })],
        }),
      );
      assert.deepEqual(await sums(), [19, 81, 0]);
      assert.deepEqual(await world.store.ledger.cursors('w0'), [{ epoch: 1, position: 6, head: headAt(6) }]);
      await assertClean();
    });

    it('stays exact when overlapping outcomes do not tell their position', async () => {
      await world.store.ledger.load(batch(0, 2, { rows: [row(0)], outcomes: [unknown(0)] }));
      await world.store.ledger.load(batch(2, 3, { outcomes: [committed(0, 6)] }));
      await world.store.ledger.load(batch(1, 5, { rows: [row(4)], outcomes: [unknown(0), committed(0, 6)] }));
      assert.deepEqual(await sums(), [16, 84, 0]);
      await assertClean();
    });

    it('refuses a gap and loads nothing', async () => {
      await world.store.ledger.load(batch(0, 2));
      await assert.rejects(world.store.ledger.load(batch(3, 5, { rows: [row(3)] })), {
        code: 'verify_failed',
      });
      await assert.rejects(world.store.ledger.load(batch(1, 3, { node: 'w9' })), { code: 'verify_failed' });
      assert.equal(await get(3), null);
    });

    it('notices a journal that was rewritten', async () => {
      await world.store.ledger.load(batch(0, 2));
      await world.store.ledger.load(batch(2, 1_500));
      for (const to of [2, 1_500])
        await assert.rejects(
          world.store.ledger.load(batch(0, to, { head: 'ff' })),
          { code: 'verify_failed' },
          `${to}`,
        );
      await world.store.ledger.load(batch(0, 2));
    });

    it('refuses the outcome of a row that was never loaded, unless it costs nothing', async () => {
      await assert.rejects(world.store.ledger.load(batch(0, 2, { outcomes: [committed(0, 1)] })), {
        code: 'verify_failed',
      });
      assert.deepEqual(await world.store.ledger.cursors('w0'), [{ epoch: 1, position: 0, head: '' }]);
      await world.store.ledger.load(batch(0, 2, { outcomes: [committed(0, 0, { spent: [] })] }));
    });

    it('refuses what no journal may say, as a whole', async () => {
      const wrong = [
        [row(0, { bound: money(-1), reserves: [] })],
        [row(0, { bound: money(0.5), reserves: [] })],
        [row(0, { reserves: [reserve(-5)] })],
        [row(0, { reserves: [reserve(Number.NaN)] })],
        [row(0, { amount: money(3) })],
        [row(0, { state: 'released', amount: money(0) })],
        [row(0, { node: 'w1' })],
        [row(7)],
      ];
      for (const rows of wrong)
        await assert.rejects(world.store.ledger.load(batch(0, 2, { rows })), { code: 'input_invalid' });
      await assert.rejects(
        world.store.ledger.load(
          batch(0, 2, { rows: [row(0)], outcomes: [released(0, { spent: [money(1)] })] }),
        ),
        { code: 'input_invalid' },
      );
      assert.deepEqual(await sums(), [0, 100, 0]);
      await assertClean();
    });

    it('refuses a position that the batch claims twice', async () => {
      await assert.rejects(world.store.ledger.load(batch(0, 2, { rows: [row(0), row(0)] })));
      assert.deepEqual(await sums(), [0, 100, 0]);
      await world.store.ledger.load(batch(0, 2, { rows: [row(0)] }));
      await assertClean();
    });

    it('forgets what a refused load brought, also for a load that arrives together with it', async () => {
      const fresh = { key: 'key_fresh', reserves: [reserve(3, 'fresh')], bound: money(3) };
      const results = await Promise.allSettled([
        world.store.ledger.load(batch(0, 2, { rows: [row(0, fresh), row(0, fresh)] })),
        world.store.ledger.load(batch(0, 2, { rows: [row(1, fresh)] })),
      ]);
      // Which of the two goes first is the store's affair; the refused one has nothing left to load when it is second.
      assert.equal(results[1]?.status, 'fulfilled');
      assert.deepEqual(await sums('fresh'), [3, 0, 0]);
      assert.equal((await world.store.ledger.list({ limit: 5, key: 'key_fresh' })).length, 1);
    });

    it('keeps the last chain head of each epoch and about one per thousand records', async () => {
      for (let to = 100; to <= 3_500; to += 100) await world.store.ledger.load(batch(to - 100, to));
      await world.store.ledger.load(batch(0, 7, { epoch: 2 }));
      const heads = await world.store.ledger.heads('w0');
      assert.deepEqual(
        heads.map((one) => [one.epoch, one.position]),
        [
          [1, 900],
          [1, 1_900],
          [1, 2_900],
          [1, 3_500],
          [2, 7],
        ],
      );
      assert.equal(heads[0]?.head, headAt(900));
      assert.deepEqual(await world.store.ledger.heads('w1'), []);
    });

    it('names an overdraft: rows that consume more than their process was granted', async () => {
      await world.store.ledger.load(batch(0, 2, { rows: [row(0, { bound: money(130) })] }));
      assert.deepEqual(await sums(), [130, 0, 0]);
      assert.match(
        (await world.store.ledger.verify()).problems.join(),
        /w0-1.*spent 30 more than it was granted/,
      );
      await world.store.leases.close('w0', 1, 'free');
      await assertClean();
    });
  });

  describe('settling from outside', () => {
    beforeEach(() =>
      world.store.ledger.load(
        batch(0, 6, {
          rows: [row(0), row(1), row(2)],
          outcomes: [committed(0, 10, { settled: false }), unknown(1)],
        }),
      ),
    );

    it('gives the difference of a late price to the budget, not to the lease', async () => {
      await world.store.ledger.settle(committed(0, 4));
      assert.deepEqual(await sums(), [24, 70, 0]);
      assert.deepEqual(
        await get(0),
        row(0, { state: 'committed', amount: money(4), settled: true, reserves: [reserve(4)] }),
      );
      await assertClean();
    });

    it('is idempotent, and a corrected price replaces the first', async () => {
      for (let time = 0; time < 3; time++) await world.store.ledger.settle(committed(0, 4));
      assert.deepEqual(await sums(), [24, 70, 0]);
      await world.store.ledger.settle(committed(0, 6));
      assert.deepEqual(await sums(), [26, 70, 0]);
      await assertClean();
    });

    it('releases a looked-up outcome that never happened', async () => {
      await world.store.ledger.settle(released(1));
      assert.deepEqual(await sums(), [20, 70, 0]);
      assert.equal((await get(1))?.amount, 0);
      await assertClean();
    });

    it('books a price above the bound beyond the limit', async () => {
      await world.store.ledger.settle(committed(0, 5_000));
      assert.deepEqual(await sums(), [5_020, 70, 0]);
      assert.deepEqual(await world.store.leases.grant(grantRequest()), { granted: 0, left: 0 });
      await assertClean();
    });

    it('takes prices that come to more than can be counted, and still tells of all budgets', async () => {
      const most = 999_999_999_000_000;
      const rows = Array.from({ length: 10 }, (_, index) => row(6 + index, { bound: money(1) }));
      const accepted = rows.map(({ position }) => committed(position, 1, { settled: false }));
      await world.store.ledger.load(batch(6, 16, { rows, outcomes: accepted }));
      for (const { position } of rows) await world.store.ledger.settle(committed(position, most));
      const { leases, ledger } = world.store;
      assert.equal((await leases.grant(grantRequest({ node: 'w1' }))).granted, 0);
      assert.equal((await leases.grant(grantRequest({ budget: 'other' }))).granted, 100);
      const [huge, other] = await leases.sums(['budget', 'other'].map((budget) => ({ budget, since: DAY })));
      assert.deepEqual([huge?.spent, other?.leased], [Number.MAX_SAFE_INTEGER, 100]);
      assert.equal((await leases.periods('budget', DAY))[0]?.spent, Number.MAX_SAFE_INTEGER);
      const totals = await ledger.totals();
      assert.equal(totals.find(({ state }) => state === 'committed')?.amount, Number.MAX_SAFE_INTEGER);
      assert.deepEqual((await ledger.verify()).problems, []);
    });

    it('adds resource ids without repeating them', async () => {
      await world.store.ledger.settle(committed(0, 4, { resourceIds: ['SM1'] }));
      await world.store.ledger.settle(committed(0, 4, { resourceIds: ['SM1', 'SM2', 'SM2'] }));
      assert.deepEqual((await get(0))?.resourceIds, ['SM1', 'SM2']);
      assert.equal(await world.store.ledger.hasResource('account_a', 'SM2'), true);
      await assertClean();
    });

    it('cannot make a known outcome unknown', async () => {
      await world.store.ledger.settle(unknown(0));
      assert.equal((await get(0))?.state, 'committed');
    });

    it('refuses a row that its own process has not reported yet, and one that does not exist', async () => {
      await assert.rejects(world.store.ledger.settle(committed(2, 4)), { code: 'conflict' });
      await assert.rejects(world.store.ledger.settle(committed(9, 4)), { code: 'not_found' });
      await assert.rejects(world.store.ledger.settle(committed(0, -4)), { code: 'input_invalid' });
      assert.deepEqual(await sums(), [30, 70, 0]);
    });

    it('is not undone by an older record of the journal', async () => {
      await world.store.ledger.settle(committed(0, 4));
      await world.store.ledger.settle(released(1));
      await world.store.ledger.load(
        batch(6, 8, { outcomes: [committed(0, 10, { settled: false }), committed(1, 10)] }),
      );
      assert.deepEqual(await sums(), [14, 70, 0]);
      await assertClean();
    });

    it('comes from another journal with the same effect', async () => {
      await world.store.ledger.load(batch(0, 2, { node: 'control', outcomes: [committed(0, 4)] }));
      await world.store.ledger.settle(committed(0, 4));
      assert.deepEqual(await sums(), [24, 70, 0]);
      await assertClean();
    });
  });
}
