import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed } from '../cli-fixture.ts';

const ID = 'account_aaaaaaaaaaaaaaaa';
const GONE = 'account_bbbbbbbbbbbbbbbb';

test('rotations are listed by the names of their accounts, and by the id of one that is gone', async () => {
  const rotation = {
    secret: 'token',
    state: 'done',
    phase: 'done',
    startedAt: '2026-11-26T10:11:12.000Z',
    problem: null,
  };
  const answers: Readonly<Record<string, unknown>> = {
    'accounts.rotations': [
      { ...rotation, account: ID },
      { ...rotation, account: GONE },
    ],
    'accounts.list': [{ id: ID, name: 'main' }],
  };
  const text = await printed((route) => answers[route], 'accounts', 'rotations');
  assert.match(text, /^main +token/m);
  assert.match(text, /^account_b+ +token/m);
});
