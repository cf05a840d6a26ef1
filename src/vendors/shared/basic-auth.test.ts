import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { basicHeader, readBasic } from './basic-auth.ts';

test('a header that was written is read back, colons in the password included', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[^:]{0,40}$/u), fc.string({ unit: 'grapheme' }), (user, password) => {
      const [cleanUser, cleanPassword] = [user.toWellFormed(), password.toWellFormed()];
      assert.deepEqual(readBasic(basicHeader(cleanUser, cleanPassword)), {
        user: cleanUser,
        password: cleanPassword,
      });
    }),
  );
});

test('the scheme may be written in any case', () => {
  assert.equal(readBasic('bASIC dXNlcjpwYXNz')?.password, 'pass');
});

test('other schemes, broken base64 and text without colon give nothing', () => {
  for (const header of [
    undefined,
    '',
    'Basic',
    'Basic ',
    'Bearer abc',
    'Basic !!!',
    'Basic dXNlcg==',
    'Basic dXNl cjpw',
  ])
    assert.equal(readBasic(header), null, header);
  assert.equal(readBasic(`Basic ${'A'.repeat(10_000)}`), null);
});
