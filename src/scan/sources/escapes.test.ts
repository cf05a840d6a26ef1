import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeEscapes } from './escapes.ts';
import { sourceOf, sourceRange } from './rewritten.ts';

const decoded = (text: string): string | null => {
  const rewriting = decodeEscapes(Buffer.from(text));
  return rewriting === null ? null : Buffer.from(rewriting.bytes).toString('latin1');
};

test('escapes of URLs and of JSON stand in clear', () => {
  assert.equal(decoded('?key=a%2Bb%2fc%3D%3d&x=1'), '?key=a+b/c==&x=1');
  assert.equal(decoded(String.raw`{"key":"a\u002Bb\u003d"}`), '{"key":"a+b="}');
  assert.equal(decoded(String.raw`a%2B\u002b%2B`), 'a+++');
});

test('colours of a terminal are a space each, and nothing else that an escape begins is', () => {
  const log = "{ token: \u001B[32m'abc'\u001B[39m }, \u001B[1;38:5:9mNAME\u001B[0m=x";
  assert.equal(decoded(log), "{ token:  'abc'  },  NAME =x");
  assert.equal(decoded('\u001B]0;title\u0007 \u001B[ \u001B'), null);
});

test('text that only looks like an escape stays as it is', () => {
  for (const text of [
    '',
    '100%',
    'width: 50%; printf("%02x %s %d")',
    '%',
    '%2',
    '%G1',
    '%C3%A4',
    String.raw`\u00e4 \u0`,
  ])
    assert.equal(decoded(text), null, text);
});

test('only one level of escaping is undone', () => {
  assert.equal(decoded('a%252Bb'), 'a%2Bb');
});

test('any text comes back from its escaped form, and the place of each character is known', () => {
  const piece = fc.tuple(fc.integer({ min: 32, max: 126 }), fc.constantFrom('plain', 'percent', 'json'));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1 }), (pieces) => {
      const forms = pieces.map(([code, form]) => {
        const hex = code.toString(16);
        // A bare percent sign or backslash could begin an escape with what follows it.
        if (form === 'json') return `\\u00${hex}`;
        return form === 'percent' || code === 0x25 || code === 0x5c ? `%${hex}` : String.fromCodePoint(code);
      });
      const rewriting = decodeEscapes(Buffer.from(forms.join('')));
      const expected = pieces.map(([code]) => String.fromCodePoint(code)).join('');
      const bytes = rewriting?.bytes ?? Buffer.from(forms.join(''));
      assert.equal(Buffer.from(bytes).toString('latin1'), expected);
      let source = 0;
      for (const [at, form] of forms.entries()) {
        if (rewriting !== null) assert.equal(sourceOf(rewriting, at), source);
        source += form.length;
      }
      if (rewriting !== null && (forms.at(-1) ?? '').length === 1)
        assert.deepEqual(sourceRange(rewriting, 0, forms.length), [0, source]);
    }),
  );
});

test('a document full of escapes is bounded', () => {
  const rewriting = decodeEscapes(Buffer.from('%2B'.repeat(150_000)));
  assert.equal(rewriting?.pieces.filter(({ replaced }) => replaced).length, 100_000);
});
