import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { anchorWords } from '../../../scripts/anchor-words.ts';
import { LEAK_RULES } from '../rules/all.ts';
import { createAnchorGate } from './anchor-words.ts';

test('the list of anchors is that of the rules (else: npm run reference)', () => {
  assert.equal(readFileSync(new URL('../anchor-words.json', import.meta.url), 'utf8'), anchorWords());
});

test('every example of every rule passes the gate, in any case of letters', () => {
  const gate = createAnchorGate();
  for (const { id, examples } of LEAK_RULES)
    for (const example of examples) {
      assert.ok(gate(Buffer.from(example)), id);
      assert.ok(gate(Buffer.from(example.replaceAll(/[a-z]+/g, (word) => word.toUpperCase()))), id);
    }
});

test('a document without an anchor does not pass, a very large one always does', () => {
  const gate = createAnchorGate();
  assert.ok(!gate(Buffer.from('export const region = "eu-west-1";\n'.repeat(200))));
  assert.ok(gate(Buffer.alloc(2 << 20, 'x')));
});
