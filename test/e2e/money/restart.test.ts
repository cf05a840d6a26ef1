import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, firstReport, PRICE, sendMessage, spentOf, until } from '../spending.ts';

const BUDGET = 'budget_restart';

describe('a data-plane process that is killed', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
    await allowMessages(node.primary, BUDGET, 5);
  });
  after(() => node.close());

  const report = async () => (await node.primary.supervisor.reports())[0];
  /** `allowed`, or the code of the refusal. */
  const send = async () => (await sendMessage(node)).code;

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
    await sleep(300); // What a process took is told every tenth of a second.
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
