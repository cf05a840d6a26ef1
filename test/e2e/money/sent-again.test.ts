import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Telnyx from 'telnyx';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';

describe('an SDK that sends again by itself', () => {
  let node: TestNode;
  let client: Telnyx;
  before(async () => {
    node = await startNode();
    const { apiKey = '' } = node.parts('telnyx');
    client = new Telnyx({ apiKey, baseURL: `${node.gateway}/api.telnyx.com/v2` });
  });
  after(() => node.close());

  const send = () => client.messages.send({ from: FROM, to: ALLOWED, text: 'x' });
  const sent = (): number =>
    node.sandbox.requests.list().filter(({ method, path }) => method === 'POST' && path.includes('/messages'))
      .length;

  it('does not where nobody knows whether the vendor took it: a person would get it twice', async () => {
    node.sandbox.faults.add({ kind: 'error-after', vendor: 'telnyx', method: 'POST', count: 1 });
    await assert.rejects(send, Telnyx.InternalServerError);
    assert.equal(sent(), 1);
  });

  it('does where the vendor took nothing', async () => {
    const before = sent();
    node.sandbox.faults.add({ kind: 'rate-limit', vendor: 'telnyx', method: 'POST', count: 1 });
    assert.ok((await send()).data?.id);
    assert.equal(sent() - before, 2);
  });
});
