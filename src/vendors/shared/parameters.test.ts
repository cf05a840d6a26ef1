import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MORE_PARAMETERS } from '../../intent/intent.ts';
import { parametersOf } from './parameters.ts';

test('parameters are flat, outer levels first, what is nested under its own name and that of what holds it', () => {
  const nested = {
    to: [{ number: '1' }, { number: '2' }],
    urls: ['a'],
    deep: { a: { b: true } },
    last: null,
  };
  assert.deepEqual(
    [...parametersOf(nested)],
    [
      ['to', ''],
      ['urls', ''],
      ['deep', ''],
      ['last', 'null'],
      ['deep.a', ''],
      ['to.number', '1'],
      ['deep.a.b', 'true'],
    ],
  );
  const long = 'k'.repeat(1000);
  assert.deepEqual(
    [...parametersOf({ [long]: { inner: 1 }, a: { [long]: { inner: 1 }, b: 2 } }).keys()],
    [long, 'a', `a.${long}`, 'a.b'],
  );
  assert.equal(parametersOf({ a: 'x'.repeat(10_000) }).get('a')?.length, 4096);
});

test('of more than 200 parameters the outer ones are listed, with a mark that others were left out', () => {
  const names = Array.from({ length: 5000 }, (_, place) => [`n${place}`, place] as const);
  for (const padding of [Object.fromEntries(names), names.map(([name]) => ({ [name]: { deep: 1 } }))]) {
    const found = parametersOf({ padding, switch: 'off', list: ['x'], sms: { ttl: 1 } });
    assert.equal(found.size, 201);
    assert.deepEqual([...found.keys()].slice(0, 4), ['padding', 'switch', 'list', 'sms']);
    assert.ok(found.has(MORE_PARAMETERS));
  }
  const many = Array.from({ length: 20_000 }, () => ({ to: '1' }));
  assert.ok(parametersOf({ many, sms: { ttl: 1 } }).has(MORE_PARAMETERS));
  assert.ok(!parametersOf({ many: many.slice(0, 1000), sms: { ttl: 1 } }).has(MORE_PARAMETERS));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 20 }), (value) => {
      assert.ok(parametersOf(JSON.parse(JSON.stringify(value))).size <= 201);
    }),
  );
});
