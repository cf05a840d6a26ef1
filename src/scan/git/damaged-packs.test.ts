import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createRandom, randomPack } from './objects/random-history-fixture.ts';
import {
  carryOut,
  encodeDelta,
  head,
  type Instruction,
  type PackedObject,
  writePack,
} from './objects/pack-fixture.ts';
import { searchRepository } from '../../../test/property/scan-history-oracle.ts';

const HISTORIES = 25;
const BROKEN = 8;
const MIB = 1 << 20;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringfence-damage-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const blob = (text: string): PackedObject => ({ type: 'blob', content: Buffer.from(text, 'latin1') });
const good = (value: string): PackedObject => blob(`acme key=${value}`);

/** A blob that claims to be a delta on another, with any instructions. */
function deltaOn(base: number, bytes: Uint8Array, by: 'offset' | 'id' = 'offset'): PackedObject {
  return {
    ...blob(`made-up content ${base} ${Buffer.from(bytes).toString('hex')} ${by}`),
    delta: { base, bytes, by },
  };
}

async function valuesAndProblems(): Promise<{ values: string[]; problems: string[] }> {
  const { found, problems } = await searchRepository(folder);
  const values = Object.values(found).flatMap((hits) => hits.map((hit) => hit.split(' ').at(-1) ?? ''));
  return { values: values.toSorted(), problems };
}

describe('a pack that is cut short or has wrong bytes', () => {
  for (const part of ['pack', 'idx'] as const)
    test(`costs the objects that it concerns, and says so (${part})`, async () => {
      for (let seed = 0; seed < HISTORIES; seed++) {
        const random = createRandom(seed);
        const path = `${writePack(folder, randomPack(random, 30), { large: seed % 2 === 1 })}.${part}`;
        const { found: expected } = await searchRepository(folder);
        const bytes = readFileSync(path);
        for (let round = 0; round < BROKEN; round++) {
          const broken = Buffer.from(bytes);
          const at = random(bytes.length);
          broken[at] = (broken[at] ?? 0) ^ (1 << random(8));
          writeFileSync(path, round % 2 === 0 ? broken : bytes.subarray(0, at));
          const { found, problems } = await searchRepository(folder);
          if (part === 'idx') continue;
          for (const [oid, hits] of Object.entries(found)) assert.deepEqual(hits, expected[oid]);
          if (Object.keys(found).length < Object.keys(expected).length)
            assert.ok(problems.length > 0, `seed ${seed}`);
        }
      }
    });

  test('an index that is no index, and none at all', async () => {
    const path = writePack(folder, [good('value1')]);
    writeFileSync(`${path}.idx`, 'nonsense');
    assert.match(
      (await valuesAndProblems()).problems[0] ?? '',
      /pack-fixture\.pack: The pack cannot be read: the index is/,
    );
    rmSync(`${path}.idx`);
    assert.match((await valuesAndProblems()).problems[0] ?? '', /ENOENT/);
  });
});

describe('objects that cannot be', () => {
  /** Scans the objects between two good ones: these are found, the others are problems. */
  async function problemsOf(...objects: PackedObject[]): Promise<string> {
    writePack(folder, [good('first'), ...objects, good('final')]);
    const { values, problems } = await valuesAndProblems();
    assert.deepEqual(values, ['final', 'first']);
    return problems.join('\n');
  }

  test('deltas that are built on each other, or on themselves', async () => {
    const one = deltaOn(2, encodeDelta(5, 5, []), 'id');
    const two = deltaOn(1, encodeDelta(5, 5, []), 'id');
    const own = deltaOn(3, encodeDelta(4, 4, []), 'id');
    assert.match(
      await problemsOf(one, two, own),
      /3 objects are no object and no delta on one that is there/,
    );
  });

  test('copies from outside of the base', async () => {
    const size = good('first').content.length;
    const problem = await problemsOf(deltaOn(0, encodeDelta(size, 10, [{ from: size - 5, length: 10 }])));
    assert.match(problem, /object [0-9a-f]{40}: The object cannot be read: its delta is malformed/);
  });

  test('results that are shorter or longer than they claim, and other bases', async () => {
    const size = good('first').content.length;
    const problem = await problemsOf(
      deltaOn(0, encodeDelta(size, 11, [{ from: 0, length: 10 }])),
      deltaOn(0, encodeDelta(size, 9, [{ from: 0, length: 10 }])),
      deltaOn(0, encodeDelta(size + 1, 10, [{ from: 0, length: 10 }])),
      deltaOn(0, Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 255)),
    );
    assert.equal(problem.split('\n').length, 4);
    assert.match(problem, /made for another base/);
  });

  test('sizes that no memory holds', async () => {
    const size = good('first').content.length;
    const copies = Array.from({ length: 200 }, (): Instruction => ({ from: 0, length: size }));
    const huge = encodeDelta(size, 2 ** 44, copies);
    const claimed: PackedObject = {
      ...blob('claimed'),
      raw: Buffer.concat([Buffer.from(head(3, 2 ** 40)), deflateSync('x')]),
    };
    assert.match(await problemsOf(deltaOn(0, huge), claimed), /larger than 128 MiB[^]*larger than 128 MiB/);
  });

  test('objects that unpack to more or less than they claim', async () => {
    const bomb = deflateSync(Buffer.alloc(64 * MIB));
    const raw = (size: number): PackedObject => ({
      ...blob(`bomb ${size}`),
      raw: Buffer.concat([Buffer.from(head(3, size)), bomb]),
    });
    const before = process.memoryUsage.rss();
    const problem = await problemsOf(raw(100), raw(100_000), raw(65 * MIB));
    assert.equal(problem.split('\n').length, 3);
    assert.ok(process.memoryUsage.rss() - before < 400 * MIB);
  });

  test('objects that are lost with their base are counted', async () => {
    const content = Buffer.from('acme key=lost1');
    const base: PackedObject = {
      type: 'blob',
      content,
      raw: Buffer.concat([Buffer.from(head(3, 14)), Buffer.from('garbage')]),
    };
    const copy = encodeDelta(14, 14, [{ from: 0, length: 14 }]);
    assert.match(
      await problemsOf(base, deltaOn(1, copy), deltaOn(2, copy)),
      /2 more that build on it are lost/,
    );
  });

  test('a loose object that is a bomb or no object', async () => {
    writePack(folder, [good('first')]);
    mkdirSync(join(folder, 'objects', 'ab'), { recursive: true });
    const bomb = Buffer.concat([Buffer.from(`blob ${200 * MIB}\0`), Buffer.alloc(200 * MIB)]);
    for (const [name, bytes] of [
      ['0', deflateSync(bomb)],
      ['1', Buffer.from('none')],
      ['2', deflateSync('blob 5\0four')],
    ] as const)
      writeFileSync(join(folder, 'objects', 'ab', name.repeat(38)), bytes);
    const { values, problems } = await valuesAndProblems();
    assert.deepEqual(values, ['first']);
    assert.equal(problems.length, 3);
    assert.match(problems.join('\n'), /object ab0{38}\b[^\n]*larger than 128 MiB/);
  });
});

test('chains of any length and packs of any size are read', async () => {
  const objects = [good('chain')];
  for (let link = 0; link < 5000; link++) {
    const base = (objects[link] as PackedObject).content;
    const instructions: Instruction[] = [
      { text: `${link}\n` },
      {
        from: link === 0 ? 0 : `${link - 1}\n`.length,
        length: base.length - (link === 0 ? 0 : `${link - 1}\n`.length),
      },
    ];
    const content = carryOut(base, instructions);
    const bytes = encodeDelta(base.length, content.length, instructions);
    objects.push({ type: 'blob', content, delta: { base: link, bytes, by: 'offset' } });
  }
  const far: PackedObject = {
    ...blob('hole'),
    raw: Buffer.from(head(3, 5 * 2 ** 30)),
    nextOffset: 2 ** 32 + 12345,
  };
  writePack(folder, [...objects, far, good('distant')], { large: true });
  const { values, problems } = await valuesAndProblems();
  assert.equal(values.filter((value) => value === 'chain').length, 5001);
  assert.ok(values.includes('distant'));
  assert.equal(problems.length, 1);
});

test('a pack that shrinks is a problem, not a crash', async () => {
  const path = writePack(folder, [good('first'), good('final')]);
  truncateSync(`${path}.pack`, 20);
  const { values, problems } = await valuesAndProblems();
  assert.deepEqual(values, []);
  assert.ok(problems.length > 0);
});
