import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parametersOf } from './parameters.ts';

test('parameters are flat, outer levels first, at most 200', () => {
  const nested = { to: [{ number: '1' }], deep: { a: { b: true } }, last: null };
  assert.deepEqual(
    [...parametersOf(nested)],
    [
      ['last', 'null'],
      ['to.0.number', '1'],
      ['deep.a.b', 'true'],
    ],
  );
  const long = 'k'.repeat(1000);
  assert.deepEqual(
    [...parametersOf({ [long]: { inner: 1 }, a: { [long]: { inner: 1 }, b: 2 } }).keys()],
    ['a.b'],
  );
  const wide = { first: Array.from({ length: 5000 }, (_, place) => ({ place })), switch: 'off' };
  const found = parametersOf(wide);
  assert.ok(found.size <= 200 && found.get('switch') === 'off');
  assert.equal(parametersOf({ a: 'x'.repeat(10_000) }).get('a')?.length, 4096);
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 20 }), (value) => {
      assert.ok(parametersOf(JSON.parse(JSON.stringify(value))).size <= 200);
    }),
  );
});
