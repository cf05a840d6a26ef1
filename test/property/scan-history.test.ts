import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { idOf, writePack } from '../../src/scan/git/objects/pack-fixture.ts';
import { createRandom, randomPack } from '../../src/scan/git/objects/random-history-fixture.ts';
import { makeGitHistory, readWithGit } from './git-histories.ts';
import { searchRepository, searchWhole } from './scan-history-oracle.ts';

const HISTORIES = 250;
const GIT_HISTORIES = 10;
const WORKER_HISTORIES = 3;
const MOST_OBJECTS = 40;
const WAYS = [
  [true, false],
  [false, false],
  [false, true],
] as const;

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-history-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('only changes are searched, and what is found is what a search of every object whole finds', async () => {
  let hits = 0;
  const property = fc.asyncProperty(fc.integer(), fc.boolean(), fc.boolean(), (seed, large, wide) =>
    inFolder(async (folder) => {
      const hash = wide ? 'sha256' : 'sha1';
      const objects = randomPack(createRandom(seed), MOST_OBJECTS, hash);
      writePack(folder, objects, { hash, large });
      const expected = searchWhole(objects.map((object) => ({ ...object, oid: idOf(object, hash) })));
      for (const [plainKernel, twoSteps] of WAYS) {
        const { found, problems } = await searchRepository(folder, { plainKernel, twoSteps });
        assert.deepEqual(problems, []);
        assert.deepEqual(found, expected);
      }
      hits += Object.keys(expected).length;
    }),
  );
  await fc.assert(property, { numRuns: HISTORIES });
  assert.ok(hits > HISTORIES, `${hits} objects with hits`);
});

test('the same holds in repositories that git has made and packed', async () => {
  const property = fc.asyncProperty(fc.integer(), (seed) =>
    inFolder(async (folder) => {
      makeGitHistory(folder, createRandom(seed));
      const { found, problems } = await searchRepository(folder, { twoSteps: true });
      assert.deepEqual(problems, []);
      assert.deepEqual(found, searchWhole(readWithGit(folder)));
    }),
  );
  await fc.assert(property, { numRuns: GIT_HISTORIES });
});

test('several workers find what one finds, also when they share a family', async () => {
  for (let seed = 0; seed < WORKER_HISTORIES; seed++)
    await inFolder(async (folder) => {
      const objects = randomPack(createRandom(seed), 400);
      writePack(folder, objects);
      const one = await searchRepository(folder);
      assert.deepEqual(await searchRepository(folder, { workers: 3, taskBytes: 3000 }), one);
      assert.deepEqual(await searchRepository(folder, { workers: 1, taskBytes: 1 }), one);
    });
});
