import assert from 'node:assert/strict';
import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { answerProbe, isProbeAnswer } from './probe.ts';

const key = createSecretKey(randomBytes(32));

test('an answer fits its nonce and its key, and nothing else', () => {
  const nonce = randomBytes(16).toString('base64url');
  const answer = answerProbe(nonce, key);
  assert.equal(answer, createHmac('sha256', key).update(`ringfence probe ${nonce}`).digest('base64url'));
  assert.ok(answer !== null && isProbeAnswer(answer, answer));
  const other = answerProbe(randomBytes(16).toString('base64url'), key) ?? '';
  for (const wrong of [
    other,
    answerProbe(nonce, createSecretKey(randomBytes(32))),
    '',
    null,
    undefined,
    nonce,
  ])
    assert.ok(!isProbeAnswer(wrong, answer), String(wrong));
  assert.ok(!isProbeAnswer('', ''));
});

test('only a nonce of the right form is answered', () => {
  for (const nonce of [null, '', 'a'.repeat(21), 'a'.repeat(65), `${'a'.repeat(22)}\n`, `${'a'.repeat(22)}.`])
    assert.equal(answerProbe(nonce, key), null, JSON.stringify(nonce));
  assert.ok(answerProbe('a'.repeat(22), key));
});
