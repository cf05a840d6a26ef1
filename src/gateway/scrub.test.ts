import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../kernel/secret.ts';
import { createScrubber } from './scrub.ts';

/** Its spellings differ in every encoding, and its Base64 in both alphabets. */
const SECRET = 'top/secret+?>~"ÿ key';
const { headers, text } = createScrubber(
  { fields: { accountSid: 'AC0123' }, secrets: { token: new Secret(SECRET) } },
  [],
);

const SPELLINGS = {
  plain: Buffer.from(SECRET).toString('latin1'),
  'percent-encoded': encodeURIComponent(SECRET),
  'percent-encoded in lower case': encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase()),
  JSON: Buffer.from(JSON.stringify(SECRET).slice(1, -1)).toString('latin1'),
  'JSON with escaped slashes': Buffer.from(
    JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/'),
  ).toString('latin1'),
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

test('what holds no secret comes back as it is', () => {
  const unchanged = { 'x-echo': 'top secret' };
  assert.equal(headers(unchanged), unchanged);
  assert.equal(text('{"token":"other"}'), '{"token":"other"}');
});
