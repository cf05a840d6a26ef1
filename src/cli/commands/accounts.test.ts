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

const AT = '2026-11-26T10:11:12.000Z';
const step = (phase: string, note: string) => ({ phase, at: AT, note });

/** Standard output and error of a rotation, as it stands at each look. */
async function followed(...looks: readonly { readonly state: string; readonly steps: readonly unknown[] }[]) {
  const left = looks.map((look) => ({ account: ID, secret: 'token', problem: 'No.', ...look }));
  return printed(
    (route) =>
      route === 'accounts.rotate' ? { rotation: left.shift(), guide: [] } : (left.shift() ?? left[0]),
    'accounts',
    'rotate',
    'main',
  );
}

test('a rotation tells of going back only where the new credential was in use', async () => {
  const begun = step('creating', '');
  const kept = [begun, step('rolling-back', 'No.'), step('rolled-back', 'The old one is in use.')];
  assert.doesNotMatch(await followed({ state: 'rolled-back', steps: kept }), /Going back/);
  const back = [begun, step('watching', 'It is used.'), ...kept.slice(1)];
  assert.match(
    await followed({ state: 'rolled-back', steps: back }),
    /No\.\n.*Going back to the old credential/,
  );
});

test('who follows a rotation is told that it goes on after Ctrl-C, and where to look', async () => {
  const steps = [step('creating', '')];
  const text = await followed({ state: 'running', steps }, { state: 'done', steps });
  assert.match(text, /^Ctrl-C .* the rotation goes on: `ringfence accounts rotations`/m);
  assert.doesNotMatch(await followed({ state: 'done', steps }), /Ctrl-C/);
});

test('a rekey before the restart says that the gateway has not read the new key', async () => {
  const report = { ringKey: 'old', unread: 'new', rewrapped: 0, current: 3, failed: [] };
  const text = await printed(() => report, 'accounts', 'rekey');
  assert.match(text, /^0 re-wrapped to the key old, 3 were already/);
  assert.match(text, /a newer key, new: restart the gateway.* run this again/);
  assert.doesNotMatch(await printed(() => ({ ...report, unread: null }), 'accounts', 'rekey'), /restart/);
});
