import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskValue } from './mask.ts';

test('a long value shows four characters at its start and two at its end', () => {
  assert.equal(maskValue('9d02c7e4b16f38a5507be2914cfa6d83'), '9d02…83 (32 characters)');
});

test('of ten characters two are shown, of six none', () => {
  assert.equal(maskValue('a1b2c3d4e5'), 'a1… (10 characters)');
  assert.equal(maskValue('a1b2c3'), '… (6 characters)');
});

test('a private key shows nothing of its content', () => {
  assert.equal(maskValue('-----BEGIN PRIVATE KEY-----\nMIIEvQ'), '-----BEGIN… (34 characters)');
});

test('no mask shows more than six characters of a value, nor a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
      const [shown = ''] = maskValue(value).split(' (');
      assert.ok(shown.startsWith('-----BEGIN') || shown.replace('…', '').length <= 6, shown);
      assert.match(shown, /^[\x21-\x7e…]*$/);
    }),
  );
});
