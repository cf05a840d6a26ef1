import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../kernel/secret.ts';
import { createScrubber } from './scrub.ts';

/** Its spellings differ in every encoding, and its Base64 in both alphabets. */
const SECRET = 'top/secret+?>~"ÿ key!';
const { headers, text } = createScrubber(
  { fields: { accountSid: 'AC0123' }, secrets: { token: new Secret(SECRET) } },
  [],
);

const SPELLINGS = {
  plain: Buffer.from(SECRET).toString('latin1'),
  'percent-encoded': encodeURIComponent(SECRET),
  'percent-encoded in lower case': encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase()),
  'as forms write it': new URLSearchParams({ x: SECRET }).toString().slice(2),
  'percent-encoded by RFC 3986': encodeURIComponent(SECRET).replaceAll('!', '%21'),
  JSON: Buffer.from(JSON.stringify(SECRET).slice(1, -1)).toString('latin1'),
  'JSON with escaped slashes': Buffer.from(
    JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/'),
  ).toString('latin1'),
  'JSON that is safe in HTML': Buffer.from(
    JSON.stringify(SECRET).slice(1, -1).replaceAll('>', '\\u003e'),
  ).toString('latin1'),
  'JSON in ASCII': JSON.stringify(SECRET).slice(1, -1).replaceAll('ÿ', '\\u00ff'),
  'JSON in a string of JSON': Buffer.from(JSON.stringify(JSON.stringify(SECRET)).slice(3, -3)).toString(
    'latin1',
  ),
  Base64: Buffer.from(SECRET).toString('base64'),
  'Base64 for URLs': Buffer.from(SECRET).toString('base64url'),
  'a basic credential': Buffer.from(`AC0123:${SECRET}`).toString('base64'),
};

test('a secret that the vendor echoes is masked in every spelling, in headers and in bodies', () => {
  for (const [name, spelling] of Object.entries(SPELLINGS)) {
    assert.match(text(`before ${spelling} after`), /^before \[sealed\]=* after$/, name);
    assert.match(headers({ 'x-echo': spelling })['x-echo'] ?? '', /^\[sealed\]=*$/, name);
  }
});

test('a header that has a secret in its name is left out', () => {
  const token = createScrubber({ fields: {}, secrets: { token: new Secret('F00dFeed-Token') } }, []);
  assert.deepEqual(token.headers({ 'x-f00dfeed-token-seen': '1', 'x-token': '2' }), { 'x-token': '2' });
});

test('a sealed field is masked by its name, also in JSON text that stands in a string of JSON', () => {
  const fields = createScrubber({ fields: {}, secrets: {} }, ['auth_token', 'secret']);
  const values = ['plain', 'with "quotes" and \\ and \\" within', 'ends in \\', '', 'a/b'];
  for (const value of values) {
    let whole = JSON.stringify({ secret: value, sid: 'SK1', auth_token: value, n: 'kept' });
    let masked = JSON.stringify({ secret: '[sealed]', sid: 'SK1', auth_token: '[sealed]', n: 'kept' });
    for (let depth = 0; depth < 3; depth += 1) {
      assert.equal(fields.text(whole), masked, `depth ${depth}`);
      [whole, masked] = [JSON.stringify({ body: whole, n: 1 }), JSON.stringify({ body: masked, n: 1 })];
    }
  }
  assert.equal(fields.text('{\\"secret\\" : \\"a\\/b\\"}'), '{\\"secret\\" : \\"[sealed]\\"}');
  const other = JSON.stringify({ body: JSON.stringify({ secrets: 'x', text: 'the "secret": it' }) });
  assert.equal(fields.text(other), other);
});

test('what holds no secret comes back as it is', () => {
  const unchanged = { 'x-echo': 'top secret' };
  assert.equal(headers(unchanged), unchanged);
  assert.equal(text('{"token":"other"}'), '{"token":"other"}');
});
