import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOf } from './text.ts';

const TEXT = 'ACME_TOKEN=9d02c7e4b16f38a5507be2914cfa6d83\nname=Grüße\n';
const little = Buffer.from(TEXT, 'utf16le');
const big = Buffer.from(little).swap16();

const read = (bytes: Uint8Array): string | null => {
  const text = textOf(bytes);
  return text === null
    ? null
    : Buffer.from(text)
        .toString('utf8')
        .replace(/^\uFEFF/, '');
};

test('text is taken as it is, without a copy', () => {
  const bytes = Buffer.from(TEXT);
  assert.equal(textOf(bytes), bytes);
});

test('UTF-16 is decoded, with a mark or without, in either order', () => {
  assert.equal(read(little), TEXT);
  assert.equal(read(big), TEXT);
  assert.equal(read(Buffer.concat([Buffer.from([0xff, 0xfe]), little])), TEXT);
  assert.equal(read(Buffer.concat([Buffer.from([0xfe, 0xff]), big])), TEXT);
});

test('an odd byte at the end of UTF-16 does no harm', () => {
  assert.equal(read(Buffer.concat([little, Buffer.from('x')])), TEXT);
});

test('a document with many zero bytes that is not UTF-16 is binary', () => {
  assert.equal(textOf(Buffer.from('MZ\0\0\u0003text text text text', 'latin1')), null);
  assert.equal(textOf(Buffer.alloc(100)), null);
});

test('zeros between words make no binary file of a text: those of an environment, or one in a comment', () => {
  for (const text of [`PATH=/bin\0${TEXT.trim()}\0HOME=/\0`, `# \0\n${TEXT}`])
    assert.equal(read(Buffer.from(text)), text);
});

test('an empty document is text', () => {
  assert.equal(textOf(Buffer.alloc(0))?.length, 0);
});
