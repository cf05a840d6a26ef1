import type { GitPlace } from '../sighting.ts';
import {
  type CommitGraph,
  type Header,
  oldestFirst,
  parseHeader,
  reachedFrom,
  readCommits,
  readOr,
} from './commit-graph.ts';
import type { ObjectReader } from './object-reader.ts';
import type { Repository } from './repository.ts';
import { readHead, readRefs, readTips } from './refs.ts';
import type { FoundObject } from './search-plan.ts';
import { createTreeWalk, type TreeWalk } from './tree-walk.ts';

type Wanted = Pick<FoundObject, 'oid' | 'type'>;

/** First commit that has an object, and the path there. */
interface Origin {
  readonly commit: number;
  readonly path: string;
}

/**
 * Says of objects which commit brought them first, parents counting as older than children, where, and whether HEAD still
 * has them. Merges, stashes and reflogs are walked as well; what nothing reaches has no commit.
 */
export function locate(
  reader: ObjectReader,
  repository: Repository,
  objects: readonly Wanted[],
): ReadonlyMap<string, GitPlace> {
  if (objects.length === 0) return new Map();
  const refs = readRefs(repository);
  const head = readHead(repository, refs);
  const graph = readCommits(reader, [...(head === null ? [] : [head]), ...readTips(repository, refs)]);
  const headCommit = head === null ? undefined : graph.placeOf.get(reader.numbers.numberOf(head));
  const blobs = numbersOf(
    reader,
    objects.filter(({ type }) => type === 'blob'),
  );
  const origins = findOrigins(reader, graph, blobs);
  const kept = keptIn(reader, graph, { headCommit, blobs });
  const inHistory = reachedFrom(graph, headCommit === undefined ? [] : [headCommit]);
  return new Map(
    objects.map(({ oid, type }) => {
      const number = reader.numbers.numberOf(oid);
      if (type !== 'blob') return [oid, placeOfMessage({ reader, graph, inHistory }, { oid, type, number })];
      const origin = origins.get(number);
      const header = origin === undefined ? null : headerAt(reader, origin.commit);
      const commit = origin === undefined ? null : reader.numbers.oidOf(origin.commit);
      const path = origin?.path ?? null;
      return [
        oid,
        { kind: 'git', object: oid, type, commit, ...signed(header), path, inHead: kept.has(number) },
      ];
    }),
  );
}

const numbersOf = (reader: ObjectReader, objects: readonly Wanted[]): Set<number> =>
  new Set(objects.map(({ oid }) => reader.numbers.numberOf(oid)));

function headerAt(reader: ObjectReader, number: number): Header | null {
  const object = readOr(reader, number);
  return object === null ? null : parseHeader(object.bytes);
}

const signed = (header: Header | null): Pick<GitPlace, 'author' | 'date'> => ({
  author: header?.author ?? null,
  date: header?.authored ?? null,
});

interface History {
  readonly reader: ObjectReader;
  readonly graph: CommitGraph;
  readonly inHistory: Uint8Array;
}

/** A message stands in the commit itself, that of a tag in what it names. */
function placeOfMessage(
  { reader, graph, inHistory }: History,
  { oid, type, number }: Wanted & { readonly number: number },
): GitPlace {
  const header = headerAt(reader, number);
  const commit = type === 'commit' ? number : reader.numbers.numberOf(header?.target ?? '');
  const place = graph.placeOf.get(commit);
  return {
    kind: 'git',
    object: oid,
    type,
    commit: place === undefined ? null : reader.numbers.oidOf(commit),
    ...signed(header),
    path: null,
    inHead: place !== undefined && inHistory[place] === 1,
  };
}

function findOrigins(
  reader: ObjectReader,
  graph: CommitGraph,
  blobs: ReadonlySet<number>,
): Map<number, Origin> {
  const origins = new Map<number, Origin>();
  let commit = -1;
  const search = searchFor(reader, blobs, (number, path) => {
    if (!origins.has(number)) origins.set(number, { commit, path: path() });
  });
  for (const place of oldestFirst(graph)) {
    if (origins.size === blobs.size) break;
    commit = graph.numbers[place] as number;
    search.walk(graph.trees[place] as number);
  }
  return origins;
}

interface Kept {
  readonly headCommit: number | undefined;
  readonly blobs: ReadonlySet<number>;
}

/** Those of the blobs that HEAD's tree has. */
function keptIn(reader: ObjectReader, graph: CommitGraph, { headCommit, blobs }: Kept): ReadonlySet<number> {
  const kept = new Set<number>();
  if (headCommit === undefined || blobs.size === 0) return kept;
  searchFor(reader, blobs, (number) => kept.add(number)).walk(graph.trees[headCommit] as number);
  return kept;
}

/** Calls `found` for the wanted among the files. A table of the first two bytes of ids refuses most others at once. */
function searchFor(
  reader: ObjectReader,
  wanted: ReadonlySet<number>,
  found: (number: number, path: () => string) => void,
): TreeWalk {
  const starts = new Uint8Array(1 << 16);
  for (const number of wanted)
    if (number >= 0) starts[parseInt(reader.numbers.oidOf(number).slice(0, 4), 16)] = 1;
  return createTreeWalk(reader, (bytes, idAt, path) => {
    if (starts[((bytes[idAt] as number) << 8) | (bytes[idAt + 1] as number)] === 0) return;
    const number = reader.numbers.numberAt(bytes, idAt);
    if (wanted.has(number)) found(number, path);
  });
}
