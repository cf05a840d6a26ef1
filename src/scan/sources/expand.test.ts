import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import { type Allotment, expand, newAllotment } from './expand.ts';
import { tarOf, zipOf, type ZipFile } from './sources-fixture.ts';

interface Unpacked {
  readonly files: Record<string, string>;
  readonly problems: readonly string[];
}

async function unpack(bytes: Uint8Array, allotment: Allotment = newAllotment()): Promise<Unpacked> {
  const problems: string[] = [];
  const files: Record<string, string> = {};
  for await (const { path, bytes: content } of expand(
    bytes,
    allotment,
    (where, problem) => void problems.push(`${where}: ${problem}`),
  ))
    files[path] = Buffer.from(content).toString('latin1').slice(0, 100);
  return { files, problems };
}

test('zip, tar, and packed tar archives are unpacked', async () => {
  const files = { 'a.txt': 'one', 'b/c.txt': 'two' };
  const list = Object.entries(files).map(([path, content]) => ({ path, content }));
  for (const archive of [zipOf(list), tarOf(list), gzipSync(tarOf(list)), zstdCompressSync(tarOf(list))])
    assert.deepEqual(await unpack(archive), { files, problems: [] });
});

test('a packed file is unpacked, of several members too', async () => {
  const packed = Buffer.concat([gzipSync('one '), gzipSync('two')]);
  assert.deepEqual(await unpack(packed), { files: { '': 'one two' }, problems: [] });
  assert.deepEqual((await unpack(zstdCompressSync('three'))).files, { '': 'three' });
});

test('all frames of zstd are unpacked, also behind such as are for other programs', async () => {
  const large = randomBytes(400_000).toString('latin1');
  const texts = ['one ', 'two ', '', 'x'.repeat(500_000), large, ' end'];
  const note = Buffer.concat([Buffer.from('502a4d1804000000', 'hex'), Buffer.from('note')]);
  const frames = texts.map((text, index) =>
    zstdCompressSync(Buffer.from(text, 'latin1'), {
      params: {
        [constants.ZSTD_c_checksumFlag]: index % 2,
        [constants.ZSTD_c_contentSizeFlag]: Number(index % 3 === 0),
      },
    }),
  );
  for (const archive of [frames, [note, ...frames, note], frames.flatMap((frame) => [note, frame])]) {
    const found: Uint8Array[] = [];
    const problems: string[] = [];
    for await (const { bytes } of expand(Buffer.concat(archive), newAllotment(), (...told) =>
      problems.push(...told),
    ))
      found.push(bytes);
    assert.deepEqual(problems, []);
    assert.equal(Buffer.concat(found).toString('latin1'), texts.join(''));
  }
  const damaged = await unpack(Buffer.concat([...frames.slice(0, 2), Buffer.from('????')]));
  assert.match(damaged.problems.join(), /damaged/);
});

test('long names of tar archives are read', async () => {
  const long = `${'folder/'.repeat(30)}file`;
  const record = `path=${long}\n`;
  const attributes = `${record.length + 4} ${record}`;
  const { files } = await unpack(
    tarOf([
      { path: 'x', content: `${long}\0`, type: 'L' },
      { path: 'cut', content: 'gnu' },
      { path: 'x', content: attributes, type: 'x' },
      { path: 'cut', content: 'posix' },
      { path: 'plain', content: 'plain' },
    ]),
  );
  assert.deepEqual(files, { [long]: 'posix', plain: 'plain' });
});

test('a name longer than any path is cut to its end', async () => {
  const archives = [
    zipOf([{ path: `${'a'.repeat(60_000)}/.env`, content: 'x' }]),
    tarOf([
      { path: 'x', content: `${'a'.repeat(1_000_000)}/.env\0`, type: 'L' },
      { path: 'cut', content: 'x' },
    ]),
  ];
  for (const archive of archives) {
    const [path = ''] = Object.keys((await unpack(archive)).files);
    assert.match(path, /^…a{4091}\/\.env$/);
  }
});

test('a size that stands in the attributes counts: what follows such a file is read', async () => {
  const content = '\u0001'.repeat(2048);
  const archive = tarOf([
    { path: 'x', content: '13 size=2048\n', type: 'x' },
    { path: 'model.bin', content, said: 0 },
    { path: 'app/.env', content: 'x' },
  ]);
  const { files, problems } = await unpack(archive);
  assert.deepEqual([Object.keys(files), problems], [['model.bin', 'app/.env'], []]);
});

test('archives one behind the other are read, and what is no archive is told', async () => {
  const [one, two] = ['one', 'two'].map((path) => tarOf([{ path, content: path }])) as [Buffer, Buffer];
  assert.deepEqual(await unpack(Buffer.concat([one, two])), {
    files: { one: 'one', two: 'two' },
    problems: [],
  });
  const { files, problems } = await unpack(Buffer.concat([one, Buffer.alloc(512, 'x')]));
  assert.deepEqual(files, { one: 'one' });
  assert.match(problems.join('\n'), /damaged/);
});

test('links in an archive are passed over', async () => {
  const archive = tarOf([
    { path: 'link', content: '', type: '2' },
    { path: 'file', content: 'x' },
  ]);
  assert.deepEqual(await unpack(archive), { files: { file: 'x' }, problems: [] });
});

test('folders and links have no content, whatever their size says: what follows them is read', async () => {
  for (const type of ['1', '2', '3', '4', '5', '6']) {
    const archive = tarOf([
      { path: 'x', content: '', type, said: 1024 },
      { path: 'app/.env', content: 'x' },
    ]);
    assert.deepEqual(await unpack(archive), { files: { 'app/.env': 'x' }, problems: [] }, type);
  }
});

test('the data between the holes of a sparse file is read, and so is the file after it', async () => {
  const map = (goesOn: number): Buffer => Buffer.alloc(512, '0').fill(goesOn, 504);
  const content = Buffer.concat([map(1), map(0), Buffer.alloc(700, 'x')]);
  const archive = tarOf([
    { path: 'few.img', content: 'one', type: 'S' },
    { path: 'many.img', content, type: 'S', said: 700, mapGoesOn: true },
    { path: 'app/.env', content: 'x' },
  ]);
  const files = { 'few.img': 'one', 'many.img': 'x'.repeat(100), 'app/.env': 'x' };
  assert.deepEqual(await unpack(archive), { files, problems: [] });
});

test('a zip bomb ends where the allotment ends, and says so', async () => {
  const bomb = gzipSync(Buffer.alloc(50 << 20));
  const { files, problems } = await unpack(bomb);
  assert.deepEqual(files, {});
  assert.match(problems.join(), /unpacks to too much/);

  const layered = zipOf(
    Array.from({ length: 40 }, (_, number) => ({ path: `${number}`, content: Buffer.alloc(1 << 20) })),
  );
  const small = await unpack(layered, { entries: 100, bytes: 10 << 20 });
  assert.ok(Object.keys(small.files).length <= 11);
  assert.match(small.problems.join(), /unpacks to too much/);
});

test('a size that an entry lies about does not count', async () => {
  const { files, problems } = await unpack(zipOf([{ path: 'a', content: Buffer.alloc(40 << 20), said: 5 }]));
  assert.deepEqual(files, {});
  assert.deepEqual(problems, ['a: It was not read: it unpacks to too much.']);
});

/** As `zipOf` makes it of one file, listed `times` times. */
function repeated(file: ZipFile, times: number): Buffer {
  const archive = zipOf([file]);
  const end = archive.subarray(-22);
  const from = end.readUInt32LE(16);
  const local = archive.subarray(0, from);
  const directory = Buffer.concat(Array<Buffer>(times).fill(archive.subarray(from, -22)));
  end.writeUInt16LE(times, 10);
  return Buffer.concat([local, directory, end]);
}

test('one bomb that a zip archive lists many times costs what one archive may cost', async () => {
  const bomb = Buffer.alloc(40 << 20);
  const tarBomb = tarOf([{ path: 'a', content: bomb }]);
  const archives = [
    repeated({ path: 'a', content: bomb, said: 5 }, 500),
    repeated({ path: 'a', content: gzipSync(bomb) }, 500),
    repeated({ path: 'a', content: zstdCompressSync(bomb) }, 500),
    repeated({ path: 'a', content: gzipSync(tarBomb) }, 500),
  ];
  for (const archive of archives) {
    const allotment = newAllotment();
    let tried = 0;
    const report = (where: string): void => void (tried += Number(where !== ''));
    for await (const { bytes } of expand(archive, allotment, report))
      for await (const inner of expand(bytes, allotment, () => tried++)) void inner;
    assert.ok(tried <= 10 && allotment.bytes <= 0, String(tried));
  }
});

test('files that are too large for the scan, or encrypted, leave room for the others', async () => {
  const large = { path: 'large', content: '', said: 33 << 20 };
  const closed = { path: 'closed', content: Buffer.alloc(1 << 20), flags: 1 };
  const { files, problems } = await unpack(
    zipOf([
      ...Array.from({ length: 9 }, () => large),
      ...Array.from({ length: 99 }, () => closed),
      { path: 'b', content: 'x' },
    ]),
  );
  assert.deepEqual(files, { b: 'x' });
  assert.equal(problems.length, 108);
});

test('more files than allowed end the archive', async () => {
  const archive = tarOf(Array.from({ length: 12 }, (_, number) => ({ path: `${number}`, content: 'x' })));
  const { files, problems } = await unpack(archive, { entries: 10, bytes: 1000 });
  assert.equal(Object.keys(files).length, 10);
  assert.equal(problems.length, 1);
});

test('an entry that is encrypted or damaged is told, and the rest is read', async () => {
  const archive = zipOf([
    { path: 'secret', content: 'x', flags: 1 },
    { path: 'plain', content: 'y' },
  ]);
  assert.deepEqual(await unpack(archive), {
    files: { plain: 'y' },
    problems: ['secret: It was not read: it is encrypted.'],
  });
});

test('archives cut anywhere never throw and never hang', async () => {
  const list = [{ path: 'a.txt', content: 'some content '.repeat(100) }];
  for (const archive of [zipOf(list), tarOf(list), gzipSync(tarOf(list)), zstdCompressSync('x'.repeat(1000))])
    for (let length = 4; length < archive.length; length += Math.ceil(archive.length / 60))
      await unpack(archive.subarray(0, length));
});

test('bytes changed anywhere never throw and never hang', async () => {
  const list = [{ path: 'a.txt', content: 'some content '.repeat(20) }];
  for (const archive of [zipOf(list), tarOf(list), gzipSync(tarOf(list))])
    for (let at = 4; at < Math.min(archive.length, 700); at += 3) {
      const damaged = Buffer.from(archive);
      damaged[at] = 255 - (damaged[at] ?? 0);
      await unpack(damaged);
    }
});

test('a file for which the allotment of a tar archive has no room left is not reported as too large', async () => {
  const archive = tarOf([
    { path: 'a', content: 'x'.repeat(600) },
    { path: 'b', content: 'y'.repeat(600) },
    { path: 'c', content: 'z' },
  ]);
  const { files, problems } = await unpack(archive, { entries: 10, bytes: 1000 });
  assert.deepEqual(Object.keys(files), ['a', 'c']);
  assert.deepEqual(problems, ['b: It was not read: with it, the archive unpacks to too much.']);
});
