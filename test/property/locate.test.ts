import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { locate } from '../../src/scan/git/commits/locate.ts';
import { createObjectReader } from '../../src/scan/git/objects/object-reader.ts';
import { openObjectStore } from '../../src/scan/git/objects/object-store.ts';
import type { HashName } from '../../src/scan/git/objects/pack-fixture.ts';
import { createRandom } from '../../src/scan/git/objects/random-history-fixture.ts';
import { findRepository } from '../../src/scan/git/repository.ts';
import { makeTreeHistory, type Objects, type TreeHistory } from './tree-histories.ts';

const HISTORIES = 200;

/** First commit and path of a file, and whether HEAD has it, as `commit path inHead`. */
type Places = Record<string, string>;

interface Commit {
  readonly oid: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly time: number;
}

/** Reads the commits that the tips reach, level by level. */
function commitsOf({ objects, tips }: TreeHistory): Commit[] {
  const found: Commit[] = [];
  const known = new Set<string>();
  const rest = [...tips];
  for (let oid = rest.shift(); oid !== undefined; oid = rest.shift()) {
    const text = objects.get(oid)?.content.toString('latin1');
    if (text === undefined || known.has(oid)) continue;
    known.add(oid);
    const all = (name: string): string[] =>
      Array.from(text.matchAll(new RegExp(`^${name} ([0-9a-f]+)$`, 'gm')), ([, value = '']) => value);
    const time = Number(/^committer .* (\d+) \+0000$/m.exec(text)?.[1]);
    found.push({ oid, tree: all('tree')[0] ?? '', parents: all('parent'), time });
    rest.push(...all('parent'));
  }
  return found;
}

/** Parents before children; of those that are free to be next, the oldest, and what it stands on. */
function byAge(commits: readonly Commit[]): Commit[] {
  const byId = new Map(commits.map((commit) => [commit.oid, commit]));
  const done = new Set<string>();
  const order: Commit[] = [];
  const add = (commit: Commit | undefined): void => {
    if (commit === undefined || done.has(commit.oid)) return;
    done.add(commit.oid);
    for (const parent of commit.parents.toReversed()) add(byId.get(parent));
    order.push(commit);
  };
  for (const commit of commits.toSorted((one, other) => one.time - other.time)) add(commit);
  return order;
}

/** Visits the files of a tree: those of a folder first, then those of its last folder. */
function visitFiles(
  objects: Objects,
  tree: { readonly oid: string; readonly path: string; readonly seen: Set<string> },
  visit: (oid: string, path: string) => void,
): void {
  const { oid, path, seen } = tree;
  const object = objects.get(oid);
  if (object?.type !== 'tree' || seen.has(oid)) return;
  seen.add(oid);
  const folders: { oid: string; path: string }[] = [];
  const bytes = oid.length / 2;
  for (let at = 0; at < object.content.length;) {
    const end = object.content.indexOf(0, at);
    const head = object.content.toString('latin1', at, end);
    const name = head.slice(head.indexOf(' ') + 1);
    const held = object.content.toString('hex', end + 1, end + 1 + bytes);
    if (head.startsWith('40000 ')) folders.push({ oid: held, path: `${path}${name}/` });
    else visit(held, path + name);
    at = end + 1 + bytes;
  }
  for (const folder of folders.toReversed()) visitFiles(objects, { ...folder, seen }, visit);
}

/** What walking all commits says: the meaning of right. */
function walkAll(history: TreeHistory): Places {
  const { objects, tips } = history;
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const commits = commitsOf(history);
  for (const { oid: commit, tree } of byAge(commits))
    visitFiles(objects, { oid: tree, path: '', seen }, (oid, path) => {
      if (!found.has(oid)) found.set(oid, `${commit} ${path}`);
    });
  const kept = new Set<string>();
  const head = commits.find(({ oid }) => oid === tips[0])?.tree ?? '';
  visitFiles(objects, { oid: head, path: '', seen: new Set() }, (oid) => kept.add(oid));
  return Object.fromEntries(Array.from(found, ([oid, place]) => [oid, `${place} ${kept.has(oid)}`]));
}

function locateAll(folder: string, oids: readonly string[]): Places {
  const repository = findRepository(folder);
  assert.ok(repository);
  const objects = openObjectStore(repository);
  try {
    const wanted = oids.map((oid) => ({ oid, type: 'blob' as const }));
    const places = locate(createObjectReader(objects), repository, wanted, () => assert.fail('it is cut'));
    return Object.fromEntries(
      Array.from(places, ([oid, { commit, path, inHead }]) => [oid, `${commit} ${path} ${inHead}`]),
    );
  } finally {
    objects.close();
  }
}

function compare(seed: number, hash: HashName): number {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-locate-'));
  try {
    const random = createRandom(seed);
    const history = makeTreeHistory(folder, random, hash);
    const every = random(3);
    const blobs = Array.from(history.objects).filter(
      ([, { type }]) => type === 'blob' && random(1 + every) === 0,
    );
    const expected = walkAll(history);
    const oids = blobs.map(([oid]) => oid);
    assert.deepEqual(
      locateAll(folder, oids),
      Object.fromEntries(oids.map((oid) => [oid, expected[oid] ?? 'null null false'])),
    );
    return oids.filter((oid) => oid in expected).length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a file is said to come from where a walk of all commits, oldest first, meets it first', () => {
  let located = 0;
  const property = fc.property(fc.integer(), fc.boolean(), (seed, wide) => {
    located += compare(seed, wide ? 'sha256' : 'sha1');
  });
  fc.assert(property, { numRuns: HISTORIES });
  assert.ok(located > HISTORIES, `${located} files were located`);
});
