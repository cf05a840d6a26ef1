import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readJournal } from '../../../src/journal/tail.ts';
import { micros } from '../../../src/kernel/money.ts';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { findPostgres, startPostgres } from '../../contract/postgres-server.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendMessage, spentOf, until } from '../spending.ts';

const BUDGET = 'budget_presumed';
const programs = findPostgres();

const ENGINES: Readonly<Record<string, (t: TestContext) => Promise<string | null>>> = {
  SQLite: () => Promise.resolve(null),
  async PostgreSQL(t) {
    const { host, user, stop } = await startPostgres(programs ?? '');
    t.after(stop);
    return `postgres://${user}@localhost/postgres?host=${host}`;
  },
};

/** A process that is gone for good with the money of so many messages. */
async function lose({ primary }: TestNode, messages: number): Promise<void> {
  const amount = micros(messages * PRICE);
  const holder = { node: 'w9', epoch: 1 };
  const budget = { budget: BUDGET, period: 0, since: 0, limit: micros(1_000 * PRICE) };
  await primary.store.leases.grant({ ...budget, ...holder, need: amount, want: amount });
  await primary.store.leases.close('w9', 1, 'presume');
}

for (const [engine, urlOf] of Object.entries(ENGINES)) {
  const skip = engine === 'PostgreSQL' && programs === null && process.env['CI'] !== 'true';
  test(
    `money that is presumed spent is shown, and spent to its last cent once it is released, ${engine}`,
    {
      skip,
    },
    async (t) => {
      const databaseUrl = await urlOf(t);
      const node = await startNode({ workers: 2, databaseUrl });
      t.after(() => node.close());
      const { budgets, system } = createAdminServices(node.primary, 0);
      await allowMessages(node.primary, BUDGET, 5);
      await lose(node, 3);
      const [budget] = await budgets.list();
      assert.ok(budget !== undefined);
      const codes = async (count: number) =>
        (await Promise.all(Array.from({ length: count }, () => sendMessage(node)))).map(({ code }) => code);
      const allowed = (all: readonly string[]) => all.filter((code) => code === 'allowed').length;

      /** As an app that tries again: money that the other process holds is on its way. */
      const spendAll = async () => {
        let sum = 0;
        for (;;) {
          const seen = await codes(4);
          sum += allowed(seen);
          if (seen.every((code) => code === 'budget_exceeded')) return sum;
        }
      };
      assert.equal(await spendAll(), 2);
      assert.deepEqual((await system.status()).alarms, [
        `0.30 USD of budget ${BUDGET} are presumed spent: see \`ringfence budgets presumed ${BUDGET}\``,
      ]);
      const presumed = micros(3 * PRICE);
      const release = { process: null, amount: null, presumed, reason: 'bill compared' };
      const [during, released] = await Promise.all([
        codes(12),
        budgets.release(budget, release, 'admin/ada'),
      ]);
      assert.equal(released, presumed);
      // A process takes a refusal for good for a tenth of a second, from when it comes to read it.
      let sum = allowed(during);
      await until(async () => ((sum += await spendAll()) >= 3 ? true : null));
      assert.equal(sum + (await spendAll()), 3);
      await assert.rejects(budgets.release(budget, release, 'admin/ada'), { code: 'conflict' });
      assert.deepEqual((await system.status()).alarms, []);
      await until(async () => ((await spentOf(node.primary, BUDGET)) === 5 * PRICE ? true : null));
      assert.deepEqual((await node.primary.store.ledger.verify()).problems, []);
      const acts = (await Array.fromAsync(readJournal(join(node.primary.paths.journal, 'control')))).flatMap(
        ({ record }) => (record.type === 'admin' && record.act === 'budget.release' ? [record.detail] : []),
      );
      assert.deepEqual(acts, [
        { amount: presumed, currency: 'USD', reason: 'bill compared', from: { 'w9-1': '0.30' } },
      ]);
    },
  );
}
