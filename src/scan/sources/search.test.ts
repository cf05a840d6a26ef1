import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createDetector } from '../detector/detector.ts';
import type { Place, ScanOutcome } from '../sighting.ts';
import { ACME, acmeDetector, OTHER_TOKEN, tarOf, TOKEN, zipOf } from './sources-fixture.ts';
import { createSearch } from './search.ts';

async function look(path: string, content: string | Buffer): Promise<ScanOutcome> {
  const search = createSearch(acmeDetector());
  await search.look({ kind: 'file', path }, Buffer.from(content));
  return search.outcome();
}

const placesOf = ({ sightings }: ScanOutcome): string[] =>
  sightings.map(({ place, line, column, secret }) => {
    const path = place.kind === 'file' ? place.path : place.kind;
    return `${path}:${line}:${column} ${secret.reveal()}`;
  });

test('a value has its line and column', async () => {
  assert.deepEqual(placesOf(await look('a.env', `x=1\r\n\nacme_token=${TOKEN}\n`)), [`a.env:3:12 ${TOKEN}`]);
});

test('a column counts characters as editors and SARIF do, which is not bytes', async () => {
  const before = 'ü€ \u{1F511} ';
  assert.deepEqual(placesOf(await look('a.env', `€\n${before}acme_token=${TOKEN}`)), [
    `a.env:2:${before.length + 12} ${TOKEN}`,
  ]);
});

test('a value found for several anchors counts once', async () => {
  const text = `acme_token=acme_token=${TOKEN}`;
  assert.equal((await look('a', text)).sightings.length, 1);
});

test('archives in archives are read, with the path in each', async () => {
  const inner = zipOf([{ path: 'conf/.env', content: `acme_token=${TOKEN}` }]);
  const outer = gzipSync(tarOf([{ path: 'lib/app.jar', content: inner }]));
  assert.deepEqual(placesOf(await look('dist/a.tgz', outer)), [
    `dist/a.tgz!/lib/app.jar!/conf/.env:1:12 ${TOKEN}`,
  ]);
});

test('archives are not followed deeper than three', async () => {
  let archive: Buffer = Buffer.from(`acme_token=${TOKEN}`);
  for (let depth = 0; depth < 4; depth++) archive = zipOf([{ path: 'x', content: archive }]);
  const outcome = await look('a.zip', archive);
  assert.deepEqual(outcome.sightings, []);
  assert.match(outcome.problems[0]?.problem ?? '', /3 deep/);
});

test('an archive of a form that is not unpacked is told, also within another', async () => {
  const begins = ['fd377a585a0000', '425a6839314159265359', '377abcaf271c', '526172211a0700'];
  const archives = begins.map((hex) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(40)]));
  for (const [index, archive] of archives.entries()) {
    const outer = zipOf([{ path: 'inner', content: archive }]);
    const large = createSearch(acmeDetector());
    await large.lookStream({ kind: 'file', path: 'a' }, [archive, Buffer.alloc(2 << 20)]);
    for (const { problems } of [await look('a', archive), await look('a', outer), large.outcome()])
      assert.match(
        problems[0]?.problem ?? '',
        /It was not unpacked: the format (xz|bzip2|7z|rar) /,
        begins[index],
      );
  }
  assert.deepEqual((await look('a', `BZhave\nacme_token=${TOKEN}`)).problems, []);
});

test('a value in base64 stands at the line of the document, and counts once', async () => {
  const hidden = Buffer.from(`a=1\nacme_token=${TOKEN}\n`).toString('base64');
  const outcome = await look('secret.yaml', `data:\n  env: ${hidden}\n  x: y\nacme_token: ${OTHER_TOKEN}\n`);
  assert.deepEqual(placesOf(outcome).toSorted(), [
    `secret.yaml:2:8 ${TOKEN}`,
    `secret.yaml:4:13 ${OTHER_TOKEN}`,
  ]);
});

test('a value escaped for a URL or for JSON has its place in the document, and counts once', async () => {
  const url = `GET /?acme_token%3D${TOKEN}%26x=1\n`;
  const json = String.raw`{"url":"?acme_token\u003d${OTHER_TOKEN}\u0026"}`;
  assert.deepEqual(placesOf(await look('access.log', `a%20b\n${url}${json}`)), [
    `access.log:2:20 ${TOKEN}`,
    `access.log:3:26 ${OTHER_TOKEN}`,
  ]);
});

test('a value beside both an escape and base64 counts once', async () => {
  const hidden = Buffer.from('some text that is long enough').toString('base64');
  const outcome = await look('a', `x=%20 ${hidden}\nacme_token=${TOKEN}\n`);
  assert.deepEqual(placesOf(outcome), [`a:2:12 ${TOKEN}`]);
});

test('a notebook is read as it was typed', async () => {
  const notebook = JSON.stringify(
    {
      cells: [
        { source: ['acme_token = \\\n', `"${TOKEN}"\n`] },
        { source: [`print("acme_token=${OTHER_TOKEN}")`] },
      ],
    },
    null,
    1,
  );
  const found = placesOf(await look('a.ipynb', notebook));
  assert.deepEqual(
    found.map((place) => place.split(' ')[1] ?? '').toSorted((one, other) => one.localeCompare(other)),
    [OTHER_TOKEN, TOKEN],
  );
});

test('a value that only the name of its file tells counts at the beginning of such files', async () => {
  const detector = createDetector([{ ...ACME, file: /(?:^|\/)acme\.key$/ }]);
  const places = ['acme.key', 'a/acme.key', 'a/acme.key.md'].map((path): Place => ({ kind: 'file', path }));
  const search = createSearch(detector);
  for (const place of [...places, { kind: 'stdin' } as const])
    await search.look(place, Buffer.from(`acme_token=${TOKEN}\n`));
  await search.look(
    { kind: 'file', path: 'b/acme.key' },
    Buffer.from(`${'x\n'.repeat(60)}acme_token=${TOKEN}\n`),
  );
  await search.look(
    { kind: 'file', path: 'a.zip' },
    zipOf([{ path: 'acme.key', content: `acme_token=${TOKEN}` }]),
  );
  assert.deepEqual(
    placesOf(search.outcome()).map((place) => place.split(':')[0]),
    ['acme.key', 'a/acme.key', 'a.zip!/acme.key'],
  );
});

test("a value that counts only in certain files does not hide another rule's value in the same bytes", async () => {
  const bound = { ...ACME, id: 'acme-file', confidence: 'high' as const, file: /acme\.key$/ };
  const search = createSearch(createDetector([bound, ACME]));
  await search.look({ kind: 'file', path: 'a.env' }, Buffer.from(`acme_token=${TOKEN}`));
  assert.deepEqual(
    search.outcome().sightings.map(({ rule }) => rule.id),
    ['acme-token'],
  );
});

test('UTF-16 is read', async () => {
  const bytes = Buffer.from(`\uFEFFa\r\nacme_token=${TOKEN}`, 'utf16le');
  assert.deepEqual(placesOf(await look('a.ps1', bytes)), [`a.ps1:2:12 ${TOKEN}`]);
});

/** The first bytes of a picture, a film and a font. */
const MEDIA = [
  '89504e470d0a1a0a0000000d49484452',
  '00000018667479706d70343200000001',
  '774f4632000100000000d0d0',
];

test('pictures, films and fonts are not searched, but counted', async () => {
  for (const head of MEDIA) {
    const outcome = await look(
      'a.bin',
      Buffer.concat([Buffer.from(head, 'hex'), Buffer.from(`acme_token=${TOKEN}`)]),
    );
    assert.deepEqual([outcome.sightings.length, outcome.documents, outcome.binaries], [0, 1, 1], head);
  }
  for (const word of ['ID3', 'GIF87a', 'RIFF', 'true'])
    assert.equal((await look('a', `${word}\nacme_token=${TOKEN}`)).sightings.length, 1, word);
});

test('databases, dumps of memory and programs are searched as they stand, as in a history', async () => {
  const outcome = await look('core.1', `\u007fELF\0\u0001\0\0\nHOME=/\0acme_token=${TOKEN}\0\u0002\0`);
  assert.deepEqual([placesOf(outcome), outcome.binaries], [[`core.1:2:19 ${TOKEN}`], 0]);
  const long = [Buffer.alloc(9 << 20, 'a\0\u0001'), Buffer.from(`\0acme_token=${TOKEN}\0`)];
  assert.equal((await lookInPieces(long)).length, 1);
});

test('a binary file without end is searched up to a bound, which is told', async () => {
  const search = createSearch(acmeDetector(), 16 << 20);
  const zeros = Buffer.alloc(8 << 20);
  function* endless(): Generator<Buffer> {
    for (;;) yield zeros;
  }
  await search.lookStream({ kind: 'file', path: 'disk.img' }, endless());
  const [told] = search.outcome().problems;
  assert.match(told?.problem ?? '', /nothing behind its first 16 MiB/);
});

test('a text is searched to its end, beyond the bound for binary files', async () => {
  const search = createSearch(acmeDetector(), 1 << 20);
  const text = [Buffer.alloc(9 << 20, 'a line\n'), Buffer.from(`\nacme_token=${TOKEN}`)];
  await search.lookStream({ kind: 'stdin' }, text);
  const { sightings, problems } = search.outcome();
  assert.deepEqual([sightings.length, problems], [1, []]);
});

test('a comment beside a value is told', async () => {
  const { sightings } = await look(
    'a',
    `# ringfence:allow acme-token reason="x" until=2030-01-01\nacme_token=${TOKEN}\n`,
  );
  assert.equal(sightings[0]?.allowance, 'acme-token reason="x" until=2030-01-01');
});

test('a comment behind a value is not about the value on the next line', async () => {
  const comment = 'ringfence:allow acme-token reason="x" until=2030-01-01';
  const { sightings } = await look('a', `acme_token=${TOKEN} # ${comment}\nacme_token=${OTHER_TOKEN}\n`);
  assert.deepEqual(
    sightings.map(({ allowance }) => allowance === undefined),
    [false, true],
  );
  for (const lead of ['', '  // ', '<!-- ', '/* ', '{/* ', '"_comment": "', ' REM '])
    assert.ok((await look('a', `${lead}${comment}\nacme_token=${TOKEN}\n`)).sightings[0]?.allowance, lead);
});

test('a large text is read piece by piece: the same values at the same lines', async () => {
  const filler = `${'x'.repeat(99)}\n`;
  const parts = [
    filler.repeat(1000),
    `acme_token=${TOKEN}\n`,
    filler.repeat(83_885),
    filler.repeat(100_000),
    `acme_token=${OTHER_TOKEN}`,
  ];
  const text = Buffer.from(parts.join(''));
  function* chunks(): Generator<Buffer> {
    for (let at = 0; at < text.length; at += 65_521) yield text.subarray(at, at + 65_521);
  }
  const search = createSearch(acmeDetector());
  await search.lookStream({ kind: 'stdin' }, chunks());
  const outcome = search.outcome();
  const distinct = [...new Set(placesOf(outcome))];
  assert.deepEqual(distinct, [`stdin:1001:12 ${TOKEN}`, `stdin:184887:12 ${OTHER_TOKEN}`]);
  assert.equal(outcome.bytes, text.length);
});

async function lookInPieces(pieces: readonly Buffer[]): Promise<string[]> {
  const search = createSearch(acmeDetector());
  await search.lookStream({ kind: 'stdin' }, pieces);
  return placesOf(search.outcome());
}

test('a value round the edge of a piece is found once, at its line and column', async () => {
  const edge = 8 << 20;
  for (const shift of [-200, -70, -20]) {
    const before = Buffer.alloc(edge + shift - 1, `${'x'.repeat(63)}\n`);
    const text = Buffer.concat([before, Buffer.from(`\n acme_token=${TOKEN}\n`), Buffer.alloc(5000, 'y\n')]);
    const lines = before.toString('latin1').split('\n').length + 1;
    const found = await lookInPieces([text.subarray(0, edge), text.subarray(edge)]);
    assert.deepEqual(found, [`stdin:${lines}:13 ${TOKEN}`], `${shift}`);
  }
});

test('a value at the end of a line that is longer than several pieces has its column', async () => {
  const line = '\u{1F511} ü'.repeat(3 << 20);
  const text = [`first\n`, line, `acme_token=${TOKEN}\nacme_token=${OTHER_TOKEN}`].map((part) =>
    Buffer.from(part),
  );
  assert.deepEqual(await lookInPieces(text), [
    `stdin:2:${line.length + 12} ${TOKEN}`,
    `stdin:3:12 ${OTHER_TOKEN}`,
  ]);
});

test('the edge of a piece does not make a value of the beginning of a longer one', async () => {
  const edge = 8 << 20;
  const text = Buffer.concat([
    Buffer.alloc(edge - 44, 'x\n'),
    Buffer.from(`\nacme_token=${TOKEN}`),
    Buffer.from(`${OTHER_TOKEN}\n`),
  ]);
  assert.deepEqual(await lookInPieces([text.subarray(0, edge), text.subarray(edge)]), []);
});

test('a large film is passed over, and let go', async () => {
  let isClosed = false;
  function* endless(): Generator<Buffer> {
    try {
      yield Buffer.from(MEDIA[1] ?? '', 'hex');
      for (;;) yield Buffer.alloc(1 << 16);
    } finally {
      isClosed = true;
    }
  }
  const search = createSearch(acmeDetector());
  await search.lookStream({ kind: 'file', path: 'a.mp4' }, endless());
  assert.ok(isClosed);
  assert.deepEqual(search.outcome().problems, []);
  assert.equal(search.outcome().binaries, 1);
});

test('an archive on standard input is unpacked', async () => {
  const search = createSearch(acmeDetector());
  await search.lookStream({ kind: 'stdin' }, [zipOf([{ path: 'a', content: `acme_token=${TOKEN}` }])]);
  assert.deepEqual(placesOf(search.outcome()), [`standard input!/a:1:12 ${TOKEN}`]);
});

test('a stream that breaks off is a problem, not a failure', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield Buffer.from('x');
    await Promise.resolve();
    throw new Error('the pipe broke');
  }
  const search = createSearch(acmeDetector());
  await search.lookStream({ kind: 'stdin' }, broken());
  assert.match(search.outcome().problems[0]?.problem ?? '', /the pipe broke/);
});

/** So many values of the made-up vendor, all in one line, none twice. */
function lineOf(count: number): string {
  const values = Array.from({ length: count }, (_, number) => hash('sha256', String(number)).slice(0, 32));
  return values.map((value) => `acme_token=${value} `).join('');
}

test('10,000 values of one file are listed, and a problem says that there are more', async () => {
  const { sightings, problems } = await look('dump.sql', lineOf(10_050));
  assert.equal(sightings.length, 10_000);
  assert.deepEqual(problems, [
    { where: 'dump.sql', problem: 'It holds more than 10000 credentials; the rest are not listed.' },
  ]);
});

test('a long file has the same bound, however many pieces it is read in', async () => {
  const search = createSearch(acmeDetector());
  const padding = Buffer.from(`${' '.repeat(9 << 20)}\n`);
  const part = Buffer.from(`${lineOf(6000)}\n`);
  await search.lookStream({ kind: 'file', path: 'a' }, [part, padding, part, padding, part] as never);
  const { sightings, problems } = search.outcome();
  assert.equal(sightings.length, 10_000);
  assert.equal(problems.length, 1);
});

test('values at the end of a line of many megabytes take no longer than others', async () => {
  const timeOf = async (padding: number): Promise<number> => {
    const start = process.cpuUsage();
    await look('min.js', ' '.repeat(padding) + lineOf(1000));
    return process.cpuUsage(start).user;
  };
  await timeOf(0);
  assert.ok((await timeOf(30 << 20)) < (await timeOf(0)) + 5_000_000);
});
