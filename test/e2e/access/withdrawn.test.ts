import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendMessage, spentOf, until } from '../spending.ts';

/** Connections that a process has to one vendor account (`gateway/upstream.ts`). */
const CONNECTIONS = 256;
const WAITING = 40;
/** When the vendor answers. All connections must be in use by then, also on a busy machine. */
const SLOW = 20_000;
/** From then on others wait, and none for the ten seconds that the gateway grants. */
const WAIT = 6_000;

describe('a request that waits for a connection to the vendor', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
    await allowMessages(node.primary, 'budget_all', 10_000);
  });
  after(() => node.close());

  for (const [code, withdraw] of [
    ['killed', kill],
    ['key_revoked', revoke],
  ] as const)
    it(`does not leave any more once it is ${code}, and costs nothing`, async () => {
      const { requests, faults } = node.sandbox;
      const before = requests.count;
      const arrived = (): number => requests.list(before).filter(({ method }) => method === 'POST').length;
      const spent = (await spentOf(node.primary, 'budget_all')) ?? 0;
      const slow = faults.add({ kind: 'latency', method: 'POST', milliseconds: SLOW });
      const began = Date.now();
      const sent: ReturnType<typeof sendMessage>[] = [];
      let underWay = 0;
      await until(async () => {
        // Of so many at once some may wait too long for their money.
        for (; underWay < CONNECTIONS; underWay++) sent.push(sendMessage(node).finally(() => underWay--));
        return slow.hits === CONNECTIONS ? true : null;
      });
      faults.remove(slow.id);
      await sleep(Math.max(0, began + SLOW - WAIT - Date.now()));
      sent.push(...Array.from({ length: WAITING }, () => sendMessage(node)));
      await sleep(WAIT / 3);
      await withdraw();
      const answers = await Promise.all(sent);
      await sleep(100);
      assert.equal(arrived(), CONNECTIONS);
      assert.equal(answers.filter((one) => one.code === 'allowed').length, CONNECTIONS);
      assert.equal(answers.filter((one) => one.code === code).length, WAITING);
      const cost = await until(async () => {
        const now = (await spentOf(node.primary, 'budget_all')) ?? 0;
        return now - spent <= CONNECTIONS * PRICE ? now - spent : null;
      });
      assert.ok(cost > 0);
      await node.primary.store.kills.remove('kill_all');
      await node.primary.refreshKills();
    });

  async function kill(): Promise<void> {
    const record = { id: 'kill_all', scope: 'all', target: '', reason: 'test' } as const;
    await node.primary.store.kills.put({ ...record, actor: 'test', createdAt: Date.now() });
    await node.primary.refreshKills();
  }

  async function revoke(): Promise<void> {
    await node.primary.keys.revoke(node.keys.get('twilio/secret')?.id ?? '');
  }
});
