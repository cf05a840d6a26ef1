import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intentBy, type RequestParts, wire } from '../shared/wire-fixture.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';
import { MODEL_READERS } from './models.ts';

const HOST = 'api.telnyx.com';
const CHAT = '/ai/openai/chat/completions';
const RESPONSES = '/ai/openai/responses';
const ASKED = { model: 'm', messages: [{ role: 'user', content: 'Hello' }] };
const UNSAID = Math.ceil((4096 + JSON.stringify(ASKED).length) / 250);

function requestOf(url: string, parts: Omit<RequestParts, 'url'>) {
  return wire(HOST, { method: 'POST', url: `/v2${url}`, ...parts });
}

function quantity(url: string, json: object): number {
  return intentBy(telnyx, requestOf(url, { json })).quantity ?? 0;
}

function sent(url: string, parts: Omit<RequestParts, 'url'>): string {
  const request = requestOf(url, parts);
  const operation = operations.match('POST', HOST, request.segments);
  assert.ok(operation);
  return telnyx.limit?.(operation, request, null).body.toString() ?? '';
}

test('an answer that the request does not limit is limited to what it is counted as', () => {
  for (const [url, field] of [
    [CHAT, 'max_tokens'],
    ['/ai/anthropic/v1/messages', 'max_tokens'],
    [RESPONSES, 'max_output_tokens'],
  ] as const)
    for (const unsaid of [{}, { [field]: null }, { [field]: 0 }, { [field]: '' }]) {
      const json = { ...ASKED, stream: true, ...unsaid };
      const limited = JSON.parse(sent(url, { json })) as Record<string, unknown>;
      assert.deepEqual(limited, { ...json, [field]: 4096 }, url);
      assert.ok(quantity(url, json) * 250 >= 4096, url);
    }
  assert.equal(quantity(CHAT, ASKED), UNSAID);
  assert.match(sent(CHAT, { form: { model: 'm', max_tokens: '' } }), /model=m&max_tokens=4096/);
});

test('a limit in a field by which the vendor does not go is written where it does', () => {
  const json = { ...ASKED, max_completion_tokens: 500 };
  assert.deepEqual(JSON.parse(sent(CHAT, { json })), { ...json, max_tokens: 500 });
  const other = { model: 'm', input: 'x', max_tokens: 500 };
  assert.deepEqual(JSON.parse(sent(RESPONSES, { json: other })), { ...other, max_output_tokens: 500 });
});

test('a request that says how long its answer may be is sent byte for byte as it came', () => {
  for (const json of [
    { ...ASKED, max_tokens: 10, max_completion_tokens: 900 },
    { ...ASKED, max_tokens: '7' },
  ])
    assert.equal(sent(CHAT, { json }), JSON.stringify(json));
  const speech = { text: 'Hello' };
  assert.equal(sent('/text-to-speech/speech', { json: speech }), JSON.stringify(speech));
});

test('a model is charged for what it is asked, and for each answer as long as it may be', () => {
  const limited = { ...ASKED, max_tokens: 1000 };
  assert.equal(quantity(CHAT, limited), 5);
  assert.equal(quantity(CHAT, { ...limited, n: 2 }), 9);
  assert.equal(quantity(CHAT, { ...limited, n: 2, best_of: 20, use_beam_search: true }), 81);
  assert.equal(quantity(CHAT, { ...limited, max_completion_tokens: 2000 }), 9);
  assert.equal(quantity(RESPONSES, { model: 'm', input: 'x', max_output_tokens: 501 }), 3);
});

test('a question to a model counts a token for each byte', () => {
  const asking = (content: string) =>
    quantity(CHAT, { ...ASKED, max_tokens: 1, messages: [{ role: 'user', content }] });
  assert.ok(asking('x'.repeat(1_500_000)) >= 6000);
  assert.ok(asking('漢'.repeat(10_000)) >= 120);
  assert.ok(quantity('/ai/openai/embeddings', { model: 'm', input: '😀'.repeat(250) }) >= 4);
});

test('input that a model reads from elsewhere counts as the most that it can read', () => {
  const withPart = (part: object) => ({ ...ASKED, messages: [{ role: 'user', content: [part] }] });
  const picture = { type: 'image_url', image_url: { url: 'https://x.example/a.png' } };
  assert.ok(quantity(CHAT, withPart(picture)) >= UNSAID + 65);
  for (const [url, json] of [
    [CHAT, withPart({ type: 'file', file: { file_id: 'f' } })],
    [CHAT, { ...ASKED, tools: [{ type: 'retrieval', retrieval: { bucket_ids: ['b'] } }] }],
    ['/ai/anthropic/v1/messages', { ...ASKED, mcp_servers: [{ url: 'https://x.example' }] }],
    [RESPONSES, { model: 'm', input: 'x', conversation: 'c' }],
  ] as const)
    assert.ok(quantity(url, json) >= 4000, JSON.stringify(json));
  const run = { type: 'function', function: { name: 'f', parameters: { image_url: {}, file_id: {} } } };
  assert.ok(quantity(CHAT, { ...ASKED, tools: [run] }) < UNSAID + 2, 'a function is run by the app');
  const said = withPart({ type: 'text', text: '"image_url": "type":"file"' });
  assert.ok(quantity(CHAT, said) < UNSAID + 2, 'a text that mentions it');
});

test('every reader of models belongs to an operation that spends', () => {
  const spending = new Set(
    operations.rows.filter(({ effects }) => effects.includes('spend')).map(({ id }) => id),
  );
  for (const id of Object.keys(MODEL_READERS)) assert.ok(spending.has(id), id);
});
