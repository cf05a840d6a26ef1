import { commitHeader, type CommitGraph, peel, reachedFrom, readCommits } from './commit-graph.ts';
import { damaged } from '../damage.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import { readHead, readRefs, readTips } from '../refs/refs.ts';
import type { Repository } from '../repository.ts';
import { createTreeWalk } from './tree-walk.ts';

const MOST_STEPS = 100_000;
const SHORTEST_ID = 4;

/** Part of a history. */
export type HistoryRange =
  /** Commits made at this time, in ms, or later, whatever reaches them. */
  | { readonly since: number }
  /** `A..B`: what B reaches and A does not. `A..` ends at HEAD, `B` alone has no beginning. */
  | { readonly revisions: string };

/**
 * Ids of the objects that a range brings: its commits, and the files that no commit just outside of it has. A file that
 * returns after it was gone at the edge of the range counts as brought, as with `git rev-list --objects`.
 */
export function objectsIn(
  reader: ObjectReader,
  repository: Repository,
  range: HistoryRange,
): ReadonlySet<string> {
  const refs = readRefs(repository);
  const resolve = createResolver(reader, repository, refs);
  const { graph, isIn } =
    'since' in range
      ? since(reader, readTips(repository, refs), range.since)
      : between(reader, range.revisions, resolve);
  const found = new Set<string>();
  const outside = new Set<string>();
  let collecting = false;
  const walk = createTreeWalk(reader, (bytes, idAt) => {
    const oid = Buffer.from(bytes.buffer, bytes.byteOffset + idAt, reader.hashBytes).toString('hex');
    if (!collecting) outside.add(oid);
    else if (!outside.has(oid)) found.add(oid);
  });
  for (const place of edgeOf(graph, isIn)) walk.walk(graph.trees[place] as number);
  collecting = true;
  for (const [place, number] of graph.numbers.entries()) {
    if (!isIn(place)) continue;
    found.add(reader.numbers.oidOf(number));
    walk.walk(graph.trees[place] as number);
  }
  return found;
}

interface Part {
  readonly graph: CommitGraph;
  readonly isIn: (place: number) => boolean;
}

function since(reader: ObjectReader, tips: Iterable<string>, time: number): Part {
  const graph = readCommits(reader, tips);
  return { graph, isIn: (place) => (graph.times[place] as number) >= time };
}

type Resolver = (name: string) => string;

function between(reader: ObjectReader, revisions: string, resolve: Resolver): Part {
  const [first, last] = revisions.includes('..') ? revisions.split(/\.\.\.?/) : ['', revisions];
  const end = resolve(last || 'HEAD');
  const start = first === '' || first === undefined ? null : resolve(first);
  const graph = readCommits(reader, start === null ? [end] : [end, start]);
  const placeOf = (oid: string): number[] => {
    const place = graph.placeOf(peel(reader, reader.numbers.numberOf(oid)));
    return place === undefined ? damaged(`${oid} is no commit`) : [place];
  };
  const wanted = reachedFrom(graph, placeOf(end));
  const known = reachedFrom(graph, start === null ? [] : placeOf(start));
  return { graph, isIn: (place) => wanted[place] === 1 && known[place] === 0 };
}

/** Commits outside of the range that are parents of some in it. */
function edgeOf({ parents }: CommitGraph, isIn: (place: number) => boolean): Set<number> {
  const edge = new Set<number>();
  for (const [place, own] of parents.entries())
    if (isIn(place)) for (const parent of own) if (!isIn(parent)) edge.add(parent);
  return edge;
}

/** Understands `HEAD`, names of refs, ids and their beginnings, with `~n` and `^n` behind them. */
function createResolver(
  reader: ObjectReader,
  repository: Repository,
  refs: ReadonlyMap<string, string>,
): Resolver {
  return (name) => {
    const [, start = '', steps = ''] = /^(.*?)((?:[~^]\d*)*)$/.exec(name) ?? [];
    let oid = resolveName(reader, { repository, refs }, start) ?? noRevision(name);
    for (const [, kind, digits] of steps.matchAll(/([~^])(\d*)/g))
      oid =
        step(reader, oid, { kind: kind ?? '~', count: digits === '' ? 1 : Number(digits) }) ??
        noRevision(name);
    return oid;
  };
}

/** Most often it is one that a shallow clone, or one made after a force push, does not have. */
function noRevision(name: string): never {
  return damaged(
    `There is no revision ${name} in this clone: fetch it (git fetch --unshallow; in CI fetch-depth: 0 or GIT_DEPTH: 0), or name another`,
  );
}

interface Names {
  readonly repository: Repository;
  readonly refs: ReadonlyMap<string, string>;
}

function resolveName(reader: ObjectReader, { repository, refs }: Names, name: string): string | null {
  if (name === 'HEAD' || name === '@') return readHead(repository, refs);
  for (const prefix of ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/']) {
    const oid = refs.get(prefix + name);
    if (oid !== undefined) return oid;
  }
  if (!/^[0-9a-f]+$/.test(name) || name.length < SHORTEST_ID) return null;
  if (name.length === reader.hashBytes * 2) return reader.numbers.numberOf(name) < 0 ? null : name;
  return reader.numbers.startingWith(name);
}

function step(
  reader: ObjectReader,
  oid: string,
  { kind, count }: { kind: string; count: number },
): string | null {
  let number = peel(reader, reader.numbers.numberOf(oid));
  if (kind === '^' && count !== 0) number = parentOf(reader, number, count - 1);
  else if (kind === '~')
    for (let done = 0; done < Math.min(count, MOST_STEPS) && number >= 0; done++)
      number = parentOf(reader, number, 0);
  return number < 0 ? null : reader.numbers.oidOf(number);
}

function parentOf(reader: ObjectReader, number: number, index: number): number {
  return reader.numbers.numberOf(commitHeader(reader, number)?.parents[index] ?? '');
}
