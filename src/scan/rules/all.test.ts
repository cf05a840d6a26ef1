import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LeakAnchor } from '../../vendors/leak-rule.ts';
import { LEAK_RULES } from './all.ts';

const FEWEST_VENDORS = 60;
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const secretsOf = (pattern: RegExp, text: string): string[] =>
  Array.from(text.matchAll(pattern), ({ groups }) => groups?.['secret'] ?? '');

function isNear(anchor: LeakAnchor, text: string): boolean {
  if (typeof anchor === 'string') return text.toLowerCase().includes(anchor.toLowerCase());
  return new RegExp(`${anchor.prefix}[0-9a-f]{${anchor.hex}}`, 'i').test(text);
}

describe('rules of leaks', () => {
  it('know the vendors', () => {
    assert.ok(new Set(LEAK_RULES.map(({ vendor }) => vendor)).size >= FEWEST_VENDORS);
  });

  it('have ids of their own, and all that the reference tells', () => {
    assert.equal(new Set(LEAK_RULES.map(({ id }) => id)).size, LEAK_RULES.length);
    for (const { id, title, form, remedy } of LEAK_RULES) {
      assert.match(id, ID);
      assert.ok(title.length > 5 && (form ?? '').length > 5, id);
      assert.match(remedy, /^[A-Z].*[.]$/, id);
    }
  });

  it('look at a bounded neighbourhood of anchors that are rare enough', () => {
    for (const { id, anchors, span, pattern } of LEAK_RULES) {
      assert.ok(span >= 16 && span <= 256, id);
      assert.match(pattern.flags, /^dgi?$/, id);
      assert.ok(anchors.length > 0, id);
      for (const anchor of anchors)
        if (typeof anchor === 'string') assert.match(anchor, /^[\t\n -~]{4,}$/, id);
        else assert.ok(anchor.hex >= 8, id);
    }
  });

  it('find their examples next to an anchor, whole and alone', () => {
    for (const { id, pattern, anchors, examples } of LEAK_RULES) {
      assert.ok(examples.length >= 2, id);
      for (const example of examples) {
        assert.ok(
          secretsOf(pattern, example).some((secret) => secret.length >= 8),
          `${id}: ${example}`,
        );
        assert.ok(
          anchors.some((anchor) => isNear(anchor, example)),
          `${id}: ${example}`,
        );
      }
    }
  });

  it('name what they must not take', () => {
    for (const { id, nearMisses } of LEAK_RULES) assert.ok(nearMisses.length >= 3, id);
  });

  it('have examples in more than one way of writing', () => {
    const shape = (text: string): string => text.replaceAll(/[0-9A-Za-z]+/g, 'x');
    for (const { id, examples } of LEAK_RULES) assert.ok(new Set(examples.map(shape)).size >= 2, id);
  });
});
