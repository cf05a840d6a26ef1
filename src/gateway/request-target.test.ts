import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTarget } from './request-target.ts';

test('what is encoded twice is refused where a server that decodes once more would see another path', () => {
  for (const path of [
    '/Calls/CA1%252FRecordings.json',
    '/Calls/%252e%252e',
    '/a%255Cb',
    '/a%253Fb',
    '/a%2500',
    '/a%252523b',
  ])
    assert.equal(readTarget(path), null, path);
  assert.deepEqual(readTarget('/documents/100%25')?.segments, ['documents', '100%']);
  assert.deepEqual(readTarget('/v2/PhoneNumbers/%2B15005550006')?.segments[2], '+15005550006');
});

test('a semicolon stays encoded, as it came; a bare one, which some servers cut off, is refused', () => {
  assert.equal(readTarget('/numbers/Local;x=1'), null);
  const target = readTarget('/users/a%3Bb%40c');
  assert.deepEqual([target?.path, target?.segments], ['/users/a%3Bb@c', ['users', 'a;b@c']]);
  assert.equal(readTarget('/users?a=1;b')?.query, 'a=1;b');
});
