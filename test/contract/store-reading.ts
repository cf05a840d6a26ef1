import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { Store } from '../../src/store/ports.ts';
import {
  batch,
  committed,
  grantRequest,
  headAt,
  LIFE,
  money,
  point,
  released,
  row,
  unknown,
} from './store-builders.ts';
import { EMPTY_MONEY, type EngineUnderTest } from './store-engines.ts';
import { storeWorld } from './store-world.ts';

export function readingContract(engine: EngineUnderTest): void {
  const world = storeWorld(engine);
  const { sums, assertClean, get } = world;
  beforeEach(async () => {
    await world.sandbox.edit(EMPTY_MONEY);
    await world.store.leases.grant(grantRequest());
  });

  describe('reading the ledger', () => {
    it('lists rows that wait for a price or an outcome, oldest first', async () => {
      await world.store.ledger.load(
        batch(0, 20, {
          rows: [row(0), row(1), row(2), row(3), row(4)],
          outcomes: [
            committed(0, 10, { settled: false }),
            committed(1, 10),
            unknown(2),
            committed(3, 10, { settled: false }),
          ],
        }),
      );
      const positions = async (kind: 'late' | 'unknown', limit: number) =>
        (await world.store.ledger.pending(kind, limit)).map((one) => one.position);
      assert.deepEqual(await positions('late', 10), [0, 3]);
      assert.deepEqual(await positions('late', 1), [0]);
      assert.deepEqual(await positions('unknown', 10), [2]);
      await world.store.ledger.settle(committed(0, 1));
      assert.deepEqual(await positions('late', 10), [3]);
    });

    it('goes on after a row, also after one that waits no longer', async () => {
      const outcomes = [0, 1, 2, 3].map((position) => committed(position, 10, { settled: false }));
      await world.store.ledger.load(batch(0, 10, { rows: [row(0), row(1), row(2), row(3)], outcomes }));
      const following = async (position: number) =>
        (await world.store.ledger.pending('late', 2, point(position))).map((one) => one.position);
      assert.deepEqual(await following(0), [1, 2]);
      await world.store.ledger.settle(committed(1, 1));
      assert.deepEqual(await following(1), [2, 3]);
      assert.deepEqual(await following(3), []);
      assert.deepEqual(await following(99), [0, 2], 'a row that never was hides nothing');
    });

    it('remembers that the bound was the last word, until a price comes all the same', async () => {
      await world.store.ledger.load(
        batch(0, 2, { rows: [row(0)], outcomes: [committed(0, 20, { settled: false })] }),
      );
      assert.equal((await get(0))?.atBound, undefined);
      await world.store.ledger.settle(committed(0, 20, { atBound: true }));
      assert.equal((await get(0))?.atBound, true);
      assert.equal((await get(0))?.settled, true);
      await world.store.ledger.settle(committed(0, 7));
      assert.equal((await get(0))?.atBound, undefined);
      await assertClean();
    });

    it('filters by key, app and state, newest first', async () => {
      const apps = ['app_a', 'app_b'];
      const rows = Array.from({ length: 9_000 }, (_, index) =>
        row(index, { key: `key_${index % 3}`, app: apps[index % 2] ?? '', bound: money(0) }),
      );
      const outcomes = [5, 4_500, 4_501].map((position) => released(position));
      for (let from = 0; from < 9_000; from += 1_000)
        await world.store.ledger.load(batch(from, from + 1_000, { rows: rows.slice(from, from + 1_000) }));
      await world.store.ledger.load(batch(9_000, 9_010, { outcomes }));
      const positions = async (options: Parameters<Store['ledger']['list']>[0]) =>
        (await world.store.ledger.list(options)).map((one) => one.position);
      assert.deepEqual(await positions({ limit: 3 }), [8_999, 8_998, 8_997]);
      assert.deepEqual(await positions({ limit: 3, key: 'key_1' }), [8_998, 8_995, 8_992]);
      assert.deepEqual(await positions({ limit: 2, key: 'key_1', app: 'app_b' }), [8_995, 8_989]);
      assert.deepEqual(await positions({ limit: 9, state: 'released' }), [4_501, 4_500, 5]);
      assert.deepEqual(await positions({ limit: 9, state: 'released', app: 'app_b' }), [4_501, 5]);
      assert.deepEqual(await positions({ limit: 9, state: 'unknown' }), []);
      assert.deepEqual(await positions({ limit: 9, key: 'key_9' }), []);
      assert.equal((await positions({ limit: 5_000, key: 'key_2' })).length, 3_000);
      const before = point(4_501);
      assert.deepEqual(await positions({ limit: 2, before }), [4_500, 4_499]);
      assert.deepEqual(await positions({ limit: 2, before, key: 'key_1' }), [4_498, 4_495]);
      assert.deepEqual(await positions({ limit: 9, before, state: 'released' }), [4_500, 5]);
      assert.deepEqual(await positions({ limit: 9, before: point(0) }), []);
      assert.deepEqual(await positions({ limit: 9, before: point(99_999) }), [], 'a row that never was');
    });

    it('filters what waits for an outcome by account and action', async () => {
      const of = (index: number) => ({
        account: index % 2 === 0 ? 'account_a' : 'account_b',
        action: index % 3 === 0 ? 'call.start' : 'message.send',
      });
      const rows = Array.from({ length: 12 }, (_, index) => row(index, of(index)));
      await world.store.ledger.load(batch(0, 20, { rows, outcomes: [0, 2, 4, 6, 8, 1].map(unknown) }));
      const positions = async (options: Partial<Parameters<Store['ledger']['list']>[0]>) =>
        (await world.store.ledger.list({ limit: 9, ...options })).map((one) => one.position);
      const sent = { account: 'account_a', action: 'message.send' };
      assert.deepEqual(await positions({ ...sent, state: 'unknown' }), [8, 4, 2]);
      assert.deepEqual(await positions({ ...sent, state: 'unknown', limit: 2 }), [8, 4]);
      assert.deepEqual(await positions({ ...sent, state: 'reserved' }), [10]);
      assert.deepEqual(await positions({ account: 'account_b', state: 'unknown' }), [1]);
      assert.deepEqual(await positions({ ...sent, key: 'key_a', state: 'unknown' }), [8, 4, 2]);
    });

    it('refuses a limit that means everything', async () => {
      for (const limit of [-1, 1.5, Number.NaN]) {
        await assert.rejects(world.store.ledger.list({ limit }), { code: 'input_invalid' });
        await assert.rejects(world.store.ledger.pending('late', limit), { code: 'input_invalid' });
      }
    });

    it('finds a resource id within its account only', async () => {
      const odd = 'id with "quotes", [brackets] and ä';
      await world.store.ledger.load(
        batch(0, 4, { rows: [row(0)], outcomes: [committed(0, 3, { resourceIds: ['SM1', odd] })] }),
      );
      assert.equal(await world.store.ledger.hasResource('account_a', 'SM1'), true);
      assert.equal(await world.store.ledger.hasResource('account_a', odd), true);
      assert.equal(await world.store.ledger.hasResource('account_b', 'SM1'), false);
      assert.equal(await world.store.ledger.hasResource('account_a', 'SM'), false);
      assert.equal(await world.store.ledger.hasResource('account_a', 'id with '), false);
    });

    it('knows the cursor of each epoch of a node', async () => {
      await world.store.ledger.load(batch(0, 4, { epoch: 3 }));
      await world.store.ledger.load(batch(0, 9));
      assert.deepEqual(await world.store.ledger.cursors('w0'), [
        { epoch: 1, position: 9, head: headAt(9) },
        { epoch: 3, position: 4, head: headAt(4) },
      ]);
      assert.deepEqual(await world.store.ledger.cursors('w1'), []);
    });

    it('keeps everything over a restart', async () => {
      await world.store.ledger.load(
        batch(0, 4, { rows: [row(0)], outcomes: [committed(0, 3, { resourceIds: ['SM1'] })] }),
      );
      const stored = await get(0);
      await world.sandbox.reopen();
      assert.deepEqual(await get(0), stored);
      assert.equal(await world.store.ledger.hasResource('account_a', 'SM1'), true);
      await world.store.ledger.load(batch(4, 6, { rows: [row(5, { ...LIFE })] }));
      assert.deepEqual(await sums(), [13, 87, 0]);
      await assertClean();
    });
  });
}
