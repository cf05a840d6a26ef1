import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createNameCheck, isOn, listOf, optionalWhole, requireText } from './fields.ts';
import { Unreadable } from './reading.ts';

test('a field that is spelled almost like a known one is refused', () => {
  const check = createNameCheck(['time_limit', 'to']);
  check({ time_limit: 1, to: 'x', other: 1 });
  for (const name of ['timeLimit', 'time-limit', 'TIME_LIMIT', 'To', 't_o'])
    assert.throws(() => check({ [name]: 1 }), Unreadable, name);
});

test('types are not guessed', () => {
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
