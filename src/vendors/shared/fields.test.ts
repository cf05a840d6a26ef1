import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNameCheck, exactField, isOn, listOf, optionalWhole, requireText } from './fields.ts';
import { Unreadable } from './reading.ts';

test('a field that is spelled almost like a known one is refused', () => {
  const check = createNameCheck(['time_limit', 'to']);
  check({ time_limit: 1, to: 'x', other: 1 });
  for (const name of ['timeLimit', 'time-limit', 'TIME_LIMIT', 'To', 't_o'])
    assert.throws(() => check({ [name]: 1 }), Unreadable, name);
});

test('a field is read only if no other is spelled almost like it, whether it is there itself or not', () => {
  assert.equal(exactField({ time_limit: 1, constructor_: 2 }, 'time_limit'), 1);
  assert.equal(exactField({ other: 1 }, 'time_limit'), undefined);
  assert.equal(exactField({}, 'constructor'), undefined);
  for (const name of ['timeLimit', 'Time_Limit', 'time.limit', 'time_limit[]', ' time_limit', 'time-limit']) {
    assert.throws(() => exactField({ [name]: 2 }, 'time_limit'), Unreadable, name);
    assert.throws(() => exactField({ time_limit: 1, [name]: 2 }, 'time_limit'), Unreadable, name);
    assert.throws(() => isOn({ [name]: 2 }, 'time_limit'), Unreadable, name);
  }
});

test('letters that are folded to others, as Go does, are no way round', () => {
  for (const [name, alike] of [
    ['tasks', 'ta\u017fk\u017f'],
    ['tasks', 'tas\u212as'],
    ['limit', 'l\u0131mit'],
  ] as const) {
    assert.throws(() => requireText({ [name]: 'a', [alike]: 'b' }, name), Unreadable, alike);
    assert.throws(() => createNameCheck([name])({ [alike]: 'b' }), Unreadable, alike);
  }
});

test('whole numbers pass for text, and digits for whole numbers; any other type is refused', () => {
  assert.equal(requireText({ a: 5 }, 'a'), '5');
  for (const a of [null, '', 1.5, true, {}, []]) assert.throws(() => requireText({ a }, 'a'), Unreadable);
  assert.equal(optionalWhole({ a: '60' }, 'a', [1, 60]), 60);
  for (const a of [0, 61, '1e1', '-1', ' 5', '0x10', 1.5])
    assert.throws(() => optionalWhole({ a }, 'a', [1, 60]), Unreadable);
  assert.throws(() => listOf({ a: 'x' }, 'a'), Unreadable);
  assert.throws(() => listOf({ a: Array(1001).fill(1) }, 'a'), Unreadable);
  assert.deepEqual(
    [undefined, null, false, 'false', '', true, 'true', 0, {}].map((a) =>
      isOn(a === undefined ? {} : { a }, 'a'),
    ),
    [false, false, false, false, false, true, true, true, true],
  );
  assert.throws(() => requireText({}, 'constructor'), Unreadable, 'inherited names are no fields');
});
