import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { keyText } from './key-text.ts';

const { privateKey: pem } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const start = pem.split('\n')[1] ?? '';

test('a key is whole in a file, in a string with escapes, and in pieces of one', () => {
  const escaped = JSON.stringify({ key: pem, other: 1 });
  const pieces = pem
    .trim()
    .split('\n')
    .map((line) => `  "${line}\\n" +`)
    .join('\n');
  for (const text of [`# key\n${pem}`, pem.replaceAll('\n', '\r\n'), escaped, pieces])
    assert.equal(keyText(text, start), pem, text.slice(0, 80));
});

test('of several keys in a text, the one with the given beginning is taken', () => {
  const other = pem.replace(start, 'A'.repeat(64));
  assert.equal(keyText(`${other}\n${pem}`, start), pem);
  assert.equal(keyText(`${pem}\n${other}`, start), pem);
});

test('a key without its end is no key', () => {
  assert.equal(keyText(pem.slice(0, 600), start), null);
  assert.equal(keyText('nothing', start), null);
  assert.equal(keyText(start, start), null);
});
