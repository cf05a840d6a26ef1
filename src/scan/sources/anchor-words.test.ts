import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEAK_RULES } from '../rules/all.ts';
import { createAnchorGate } from './anchor-words.ts';

test('every anchor of every rule passes the gate (else: npm run reference)', () => {
  const gate = createAnchorGate();
  for (const { id, anchors } of LEAK_RULES)
    for (const anchor of anchors) {
      const text = typeof anchor === 'string' ? anchor : anchor.prefix + '0'.repeat(anchor.hex);
      assert.ok(gate(Buffer.from(text)), `${id}: ${text}`);
    }
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
