import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOf } from './pattern-source.ts';

test('the end of a pattern is the class of its last character', () => {
  for (const [source, end] of [
    ['[0-9a-f]{32}', '0-9a-f'],
    ['ab(?:c|[d-f]+)(?![x])', 'cd-f'],
    ['[A-Z]{22}={0,2}', '=A-Z'],
    [String.raw`(?<secret>a\.)`, String.raw`\.`],
    ['x(?:%3D|=)?', 'D=x'],
  ])
    assert.equal(endOf(source ?? ''), end);
});

test('hyphens at the ends of classes stay hyphens', () => {
  const end = endOf('(?:[+-]|[-0-9]|[a-z])') ?? assert.fail();
  const pattern = new RegExp(`^[${end}]+$`);
  for (const text of ['+-', '059', 'az']) assert.ok(pattern.test(text));
  for (const text of [',', '.', '/', ':', '_']) assert.ok(!pattern.test(text));
});

test('a pattern that may be empty, or whose end is not understood, has no end class', () => {
  for (const source of ['', 'a?', '[a-z]*', 'a.', '[^a]', String.raw`a\b`, String.raw`(a)\1`, 'a|b*'])
    assert.equal(endOf(source), null, source);
});
