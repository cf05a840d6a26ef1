import assert from 'node:assert/strict';
import { it } from 'node:test';
import { answerHeaders, requestHeaders } from './headers.ts';

it('a part of an answer is not asked for, as a secret that is cut in two is not recognised', () => {
  const asked = { range: 'bytes=0-15', 'if-range': '"etag"', accept: 'application/json' };
  assert.deepEqual(requestHeaders(asked), { accept: 'application/json' });
});

it('no charset is asked for in which no secret would be recognised', () => {
  assert.deepEqual(requestHeaders({ 'accept-charset': 'utf-16' }), {});
});

it('names with `_` go no further, as some servers take them for those with `-`', () => {
  const named = { 'x_http_method-override': 'DELETE', content_type: 'text/plain', 'x-trace': 'a_b' };
  assert.deepEqual(requestHeaders(named), { 'x-trace': 'a_b' });
});

it('what the vendor says of its connection to the gateway ends there', () => {
  const hop = { 'x-hop': '1', 'x-hop-too': '2', 'keep-alive': 'timeout=5' };
  const answered = { connection: ['keep-alive, X-Hop', 'x-hop-too'], ...hop, 'x-more': '3' };
  assert.deepEqual(answerHeaders(answered), { 'x-more': '3' });
});
