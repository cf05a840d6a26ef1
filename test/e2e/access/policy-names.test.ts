import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createDemoApp } from '../../../src/node/actions/demo.ts';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { sendMessage } from '../spending.ts';

describe('a policy that names apps, keys and accounts', () => {
  let node: TestNode;
  let version = 1;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  async function apply(rest: string): Promise<void> {
    const source = `version: 1\nmode: enforce\nrules:\n  - { id: all, effect: allow, what: { actions: [message.send] } }\n${rest}`;
    await node.primary.store.policies.put({ source, createdAt: Date.now(), actor: 'test' }, version++);
    await node.primary.refreshPolicy();
  }

  async function accountName(): Promise<string> {
    const all = await node.primary.accounts.list();
    return all.find(({ vendor }) => vendor === 'twilio')?.name ?? '';
  }

  it('refuses what a deny rule says by name', async () => {
    const named = ['who: { apps: [test] }', 'who: { keys: [twilio-secret] }'];
    for (const who of [...named, `what: { accounts: [${await accountName()}] }`]) {
      await apply(`  - { id: no, effect: deny, ${who} }`);
      assert.equal((await sendMessage(node)).code, 'policy_denied', who);
    }
  });

  it('does not mean others', async () => {
    await apply('  - { id: no, effect: deny, who: { apps: [other] } }');
    assert.equal((await sendMessage(node)).code, 'allowed');
  });

  it('counts by name in its limits', async () => {
    await apply('limits: [{ id: few, per: app, who: { apps: [test] }, rate: 1/1h }]');
    assert.equal((await sendMessage(node)).code, 'allowed');
    assert.equal((await sendMessage(node)).code, 'rate_limited');
  });

  it('stands in the journal when it comes into force, and not when it comes too late', async () => {
    const { policy, journal } = createAdminServices(node.primary, 0);
    const source = 'version: 1\nmode: enforce\nrules: []\n';
    await assert.rejects(policy.put(source, version - 2, 'late'), { code: 'conflict' });
    const raced = await Promise.allSettled(['one', 'two'].map((who) => policy.put(source, version, who)));
    assert.deepEqual(raced.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    version += 1;
    const { signal } = new AbortController();
    const { entries } = await journal.tail({ cursor: null, limit: 20, wait: 0, signal });
    const acts = entries.map(({ record }) => record).filter((record) => record.type === 'admin');
    const puts = acts.filter(({ act }) => act === 'policy.put');
    assert.deepEqual(
      puts.map(({ actor, target }) => [actor, target]),
      [['one', String(version)]],
    );
  });

  it('means an app that is made later', async () => {
    await apply('  - { id: no, effect: deny, who: { apps: [late] } }');
    const { apps } = createAdminServices(node.primary, 0);
    await apps.create('late', 'test');
    const { parts } = await createDemoApp(node.primary, 'twilio', 'late');
    assert.equal((await sendMessage({ ...node, parts: () => parts })).code, 'policy_denied');
  });
});
