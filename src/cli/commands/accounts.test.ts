import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printed, ran } from '../cli-fixture.ts';

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

test('a rotation that was not done fails, also for programs that read JSON', async () => {
  for (const state of ['done', 'rolled-back', 'halted']) {
    const rotation = { account: ID, secret: 'token', state, steps: [], problem: 'The vendor refuses it.' };
    const answers: Readonly<Record<string, unknown>> = {
      'accounts.rotate': { rotation, guide: [] },
      'leaks.show': { match: null, endedAt: null },
      'leaks.respond': { rotation, guide: [], leak: {} },
    };
    const wanted = state === 'done' ? 0 : 1;
    for (const words of [
      ['accounts', 'rotate', 'main'],
      ['leaks', 'respond', 'leak_1'],
    ]) {
      assert.equal((await ran((route) => answers[route], ...words)).code, wanted, state);
      const { text, code } = await ran((route) => answers[route], ...words, '--json');
      assert.deepEqual([JSON.parse(text), code], [rotation, wanted]);
    }
  }
});

test('a rekey before the restart says that the gateway has not read the new key', async () => {
  const report = { ringKey: 'old', unread: 'new', rewrapped: 0, current: 3, failed: [] };
  const text = await printed(() => report, 'accounts', 'rekey');
  assert.match(text, /^0 re-wrapped to the key old, 3 were already/);
  assert.match(text, /a newer key, new: restart the gateway.* run this again/);
  assert.doesNotMatch(await printed(() => ({ ...report, unread: null }), 'accounts', 'rekey'), /restart/);
});
