import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from './document.ts';
import { checkReferences } from './references.ts';

const VENDORS = [{ id: 'acme', operations: { rows: [{ id: 'SendMessage' }] } }];

function check(rule: string): void {
  const source = `{ version: 1, mode: enforce, rules: [{ id: stop, effect: deny, ${rule} }] }`;
  checkReferences(parsePolicy(source), VENDORS);
}

test('a rule that names what does not exist is refused by name', () => {
  const cases = [
    ['to: { countries: [GB, UK] }', 'stop: there is no country "UK"'],
    ['to: { notCountries: [EN] }', 'stop: there is no country "EN"'],
    ['what: { vendors: [acne] }', 'stop: there is no vendor "acne"'],
    ['what: { operations: [SendMesage] }', 'stop: there is no operation "SendMesage"'],
  ] as const;
  for (const [rule, message] of cases)
    assert.throws(() => check(rule), { code: 'input_invalid', message: new RegExp(message) });
});

test('so is a limit', () => {
  const limits = '[{ id: slow, per: app, rate: 1/1m, to: { countries: [UK] } }]';
  const source = `{ version: 1, mode: enforce, rules: [], limits: ${limits} }`;
  assert.throws(() => checkReferences(parsePolicy(source), VENDORS), {
    message: /slow: there is no country/,
  });
});

test('apps, keys and accounts may come later', () => {
  check('who: { apps: [later], keys: [later] }, what: { accounts: [later], vendors: [acme] }');
  check('what: { operations: [SendMessage] }, to: { countries: [GB, XK] }');
});
