import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { GitPlace, Place, Sighting } from '../sighting.ts';
import { createSearch } from '../sources/search.ts';
import { tarOf, zipOf } from '../sources/sources-fixture.ts';
import { createDetector, FIXTURE_RULE } from './detector-fixture.ts';
import { createGitFixture, type GitFixture } from './git-fixture.ts';
import { encodeDelta, idOf, type PackedObject, writePack } from './objects/pack-fixture.ts';
import { findRepository } from './repository.ts';
import { scanHistory } from './scan-history.ts';
import { searchWrapped } from './wrapped.ts';
import { isWrapped } from './wrapping.ts';

const DETECTOR = { module: new URL('detector-fixture.ts', import.meta.url).href, options: null };
const RUNS = 60;

async function scan(path: string) {
  const repository = findRepository(path) ?? assert.fail();
  const pause = async (): Promise<void> => {};
  return scanHistory({ repository, rules: [FIXTURE_RULE], detector: DETECTOR, workers: 1, pause });
}

async function inRepository(work: (fixture: GitFixture) => Promise<void>): Promise<void> {
  const fixture = createGitFixture();
  try {
    await work(fixture);
  } finally {
    fixture.close();
  }
}

const manifestOf = (kind: string, value: string): string =>
  `---\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: shop\ndata:\n  .env: ${value}\n`;

const WRAPPINGS: Readonly<Record<string, (text: string) => Buffer>> = {
  plain: (text) => Buffer.from(text),
  little: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
  big: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16(),
  unmarked: (text) => Buffer.from(text, 'utf16le'),
  gzip: (text) => gzipSync(text),
  tar: (text) => tarOf([{ path: 'a.env', content: text }]),
  zip: (text) => zipOf([{ path: 'a.env', content: text }]),
  manifest: (text) => Buffer.from(manifestOf('Secret', Buffer.from(text).toString('base64'))),
  nested: (text) => gzipSync(tarOf([{ path: 'lib/b.jar', content: WRAPPINGS['zip']?.(text) ?? '' }])),
};

/** A file in several versions. */
const versions = fc.record({
  wrapping: fc.constantFrom(...Object.keys(WRAPPINGS)),
  texts: fc.array(
    fc.array(fc.constantFrom('text\n', 'acme key=first1\n', 'acme key=second2\n', 'key=lonely\n'), {
      minLength: 30,
      maxLength: 60,
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const inArchive = (path: string): string => path.split('!/').slice(1).join('!/');
const describeSighting = (oid: string, inner: string, { line, column, secret }: Sighting): string =>
  `${oid} ${inner}:${line}:${column} ${secret.reveal()}`;

/** What a scan of a work tree finds in one version of a file. */
async function lookAt(content: Buffer): Promise<string[]> {
  const search = createSearch(createDetector());
  await search.look({ kind: 'file', path: 'f' }, content);
  const pathOf = (place: Place): string => (place.kind === 'file' ? place.path : '');
  const oid = idOf({ type: 'blob', content }, 'sha1');
  return search.outcome().sightings.map((one) => describeSighting(oid, inArchive(pathOf(one.place)), one));
}

/** One version after the other, each as a delta on the one before: what both begin with, and the rest. */
function packOf(files: readonly (readonly Buffer[])[]): PackedObject[] {
  const objects = new Map<string, PackedObject>();
  for (const contents of files)
    for (const [version, content] of contents.entries()) {
      const base = contents[version - 1];
      const key = content.toString('latin1');
      if (objects.has(key)) continue;
      const number = base === undefined ? -1 : [...objects.keys()].indexOf(base.toString('latin1'));
      objects.set(key, {
        type: 'blob',
        content,
        ...(base === undefined ? {} : { delta: deltaOn(number, base, content) }),
      });
    }
  return [...objects.values()];
}

function deltaOn(number: number, base: Buffer, content: Buffer): NonNullable<PackedObject['delta']> {
  let shared = 0;
  while (shared < base.length && shared < content.length && base[shared] === content[shared]) shared++;
  const instructions = [
    ...(shared === 0 ? [] : [{ from: 0, length: shared }]),
    ...(shared === content.length ? [] : [{ text: content.toString('latin1', shared) }]),
  ];
  return { base: number, bytes: encodeDelta(base.length, content.length, instructions), by: 'offset' };
}

test('in each version of what is wrapped, a history finds what a work tree does', async () => {
  const property = fc.asyncProperty(fc.array(versions, { minLength: 1, maxLength: 6 }), async (files) => {
    const objects = packOf(
      files.map(({ wrapping, texts }) =>
        texts.map((text) => WRAPPINGS[wrapping]?.(text.join('')) ?? assert.fail()),
      ),
    );
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-wrapped-'));
    try {
      writePack(folder, objects);
      const { sightings, problems } = await scan(folder);
      assert.deepEqual(problems, []);
      const found = sightings.map((one) => {
        const { object, path } = one.place as GitPlace;
        return describeSighting(object, inArchive(path ?? ''), one);
      });
      const expected = await Promise.all(objects.map(async ({ content }) => lookAt(Buffer.from(content))));
      const byText = (one: string, other: string): number => (one < other ? -1 : 1);
      assert.deepEqual(found.toSorted(byText), expected.flat().toSorted(byText));
      hits += found.length;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  let hits = 0;
  await fc.assert(property, { numRuns: RUNS });
  assert.ok(hits > RUNS);
});

test('a value in an archive has the path of the archive, its commit, and the path in there', async () => {
  await inRepository(async ({ path, git, commit }) => {
    commit('begin', { a: 'text' });
    const zip = zipOf([{ path: 'conf/.env', content: 'acme key=hidden\n' }]);
    const second = commit('add', { 'dist/app.zip': zip.toString('latin1') });
    git('rm', '-q', 'dist/app.zip');
    commit('remove', {});
    const lost = zipOf([{ path: 'x', content: 'acme key=lost1\n' }]);
    writeFileSync(join(path, 'lost'), lost);
    git('hash-object', '-w', 'lost');
    const { sightings } = await scan(path);
    const places = new Map(sightings.map(({ secret, place }) => [secret.reveal(), place as GitPlace]));
    assert.equal(places.get('hidden')?.path, 'dist/app.zip!/conf/.env');
    assert.equal(places.get('hidden')?.commit, second);
    assert.equal(places.get('hidden')?.inHead, false);
    assert.equal(places.get('lost1')?.path, `${idOf({ type: 'blob', content: lost }, 'sha1')}!/x`);
    assert.equal(places.get('lost1')?.commit, null);
  });
});

test('an archive that cannot be unpacked is reported with the object that holds it', async () => {
  await inRepository(async ({ path, commit }) => {
    const zip = zipOf([{ path: 'secret', content: 'acme key=hidden', flags: 1 }]);
    commit('begin', { 'a.zip': zip.toString('latin1') });
    const { problems } = await scan(path);
    const oid = idOf({ type: 'blob', content: zip }, 'sha1');
    assert.deepEqual(problems, [
      { where: `objects, object ${oid}!/secret`, problem: 'It was not read: it is encrypted.' },
    ]);
  });
});

const noPause = async (): Promise<void> => {};
const blobs = (read: () => Uint8Array) => ({ read: () => ({ type: 'blob' as const, bytes: read() }) });

test('an archive that is too large to be unpacked is reported', async () => {
  const reader = blobs(() => tarOf([{ path: 'a', content: Buffer.alloc(65 << 20) }]));
  const { problems } = await searchWrapped(['abcd'], { reader, detector: createDetector(), pause: noPause });
  assert.deepEqual(problems, [
    { where: 'objects, object abcd', problem: 'It is larger than 64 MiB, so it was not unpacked.' },
  ]);
});

test('an archive of a form that is not unpacked is told of a history too', async () => {
  await inRepository(async ({ path, commit }) => {
    commit('add', { 'a.tar.bz2': 'BZh91AY&SY' });
    const { problems } = await scan(path);
    assert.match(problems[0]?.problem ?? '', /not unpacked: the format bzip2/);
  });
});

test('all archives together unpack to so much, and what is left out is counted', async () => {
  const reader = blobs(() => zipOf([{ path: 'a', content: 'acme key=first1\n'.repeat(50) }]));
  const options = { reader, detector: createDetector(), pause: noPause, most: 1500 };
  const { found, problems } = await searchWrapped(['a', 'b', 'c', 'd', 'e'], options);
  assert.deepEqual([...new Set(found.map(({ oid }) => oid))], ['a', 'b']);
  assert.match(problems[0]?.problem ?? '', /^3 archives were not unpacked/);
});

test('an object that is gone, as git has packed it meanwhile, is told', async () => {
  const reader = blobs(() => readFileSync('/nowhere/at/all'));
  const { problems } = await searchWrapped(['abcd'], { reader, detector: createDetector(), pause: noPause });
  assert.match(problems[0]?.problem ?? '', /system reports ENOENT/);
});

test('other text, and binary files that are no archives, are searched as they are', () => {
  const map = manifestOf('ConfigMap', 'text');
  const plain = [
    map,
    `# ${manifestOf('Secret', 'text')}`,
    'apiV',
    '---',
    '',
    'P',
    'PK',
    'text',
    '\0\0\0\u0001',
    'x'.repeat(257) + 'ustar',
    '\0asm\u0001\0\0\0',
    '(µ',
  ];
  for (const text of plain) assert.ok(!isWrapped(Buffer.from(text, 'latin1')), JSON.stringify(text));
  const large = manifestOf('Secret', 'text'.repeat(1 << 18));
  assert.deepEqual(
    [large, large.slice(4, 900)].map((text) => isWrapped(Buffer.from(text))),
    [false, true],
  );
  for (const [name, wrap] of Object.entries(WRAPPINGS))
    assert.equal(isWrapped(wrap('some text\n'.repeat(40))), name !== 'plain', name);
});
