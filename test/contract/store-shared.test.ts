import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/ports.ts';
import {
  batch,
  CLOCK,
  committed,
  grantRequest,
  key,
  money,
  released,
  reserve,
  row,
  unknown,
} from './store-builders.ts';
import { ENGINES, type Sandbox } from './store-engines.ts';

/** As when a server ends. */
const CUT = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

for (const engine of ENGINES.filter((one) => one.name === 'PostgreSQL'))
  describe(`${engine.name} shared by several gateways`, () => {
    let sandbox: Sandbox;
    let stores: Store[];
    before(async () => {
      sandbox = await engine.create();
      const { store, another = () => assert.fail('only one gateway') } = sandbox;
      stores = [store, ...(await Promise.all([another(), another()]))];
    });
    after(async () => {
      for (const store of stores) await store.close();
      await sandbox.dispose();
    });

    it('never grants more than the limit, whoever asks', async () => {
      const periods = [0, 1, 2];
      const asked = Array.from({ length: 240 }, (_, index) => {
        const store = stores[index % stores.length] as Store;
        const [need, want] = [money(9), money(9)];
        const period = periods[index % 3] as number;
        return store.leases.grant(
          grantRequest({ budget: 'shared', node: `n${index % 7}`, period, since: 0, need, want }),
        );
      });
      const granted = (await Promise.all(asked)).reduce((sum, one) => sum + one.granted, 0);
      assert.equal(granted, Math.floor(1_000 / 9) * 9);
    });

    it('stays exact while gateways load, settle, grant, give back and end at the same time', async () => {
      const gateways = Array.from({ length: 9 }, (_, index) =>
        live(stores[index % stores.length] as Store, `g${index}`, index % 2 === 0),
      );
      await Promise.all(gateways);
      const verified = await (stores[0] as Store).ledger.verify();
      assert.deepEqual(verified.problems, []);
      assert.equal(verified.rows, 9 * 12 * 4);
      const [period] = await (stores[0] as Store).leases.periods('a', 0);
      assert.equal(period?.leased, 0);
    });

    it('loads one batch once, although several gateways ship it at the same time', async () => {
      await (stores[0] as Store).leases.grant(grantRequest({ budget: 'once', node: 'twice' }));
      const life = { node: 'twice', reserves: [reserve(10, 'once')] };
      const same = batch(0, 5, { node: 'twice', rows: [row(0, life), row(3, life)] });
      await Promise.all(stores.map((store) => store.ledger.load(same)));
      const [period] = await (stores[1] as Store).leases.periods('once', 0);
      assert.deepEqual([period?.spent, period?.leased], [20, 80]);
    });

    it('goes on after its connections were cut', async () => {
      const [store] = stores as [Store];
      await sandbox.edit(CUT);
      const asked = Array.from({ length: 12 }, () => store.settings.put('after', 'cut'));
      for (const result of await Promise.allSettled(asked))
        if (result.status === 'rejected') assert.equal(result.reason.code, 'store_unavailable');
      await store.settings.put('after', 'recovery');
      assert.equal(await store.settings.get('after'), 'recovery');
    });

    it('loads after a failover what it had given names for, of which the copy lacks some', async () => {
      const [store] = stores as [Store];
      const life = { node: 'behind', key: 'key_behind', reserves: [reserve(10, 'behind')] };
      await store.leases.grant(grantRequest({ budget: 'behind', node: 'behind' }));
      const good = batch(0, 1, { node: 'behind', rows: [row(0, life)] });
      // The names are given before the transaction, which does not come to pass.
      await assert.rejects(store.ledger.load({ ...good, outcomes: [committed(7, 1)] }));
      await sandbox.edit(`DELETE FROM subject WHERE key = 'key_behind'`);
      await store.ledger.load(good);
      assert.equal((await store.ledger.cursors('behind')).at(-1)?.position, 1);
      const [period] = await store.leases.periods('behind', 0);
      assert.equal(period?.spent, 10);
    });

    it('takes after a failover no number of a name for what it names in the copy', async () => {
      const [store] = stores as [Store];
      await store.leases.grant(grantRequest({ budget: 'renamed' }));
      await sandbox.edit(`UPDATE period SET budget = 'another' WHERE budget = 'renamed'`);
      await sandbox.edit(CUT);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await store.leases.grant(grantRequest({ budget: 'renamed' }));
      const leased = async (budget: string) => (await store.leases.periods(budget, 0))[0]?.leased;
      assert.deepEqual([await leased('renamed'), await leased('another')], [100, 100]);
    });

    it('does not wait for ever for a gateway that froze inside a transaction', async () => {
      const frozen = await sandbox.hold?.(
        `SELECT pg_advisory_xact_lock(hashtextextended('budget frozen', 0))`,
      );
      const store = (await sandbox.another?.({ waitMilliseconds: 200 })) as Store;
      await assert.rejects(store.leases.grant(grantRequest({ budget: 'frozen' })), {
        code: 'store_unavailable',
      });
      await frozen?.();
      assert.equal((await store.leases.grant(grantRequest({ budget: 'frozen' }))).granted, 100);
      await store.close();
    });

    it('gives a key name to one of several who want it', async () => {
      const wanted = Array.from({ length: 48 }, (_, index) =>
        (stores[index % stores.length] as Store).keys.put(key(`key_${index}`, { name: 'wanted' })),
      );
      const results = await Promise.allSettled(wanted);
      assert.equal(results.filter((one) => one.status === 'fulfilled').length, 1);
    });

    it('refuses a store of a later version', async () => {
      await sandbox.edit('INSERT INTO migration (version, applied_at) VALUES (99, 0)');
      await assert.rejects(sandbox.another?.() ?? Promise.resolve(), { code: 'store_newer' });
    });

    it('says so when it cannot be reached', async () => {
      const away = { url: 'postgres://nobody@127.0.0.1:1/none', clock: CLOCK };
      await assert.rejects(openPostgresStore(away), { code: 'store_unavailable' });
    });
  });

/** A gateway's life: budgets in one order or the other, so that careless locking would deadlock. */
async function live(store: Store, node: string, forward: boolean): Promise<void> {
  const budgets = forward ? ['a', 'b', 'c', 'd'] : ['d', 'c', 'b', 'a'];
  const life = { node, epoch: 1 };
  for (let from = 0; from < 96; from += 8) {
    await Promise.all(
      budgets.map((budget) =>
        store.leases.grant(grantRequest({ ...life, budget, limit: money(1e9), want: money(80) })),
      ),
    );
    const reserves = budgets.map((budget) => reserve(10, budget));
    const rows = [0, 1, 2, 3].map((index) => row(from + index, { ...life, reserves }));
    const of = (index: number) => ({ of: { ...life, position: from + index } });
    const outcomes = [
      committed(0, 4, { ...of(0), spent: budgets.map(() => money(4)) }),
      released(0, of(1)),
      { ...unknown(0), ...of(2) },
    ];
    await store.ledger.load(batch(from, from + 4, { ...life, rows }));
    await store.ledger.load(batch(from + 4, from + 8, { ...life, outcomes }));
    await Promise.all([
      store.ledger.settle(committed(0, 7, { ...of(2), spent: budgets.map(() => money(7)) })),
      ...budgets.map((budget) =>
        store.leases.giveBack({ ...life, budget, period: grantRequest().period }, money(30), from + 8),
      ),
    ]);
  }
  await store.leases.close(node, 1, 'free');
}
