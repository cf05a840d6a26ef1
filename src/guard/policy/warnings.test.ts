import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from './document.ts';
import { policyWarnings } from './warnings.ts';

const warningsOf = (rest: string) => policyWarnings(parsePolicy(`{ version: 1, ${rest} }`), null);

test('a policy that allows nothing at all is taken with a warning', () => {
  const deny = '[{ id: a, effect: deny, to: { countries: [GB] } }]';
  for (const rules of ['[]', deny])
    assert.match(warningsOf(`mode: enforce, rules: ${rules}`).join(), /, so every request is refused\.$/);
  assert.match(warningsOf('mode: observe, rules: []').join(), /, so once the mode is enforce every/);
});

test('one that allows anything is not warned of', () => {
  assert.deepEqual(warningsOf('mode: enforce, rules: [{ id: a, effect: allow }]'), []);
});
