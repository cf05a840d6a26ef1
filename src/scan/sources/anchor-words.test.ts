import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEAK_RULES } from '../rules/all.ts';
import { RULE_GROUPS } from '../rules/groups.ts';
import { createAnchorGate } from './anchor-words.ts';

const groups = await Promise.all(
  Object.entries(RULE_GROUPS).map(async ([name, load]) => ({ name, rules: await load() })),
);

test('every anchor of every rule leads to its group (else: npm run reference)', () => {
  const gate = createAnchorGate();
  for (const { name, rules } of groups)
    for (const { id, anchors } of rules)
      for (const anchor of anchors) {
        const text = typeof anchor === 'string' ? anchor : anchor.prefix + '0'.repeat(anchor.hex);
        assert.ok(gate(Buffer.from(text)).includes(name), `${id}: ${text}`);
      }
});

test('every example of every rule leads to its group, in any case of letters', () => {
  const gate = createAnchorGate();
  for (const { name, rules } of groups)
    for (const { id, examples } of rules)
      for (const example of examples) {
        assert.ok(gate(Buffer.from(example)).includes(name), id);
        const upper = example.replaceAll(/[a-z]+/g, (word) => word.toUpperCase());
        assert.ok(gate(Buffer.from(upper)).includes(name), id);
      }
});

test('a document without an anchor leads to none', () => {
  assert.deepEqual(createAnchorGate()(Buffer.from('export const region = "eu-west-1";\n'.repeat(200))), []);
});

test('all rules are those of all groups, in their order', () => {
  assert.ok(LEAK_RULES.length > 100);
  assert.deepEqual(
    LEAK_RULES,
    groups.flatMap(({ rules }) => rules),
  );
});
