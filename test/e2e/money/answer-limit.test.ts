import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Telnyx } from 'telnyx';
import { micros } from '../../../src/kernel/money.ts';
import { answer, serve, type Served } from '../../../src/vendors/shared/wire-fixture.ts';
import { plainParts } from '../../../src/custody/plain-parts.ts';
import type { PriceRecord } from '../../../src/store/records.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { until } from '../spending.ts';

const POLICY = `version: 1
mode: enforce
rules: [{ id: all, effect: allow, what: { actions: [other], effects: [spend, write] } }]
`;
const PRICE: PriceRecord = {
  vendor: 'telnyx',
  account: null,
  item: 'other/ai.openai.chat.createCompletion',
  prefix: '',
  amount: micros(1000),
  currency: 'USD',
  unit: 'each',
  increment: 60,
  from: 0,
  kind: 'price',
};

describe('a chat completion that does not say how long its answer may be', () => {
  let node: TestNode;
  let vendor: Served;
  let client: Telnyx;
  before(async () => {
    node = await startNode();
    vendor = await serve(() => answer(200, { choices: [] }));
    const { accounts, keys, store } = node.primary;
    const values = { apiKey: `KEY${'0'.repeat(32)}` };
    const made = { vendor: 'telnyx', name: 'models', values, upstream: vendor.origin, currency: 'USD' };
    const { id: account } = await accounts.seal(made);
    const key = {
      app: 'app_test',
      account,
      name: 'models',
      kind: 'secret' as const,
      lifetime: null,
      networks: [],
    };
    const { credential } = await keys.create(key);
    const { apiKey = '' } = plainParts(credential);
    client = new Telnyx({ apiKey, baseURL: `${node.gateway}/api.telnyx.com/v2`, maxRetries: 0 });
    await store.prices.put([PRICE]);
    await node.primary.refreshPrices();
    await store.policies.put({ source: POLICY, createdAt: 0, actor: 'test' }, 1);
    await node.primary.refreshPolicy();
  });
  after(async () => {
    await node.close();
    await vendor[Symbol.asyncDispose]();
  });

  it('leaves with the limit by which its bound was taken', async () => {
    await client.ai.openai.chat.createCompletion({ messages: [{ role: 'user', content: 'Hello' }] });
    const sent = JSON.parse(vendor.seen.at(-1)?.body.toString() ?? '') as { max_tokens?: number };
    assert.equal(sent.max_tokens, 4096);
    const { ledger } = node.primary.store;
    const row = await until(async () => (await ledger.list({ limit: 1 }))[0] ?? null);
    assert.equal(row.bound, 17_000);
  });
});
