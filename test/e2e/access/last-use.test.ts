import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';

describe('last use of a key', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  it('is known within seconds, however often somebody asks for reports meanwhile', async () => {
    const before = Date.now();
    const { id, parts } = node.keys.get('telnyx/secret') ?? assert.fail('no key');
    const answer = await fetch(`${node.gateway}/api.telnyx.com/v2/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${parts['apiKey']}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: ALLOWED, from: FROM, text: 'x' }),
    });
    assert.equal(answer.status, 200, await answer.text());
    const deadline = Date.now() + 20_000;
    let used: number | null = null;
    while (used === null && Date.now() < deadline) {
      await node.primary.supervisor.reports();
      used = (await node.primary.store.keys.get(id))?.lastUsedAt ?? null;
      await sleep(50);
    }
    assert.ok(used !== null && used >= before && used <= Date.now(), `${used}`);
  });
});
