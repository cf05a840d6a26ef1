import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Refusal } from '../intent/decision.ts';
import type { PermittedRequest } from './decide.ts';
import type { PipelineParts } from './parts.ts';
import { answerOutcome } from './respond.ts';
import { createAnswerRoom } from './answer-room.ts';
import { createScrubber } from './scrub.ts';
import type { Settled } from './settle.ts';

const parts = {
  answers: createAnswerRoom(),
  journal: {
    node: 'w0',
    epoch: 1,
    onDurable: (_position: number, done: (error: Error | null) => void) => done(null),
  },
} as unknown as PipelineParts;
const permitted = {
  request: {
    method: 'POST',
    host: 'api.acme.example',
    target: { path: '/calls' },
    toGateway: null,
    vendor: {
      facts: {},
      refuse: ({ code, message }: Refusal) => ({
        status: 412,
        headers: {},
        body: Buffer.from(`${code} ${message}`),
      }),
    },
  },
  account: { upstream: null, scrubber: createScrubber({ fields: {}, secrets: {} }, []) },
  backward: { type: 'application/acme', answer: () => null },
} as unknown as PermittedRequest;

test('an answer that cannot be translated is refused under the id of its decision, and not to be asked for again', async () => {
  const { decision, body } = await answerOutcome(parts, permitted, {
    position: 7,
    outcome: {
      kind: 'answered',
      status: 200,
      headers: {},
      body: Buffer.from('<html>'),
      rest: null,
      token: null,
    },
    settled: { state: 'committed' } as Settled,
  });
  assert.match(decision, /^denied; code=answer_unreadable; rule=upstream; id=w0-1-7$/);
  assert.match(body, /^answer_unreadable .*do not send again what may have been done.* \[w0-1-7\]$/);
});
