import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { decodeBase64, decodeLines, runsOf } from './base64.ts';
import { sourceOf, sourceRange } from './rewritten.ts';

const withRuns = (bytes: Buffer) => ({ bytes, runs: runsOf(bytes) });

const decoded = (text: string): string | null => {
  const rewriting = decodeBase64(withRuns(Buffer.from(text)));
  return rewriting === null ? null : Buffer.from(rewriting.bytes).toString('latin1');
};

test('values of a Kubernetes secret stand beside their names', () => {
  const value = Buffer.from('9d02c7e4b16f38a5507be2914cfa6d83').toString('base64');
  assert.equal(
    decoded(`data:\n  ACME_TOKEN: ${value}\n  other: x`),
    'data:\n  ACME_TOKEN: 9d02c7e4b16f38a5507be2914cfa6d83\n  other: x',
  );
});

test('hashes, names and binary data stay as they are', () => {
  for (const text of [
    'sha512-xMUPpvyEqYGZmxWNgqzRDBBjkxJRYYOzVy0dUJc2GpL2fDhWSV1DcCOr0YxW3dpXcTnKzQ2DgTmR8N3VVp3pbQ==',
    '7c1e09b52fa84d630e9b71d4a8f25c367c1e09b5',
    'createAbstractSingletonProxyFactoryBeanBuilder00',
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
    'short: YWJj',
  ])
    assert.equal(decoded(text), null, text);
});

test('base64 of gzip is unpacked, also in the double encoding of Helm releases', () => {
  const text = `{ "config": { "acme_token": "9d02c7e4b16f38a5507be2914cfa6d83" } }`;
  const once = gzipSync(text).toString('base64');
  const twice = Buffer.from(once).toString('base64');
  for (const run of [once, twice]) assert.equal(decoded(`release: ${run}\n`), `release: ${text}\n`);
});

test('a long run of text is decoded, and one that holds too much is told', () => {
  const cutOf = (text: string): boolean => {
    let isCut = false;
    decodeBase64({ ...withRuns(Buffer.from(text)), onCut: () => (isCut = true) });
    return isCut;
  };
  const base64 = (bytes: Buffer): string => bytes.toString('base64');
  const long = 'some text, '.repeat(50_001);
  assert.equal(decoded(`a: ${base64(Buffer.from(long))}`), `a: ${long}`);
  assert.equal(cutOf(`a: ${base64(Buffer.from(long))}`), false);
  assert.equal(cutOf(`a: ${base64(Buffer.alloc(9 << 20, 'some text, '))}`), true);
  assert.equal(cutOf(`a: ${base64(gzipSync(Buffer.alloc(4 << 20, 'a')))}`), true, 'made to cost');
  assert.equal(cutOf(`a: ${base64(Buffer.alloc(9 << 20, 1))}`), false, 'no text');
});

test('base64 inside base64 is not decoded', () => {
  const inner = Buffer.from('acme_token=9d02c7e4b16f38a5507be2914cfa6d83').toString('base64');
  assert.equal(decoded(Buffer.from(`x: ${inner}`).toString('base64')), `x: ${inner}`);
});

test('every run of printable text is found wherever it stands, and its place is known', () => {
  const word = fc.stringMatching(/^[a-z0-9_=:. -]{0,40}$/);
  const hidden = fc.stringMatching(/^[!-~]{15,60}$/);
  fc.assert(
    fc.property(word, hidden, word, (before, text, after) => {
      const encoded = Buffer.from(text).toString('base64');
      const outer = `${before}\n${encoded}\n${after}`;
      const rewriting = decodeBase64(withRuns(Buffer.from(outer)));
      assert.ok(rewriting !== null);
      const at = Buffer.from(rewriting.bytes).toString('latin1').indexOf(`\n${text}\n`) + 1;
      assert.ok(at > 0);
      const from = before.length + 1;
      if (at === from) {
        assert.equal(sourceOf(rewriting, at), from);
        assert.deepEqual(sourceRange(rewriting, at, at + text.length), [from, from + encoded.length]);
      }
    }),
  );
});

test('a document full of runs is bounded', () => {
  const run = `${Buffer.from('some text that is long enough').toString('base64')}\n`;
  const rewriting = decodeBase64(withRuns(Buffer.from(run.repeat(20_000))));
  assert.equal(rewriting?.pieces.filter(({ replaced }) => replaced).length, 10_000);
});

test('text in any language is text, wherever its beginning is cut', () => {
  for (const text of [
    '# für alle, überall: naïve',
    'Schlüssel für alle',
    '🔑🔑🔑🔑 secret keys',
    '日本語のテキストです',
  ])
    assert.equal(Buffer.from(decoded(Buffer.from(text).toString('base64')) ?? '', 'latin1').toString(), text);
});

const TEXT =
  'APP=shop\nacme_token=9d02c7e4b16f38a5507be2914cfa6d83\nregion=eu-1\nname=für alle\nport=8080\n'.repeat(3);
const broken = (width: number, between: string): string =>
  (
    Buffer.from(TEXT)
      .toString('base64')
      .match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  ).join(between);

test('a run that an encoder has broken into lines is one', () => {
  for (const width of [40, 60, 64, 76])
    for (const between of ['\n', '\r\n', '\n    ', '\n\t', String.raw`\n`]) {
      const rewriting = decodeLines(
        withRuns(Buffer.from(`.env: >-\n    ${broken(width, between)}\nother: x`)),
      );
      assert.equal(Buffer.from(rewriting?.bytes ?? '').toString(), `.env: >-\n    ${TEXT}\nother: x`);
    }
});

test('a value in a run of several lines has its place in the line that holds it', () => {
  const document = broken(76, '\n');
  const rewriting = decodeLines(withRuns(Buffer.from(document)));
  assert.ok(rewriting !== null);
  const at = Buffer.from(rewriting.bytes).indexOf('8080');
  assert.equal(sourceOf(rewriting, at) % 77, 0);
  assert.ok(sourceOf(rewriting, at) > 0);
});

test('lines of different widths, and those that end in padding, are values of their own', () => {
  const value = Buffer.from('acme_token=9d02c7e4b16f38a5507be2914cfa6d83').toString('base64');
  const short = Buffer.from('acme_name=shop of the acme company, berlin.').toString('base64').slice(0, 44);
  for (const text of [`${value}\n${value}`, `${short}\n${value}`, `${value} ${value}`, short])
    assert.equal(decodeLines(withRuns(Buffer.from(text))), null, text);
});
