import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Usage } from '../../../src/guard/limits/rate.ts';
import { onFork } from '../forks.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, firstReport, PRICE, sendAtLast, spentOf, until } from '../spending.ts';

const BUDGET = 'budget_restart';

interface Told {
  readonly type: string;
  readonly usage?: readonly Usage[];
}

describe('a data-plane process that is killed', () => {
  let node: TestNode;
  /** How many the processes have told of that they took from the limit. */
  let told = 0;
  const forget = onFork((child) =>
    child.on('message', ({ type, usage = [] }: Told) => {
      if (type !== 'usage') return;
      for (const { limit, taken } of usage)
        if (limit === 'three') for (const count of taken.values()) told += count;
    }),
  );
  before(async () => {
    node = await startNode();
    await allowMessages(node.primary, BUDGET, 5);
  });
  after(async () => {
    forget();
    await node.close();
  });

  const report = async () => (await node.primary.supervisor.reports())[0];
  /** `allowed`, or the code of the refusal. */
  const send = async () => (await sendAtLast(node)).code;

  it('is replaced by one that spends the money which the dead one held, and no cent more', async () => {
    for (let count = 0; count < 2; count++) assert.equal(await send(), 'allowed');
    const { pid, epoch: dead } = await firstReport(node.primary);
    process.kill(pid, 'SIGKILL');
    const born = await until(async () => {
      const found = await report();
      return found !== undefined && found.epoch > dead ? found : null;
    });
    assert.notEqual(born.pid, pid);
    assert.equal(await until(() => send().catch(() => null)), 'allowed'); // It has no listener at first.
    for (let count = 0; count < 2; count++) assert.equal(await send(), 'allowed');
    assert.equal(await send(), 'budget_exceeded');
    await until(async () => ((await spentOf(node.primary, BUDGET)) === 5 * PRICE ? true : null));
    const open = await node.primary.store.leases.open();
    assert.deepEqual(
      open.filter(({ epoch }) => epoch === dead),
      [],
    );
    assert.deepEqual((await node.primary.store.ledger.verify()).problems, []);
  });

  it('leaves no full buckets to its successor', async () => {
    await node.primary.store.budgets.remove(BUDGET);
    await node.primary.refreshBudgets();
    await node.primary.store.policies.put({ source: LIMITED, createdAt: 0, actor: 'test' }, 1);
    await node.primary.refreshPolicy();
    for (let count = 0; count < 3; count++) assert.equal(await send(), 'allowed');
    await until(async () => (told === 3 ? true : null));
    const { pid, epoch: dead } = await firstReport(node.primary);
    process.kill(pid, 'SIGKILL');
    await until(async () => ((await report())?.epoch ?? 0) > dead || null);
    assert.equal(await until(() => send().catch(() => null)), 'rate_limited');
  });
});

const LIMITED = `version: 1
mode: enforce
rules: [{ id: send, effect: allow, what: { actions: [message.send] }, to: { countries: [DE] } }]
limits: [{ id: three, per: app, rate: 3/1h }, { id: recipient-flood, per: recipient, rate: 1000/1s }]
`;
