import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNode } from '../node-fixture.ts';
import { allReports, allowMessages, PRICE, sendAtLast, sendMessage, spentOf, until } from '../spending.ts';

const BUDGET = 'budget_of_the_dead';
const MESSAGES = 12;

test('money that a process held when it died again is not said to be spent, and the others spend it to the last cent', async (t) => {
  const node = await startNode({ workers: 2 });
  t.after(() => node.close());
  const { primary } = node;
  const kill = async (): Promise<void> => {
    const { pid } =
      (await allReports(primary)).find((one) => one.node === 'w1') ?? assert.fail('there is no w1');
    process.kill(pid, 'SIGKILL');
    await until(async () => (primary.supervisor.live() === 1 ? true : null));
  };
  await kill();
  await allReports(primary);
  await allowMessages(primary, BUDGET, MESSAGES);
  const { leases } = primary.store;
  let sent = 0;
  const send = async (): Promise<string> => {
    const { code } = await sendMessage(node, { connection: 'close' });
    if (code === 'allowed') sent += 1;
    return code;
  };
  await until(async () => {
    await send();
    return (await leases.open()).some((one) => one.node === 'w1' && one.remaining > 0) ? true : null;
  });
  await kill(); // The second time: it is not started again at once.
  const codes = new Set<string>();
  while (sent < MESSAGES && !codes.has('budget_exceeded')) codes.add(await send());
  assert.deepEqual([sent, codes.has('budget_exceeded')], [MESSAGES, false]);
  assert.equal((await sendAtLast(node)).code, 'budget_exceeded');
  await until(async () => ((await spentOf(primary, BUDGET)) === MESSAGES * PRICE ? true : null));
});
