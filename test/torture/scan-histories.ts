import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { idOf, writePack } from '../../src/scan/git/objects/pack-fixture.ts';
import { createRandom, randomPack } from '../../src/scan/git/objects/random-history-fixture.ts';
import { makeGitHistory, readWithGit } from '../property/git-histories.ts';
import {
  type Found,
  type SearchOptions,
  searchRepository,
  searchWhole,
} from '../property/scan-history-oracle.ts';

const QUICK = 300;
const MOST_OBJECTS = 60;
/** One in so many histories is made by git itself; one in so many is also searched by threads, which take time to start. */
const GIT_EVERY = 20;
const THREADS_EVERY = 200;

interface Tally {
  histories: number;
  gitHistories: number;
  objectsWithHits: number;
  failures: { readonly seed: number; readonly what: string }[];
}

/**
 * Random histories: what the scan of changes finds must be what a search of every object whole finds, however the work is
 * cut and whoever does it. A history is its seed; a failure can be repeated with `--first SEED --histories 1`.
 */
async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      histories: { type: 'string', default: '20000' },
      first: { type: 'string', default: '0' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const count = values.quick ? QUICK : Number(values.histories);
  const started = performance.now();
  const tally: Tally = { histories: 0, gitHistories: 0, objectsWithHits: 0, failures: [] };
  for (let seed = Number(values.first); tally.histories < count; seed++)
    await inFolder((folder) => check(folder, seed, tally));
  const seconds = Math.round((performance.now() - started) / 1000);
  const { failures, ...counts } = tally;
  const result = { ...counts, mismatches: failures.length, failures: failures.slice(0, 20), seconds };
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${describe(result)}\n`);
  return failures.length === 0;
}

const describe = (result: object): string =>
  Object.entries(result)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n');

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-torture-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function check(folder: string, seed: number, tally: Tally): Promise<void> {
  const byGit = seed % GIT_EVERY === 0;
  const expected = byGit ? fromGit(folder, seed) : fromPack(folder, seed);
  tally.histories++;
  if (byGit) tally.gitHistories++;
  tally.objectsWithHits += Object.keys(expected).length;
  const ways: Record<string, SearchOptions> = {
    'one task a family': {},
    'one task an object': { taskBytes: 1 },
    'in two steps': { twoSteps: true },
  };
  if (seed % THREADS_EVERY === 0) ways['three threads'] = { workers: 3, taskBytes: 2000 };
  for (const [what, options] of Object.entries(ways)) {
    const { found, problems } = await searchRepository(folder, options);
    if (problems.length > 0 || !isDeepStrictEqual(found, expected)) tally.failures.push({ seed, what });
  }
}

function fromGit(folder: string, seed: number): Found {
  makeGitHistory(folder, createRandom(seed));
  return searchWhole(readWithGit(folder));
}

function fromPack(folder: string, seed: number): Found {
  const hash = seed % 3 === 0 ? 'sha256' : 'sha1';
  const objects = randomPack(createRandom(seed), MOST_OBJECTS, hash);
  writePack(folder, objects, { hash, large: seed % 2 === 0 });
  return searchWhole(objects.map((object) => ({ ...object, oid: idOf(object, hash) })));
}

process.exitCode = (await main()) ? 0 : 1;
