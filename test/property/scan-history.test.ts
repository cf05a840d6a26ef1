import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { idOf, writePack } from '../../src/scan/git/pack-fixture.ts';
import { createRandom, randomPack } from '../../src/scan/git/random-history-fixture.ts';
import { searchRepository, searchWhole } from './scan-history-oracle.ts';

const HISTORIES = 400;
const MOST_OBJECTS = 40;

test('only changes are searched, and what is found is what a search of every object whole finds', async () => {
  let hits = 0;
  const property = fc.asyncProperty(fc.integer(), fc.boolean(), fc.boolean(), async (seed, large, wide) => {
    const folder = mkdtempSync(join(tmpdir(), 'ringfence-history-'));
    try {
      const hash = wide ? 'sha256' : 'sha1';
      const objects = randomPack(createRandom(seed), MOST_OBJECTS, hash);
      writePack(folder, objects, { hash, large });
      const expected = searchWhole(objects.map((object) => ({ ...object, oid: idOf(object, hash) })));
      const { found, problems } = await searchRepository(folder);
      assert.deepEqual(problems, []);
      assert.deepEqual(found, expected);
      hits += Object.keys(expected).length;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  await fc.assert(property, { numRuns: HISTORIES });
  assert.ok(hits > HISTORIES, `${hits} objects with hits`);
});
