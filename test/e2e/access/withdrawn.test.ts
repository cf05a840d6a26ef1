import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendMessage, spentOf, until } from '../spending.ts';

/** Connections that a process has to one vendor account (`gateway/upstream.ts`). */
const CONNECTIONS = 256;
const WAITING = 40;
const BUDGET = 'budget_all';

/** A vendor that takes messages and answers none before it is told to. */
function createSlowVendor() {
  const seen = { arrived: 0 };
  const held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'POST') return response.writeHead(404).end();
    seen.arrived += 1;
    return held.push(response);
  });
  return {
    server,
    seen,
    answer() {
      for (const response of held.splice(0))
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"status":"queued"}');
    },
  };
}

describe('a request that waits for a connection to the vendor', () => {
  const { server, seen, answer } = createSlowVendor();
  let node: TestNode;
  let key: string;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    node = await startNode();
    const { accountSid = '' } = node.sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    const account = await node.primary.accounts.seal({
      vendor: 'twilio',
      name: 'slow',
      values: { accountSid, authToken: '0'.repeat(32) },
      upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    const wanted = { app: 'app_test', account: account.id, name: 'slow', lifetime: null, networks: [] };
    const { record, credential } = await node.primary.keys.create(wanted);
    key = record.id;
    const parts = { accountSid, authToken: credential.verifier.reveal() };
    node = { ...node, parts: () => parts };
    await allowMessages(node.primary, BUDGET, 10_000);
  });
  after(async () => {
    answer();
    await node.close();
    server.close();
  });

  for (const [code, withdraw] of [
    ['killed', kill],
    ['key_revoked', revoke],
  ] as const)
    it(`does not leave any more once it is ${code}, and costs nothing`, async (t) => {
      t.after(answer);
      const before = seen.arrived;
      const spent = (await spentOf(node.primary, BUDGET)) ?? 0;
      const sent: ReturnType<typeof sendMessage>[] = [];
      let underWay = 0;
      /** Of so many at once some may wait too long for their money. Whoever has it is in the ledger. */
      const untilUnderWay = (many: number) =>
        until(async () => {
          for (; underWay < many; underWay++) sent.push(sendMessage(node).finally(() => underWay--));
          return (await spentOf(node.primary, BUDGET)) === spent + many * PRICE ? true : null;
        });
      await untilUnderWay(CONNECTIONS);
      await until(async () => (seen.arrived - before === CONNECTIONS ? true : null));
      await untilUnderWay(CONNECTIONS + WAITING);
      await withdraw();
      answer();
      const answers = await Promise.all(sent);
      assert.equal(seen.arrived - before, CONNECTIONS);
      assert.equal(answers.filter((one) => one.code === 'allowed').length, CONNECTIONS);
      assert.equal(answers.filter((one) => one.code === code).length, WAITING);
      await until(async () =>
        (await spentOf(node.primary, BUDGET)) === spent + CONNECTIONS * PRICE ? true : null,
      );
      await node.primary.store.kills.remove('kill_all');
      await node.primary.refreshKills();
    });

  async function kill(): Promise<void> {
    const record = { id: 'kill_all', scope: 'all', target: '', reason: 'test' } as const;
    await node.primary.store.kills.put({ ...record, actor: 'test', createdAt: Date.now() });
    await node.primary.refreshKills();
  }

  async function revoke(): Promise<void> {
    await node.primary.keys.revoke(key);
  }
});
