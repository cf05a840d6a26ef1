import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, sendAtLast, sendMessage } from '../spending.ts';

describe('a key that replaces another, which replaced a third', () => {
  let node: TestNode;
  let successor: TestNode;
  let first: string;
  before(async () => {
    node = await startNode();
    first = node.keys.get('twilio/secret')?.id ?? '';
    const { record } = await node.primary.keys.rotate(first, { overlap: 60_000 });
    const { credential } = await node.primary.keys.rotate(record.id, { overlap: 60_000 });
    const parts = { accountSid: credential.publicId ?? '', authToken: credential.verifier.reveal() };
    successor = { ...node, parts: () => parts };
  });
  after(() => node.close());

  it('spends from the budget of the first, together with that', async () => {
    await allowMessages(node.primary, 'budget_key', 2, { keys: [first] });
    assert.equal((await sendAtLast(node)).code, 'allowed');
    assert.equal((await sendAtLast(successor)).code, 'allowed');
    assert.equal((await sendAtLast(successor)).code, 'budget_exceeded');
    await node.primary.store.budgets.remove('budget_key');
    await node.primary.refreshBudgets();
  });

  it('is stopped by the kill switch of the first', async () => {
    const { store, refreshKills } = node.primary;
    const record = { id: 'kill_1', scope: 'key', target: first, reason: 'test', actor: 'test' } as const;
    await store.kills.put({ ...record, createdAt: Date.now() });
    await refreshKills();
    assert.equal((await sendMessage(successor)).code, 'killed');
    await store.kills.remove(record.id);
    await refreshKills();
    assert.equal((await sendMessage(successor)).code, 'allowed');
  });

  it('is meant by the rules that name the first', async () => {
    const source = `version: 1
mode: enforce
rules:
  - { id: all, effect: allow, what: { actions: [message.send] } }
  - { id: no, effect: deny, who: { keys: [twilio-secret] } }
`;
    await node.primary.store.policies.put({ source, createdAt: Date.now(), actor: 'test' }, 1);
    await node.primary.refreshPolicy();
    assert.equal((await sendMessage(successor)).code, 'policy_denied');
  });
});
