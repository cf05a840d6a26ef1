import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';
import { until } from '../spending.ts';

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
    const used = await until(async () => {
      await node.primary.supervisor.reports();
      return (await node.primary.store.keys.get(id))?.lastUsedAt ?? null;
    });
    assert.ok(used >= before && used <= Date.now(), `${used}`);
  });
});
