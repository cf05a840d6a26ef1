import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from './document.ts';
import { unknownNames } from './unknown-names.ts';

const EXISTING = {
  app: [{ id: 'app_1', name: 'login' }],
  key: [{ id: 'key_1', name: 'login-main' }],
  account: [{ id: 'account_1', name: 'main' }],
};

function tell(parts: string, limits = ''): readonly string[] {
  const source = `{ version: 1, mode: enforce, rules: [{ id: codes, effect: allow, ${parts} }]${limits} }`;
  return unknownNames(parsePolicy(source), EXISTING);
}

test('names and ids that exist are not worth a word', () => {
  assert.deepEqual(tell('who: { apps: [login, app_1], keys: [login-main] }, what: { accounts: [main] }'), []);
});

test('what does not exist is told by its rule and kind, with the nearest name', () => {
  assert.deepEqual(tell('who: { apps: [logn], keys: [other] }, what: { accounts: [Main] }'), [
    'codes: there is no app "logn" yet; did you mean "login"?',
    'codes: there is no key "other" yet.',
    'codes: there is no account "Main" yet; did you mean "main"?',
  ]);
});

test('an unknown name in a limit is told, as in a rule', () => {
  const limits = ', limits: [{ id: slow, per: app, who: { apps: [shop] }, rate: 3/10m }]';
  assert.deepEqual(tell('who: { apps: [login] }', limits), ['slow: there is no app "shop" yet.']);
});

test('of a great many, twenty are told, and how many more there are', () => {
  const names = Array.from({ length: 25 }, (_, index) => `unheard-of-${index}`);
  const told = tell(`who: { apps: [${names.join(', ')}] }`);
  assert.equal(told.length, 21);
  assert.equal(told[20], 'and 5 more names that do not exist yet.');
});
