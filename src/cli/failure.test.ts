import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { formatFailure } from './failure.ts';

const PLAIN = { json: false, verbose: false };

test('an error of the operating system is told with its path, and not as a bug', async () => {
  const error: unknown = await mkdir('/dev/null/data', { recursive: true }).catch((cause: unknown) => cause);
  const text = formatFailure(error, PLAIN);
  assert.match(text, /^error: E\w+: .*\/dev\/null/);
  assert.match(text, /check the path, its permissions and the free disk space/);
});

test('a fault of the program is told as one, whatever was thrown', () => {
  for (const thrown of [new TypeError('x is not a function'), 'text', null, undefined, { code: 'EACCES' }])
    assert.match(formatFailure(thrown, PLAIN), /This is a bug/);
});
