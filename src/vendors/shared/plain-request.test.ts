import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPlain } from './plain-request.ts';
import { Unreadable } from './reading.ts';
import { wire } from './wire-fixture.ts';

test('compression and overridden methods and paths are refused', () => {
  const plain = wire('h', { url: '/', headers: { 'content-encoding': 'identity' } });
  assert.doesNotThrow(() => checkPlain(plain));
  for (const headers of [
    { 'content-encoding': 'br' },
    { 'x-http-method-override': 'PUT' },
    { 'x-original-url': '/' },
  ])
    assert.throws(() => checkPlain({ ...plain, headers }), Unreadable);
});

test('a body is taken in UTF-8 only, since the vendor may read it in the charset that its label names', () => {
  const labelled = (type: string) =>
    wire('h', { url: '/', form: { a: 'b' }, headers: { 'content-type': type } });
  const form = 'application/x-www-form-urlencoded';
  for (const charset of [
    '',
    '; charset=utf-8',
    ';charset="UTF-8"',
    '; charset=utf8; q=1',
    '; charset=us-ascii',
  ])
    assert.doesNotThrow(() => checkPlain(labelled(form + charset)), charset);
  for (const charset of [
    'utf-16',
    'IBM037',
    'iso-8859-1',
    'utf-8; charset=utf-16',
    '"utf-16"',
    "utf-16'",
    '',
  ])
    assert.throws(() => checkPlain(labelled(`${form}; charset=${charset}`)), Unreadable, charset);
});
