import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Operation } from '../wire.ts';
import { readingOf, Unreadable } from './reading.ts';

const operation = { id: 'x', vendor: 'v', effects: ['spend'] } as unknown as Operation;

test('an unreadable request is malformed; a mistake of ours stays an exception', () => {
  const no = readingOf(operation, () => {
    throw new Unreadable('`to` is missing.');
  });
  assert.deepEqual(no, { kind: 'malformed', problem: '`to` is missing.' });
  assert.throws(
    () =>
      readingOf(operation, () => {
        throw new TypeError('bug');
      }),
    TypeError,
  );
  const yes = readingOf(operation, () => ({ sender: 'me' }));
  assert.ok(yes.kind === 'intent' && yes.intent.sender === 'me' && yes.intent.action === 'other');
  assert.deepEqual(yes.kind === 'intent' && yes.intent.effects, ['spend']);
});
