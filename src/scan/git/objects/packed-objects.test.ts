import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createArena } from '../arena.ts';
import { openFileWindow } from './file-window.ts';
import { createKernel, type Kernel } from '../kernel.ts';
import { type PackEntries, TREE } from './pack-entries.ts';
import { type PackedObjects, readTogether } from './packed-objects.ts';
import { createRandom, type Random } from './random-history-fixture.ts';

const BLOB = 3;
const LARGEST = 9000;
const directory = mkdtempSync(join(tmpdir(), 'packed-objects-'));
after(() => rmSync(directory, { recursive: true }));

type Parts = Pick<PackEntries, 'count' | 'kinds' | 'offsets'>;

/** Trees and blobs of random sizes, some so large that what is behind them is jumped to. */
function randomParts(random: Random): { parts: Parts; bytes: Buffer } {
  const count = random(30);
  const offsets = new Float64Array(count + 1);
  offsets[0] = 12;
  for (let entry = 0; entry < count; entry++)
    offsets[entry + 1] = (offsets[entry] as number) + random(random(3) === 0 ? LARGEST : 200);
  const kinds = Uint8Array.from({ length: count }, () => (random(2) === 0 ? TREE : BLOB));
  const bytes = Buffer.from(Array.from({ length: offsets[count] as number }, () => random(256)));
  return { parts: { count, kinds, offsets }, bytes };
}

interface Reading {
  readonly parts: Parts;
  readonly path: string;
  readonly most?: number;
  readonly first?: number;
  readonly room?: number;
  readonly shorten?: number;
}

function read({ parts, path, room = 1 << 22, shorten, ...rest }: Reading): {
  kernel: Kernel;
  packed: PackedObjects;
} {
  const kernel = createKernel();
  const file = openFileWindow(path);
  try {
    if (shorten !== undefined) truncateSync(path, shorten);
    const source = { file, entries: parts as PackEntries, kind: TREE, ...rest };
    return { kernel, packed: readTogether(source, { arena: createArena(kernel, room), kernel }) };
  } finally {
    file.close();
  }
}

/** They stand in the memory as in the pack. */
function assertHeld(
  { kernel, packed }: ReturnType<typeof read>,
  { offsets }: Parts,
  { bytes, entries }: { readonly bytes: Buffer; readonly entries: readonly number[] },
): void {
  for (const entry of entries) {
    const expected = bytes.subarray(offsets[entry], offsets[entry + 1]);
    const place = packed.placeOf(entry);
    assert.ok(place >= 0);
    assert.deepEqual(Buffer.from(kernel.bytes().subarray(place, place + expected.length)), expected);
  }
}

const treesOf = ({ kinds }: Parts): number[] =>
  Array.from(kinds.keys()).filter((entry) => kinds[entry] === TREE);

describe('objects of a kind, read together', () => {
  const random = createRandom(7);
  const path = join(directory, 'pack');

  test('stand there as they stand in the pack', () => {
    for (let round = 0; round < 200; round++) {
      const { parts, bytes } = randomParts(random);
      writeFileSync(path, bytes);
      const result = read({ parts, path });
      assertHeld(result, parts, { bytes, entries: treesOf(parts) });
    }
  });

  test('are the first ones, when not all may be held', () => {
    for (let round = 0; round < 100; round++) {
      const { parts, bytes } = randomParts(random);
      writeFileSync(path, bytes);
      const result = read({ parts, path, most: random(20_000) });
      const trees = treesOf(parts);
      const held = trees.filter((entry) => result.packed.placeOf(entry) >= 0);
      assert.deepEqual(held, trees.slice(0, held.length));
      assertHeld(result, parts, { bytes, entries: held });
    }
  });

  test('are all met when it goes on where it ended', () => {
    for (let round = 0; round < 100; round++) {
      const { parts, bytes } = randomParts(random);
      writeFileSync(path, bytes);
      const held: number[] = [];
      const most = random(9000);
      for (let first = 0; first < parts.count;) {
        const { packed } = read({ parts, path, most, first });
        for (let entry = first; entry < packed.end; entry++)
          if (parts.kinds[entry] === TREE && packed.placeOf(entry) >= 0) held.push(entry);
        first = packed.end;
      }
      const fitting = treesOf(parts).filter(
        (entry) => (parts.offsets[entry + 1] as number) - (parts.offsets[entry] as number) <= most,
      );
      assert.deepEqual(held, fitting);
    }
  });

  test('are not held where there is no room, or nothing to hold', () => {
    const parts = { count: 1, kinds: Uint8Array.of(TREE), offsets: Float64Array.of(12, 1012) };
    writeFileSync(path, Buffer.alloc(1012));
    assert.equal(read({ parts, path, room: 100 }).packed.placeOf(0), -1);
    assert.equal(read({ parts: { ...parts, kinds: Uint8Array.of(BLOB) }, path }).packed.at, -1);
  });

  test('are left to be read by themselves where the file has become too short', () => {
    const parts = {
      count: 3,
      kinds: Uint8Array.of(TREE, BLOB, TREE),
      offsets: Float64Array.of(12, 112, 8112, 8212),
    };
    writeFileSync(path, Buffer.alloc(8212, 1));
    const { packed } = read({ parts, path, shorten: 8200 });
    assert.ok(packed.placeOf(0) >= 0);
    assert.equal(packed.placeOf(2), -1);
  });
});
