import assert from 'node:assert/strict';
import { test } from 'node:test';
import { intentBy, wire } from '../shared/wire-fixture.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';
import { TEXT_READERS } from './texts.ts';

const HOST = 'api.telnyx.com';

function quantity(url: string, json: object): number | undefined {
  return intentBy(telnyx, wire(HOST, { method: 'POST', url: `/v2${url}`, json })).quantity;
}

test('speech is charged for each thousand characters that it says', () => {
  const speech = '/text-to-speech/speech';
  assert.equal(quantity(speech, { text: 'Hello', voice: 'v' }), 1);
  assert.equal(quantity(speech, { text: 'x'.repeat(1_000_000), voice: 'v' }), 1001);
  assert.equal(quantity('/calls/c1/actions/speak', { payload: 'x'.repeat(2500), voice: 'v' }), 3);
});

test('every reader of texts belongs to an operation that spends', () => {
  const spending = new Set(
    operations.rows.filter(({ effects }) => effects.includes('spend')).map(({ id }) => id),
  );
  for (const id of Object.keys(TEXT_READERS)) assert.ok(spending.has(id), id);
});
