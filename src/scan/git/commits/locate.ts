import type { GitPlace } from '../../sighting.ts';
import {
  type CommitGraph,
  type Header,
  oldestFirst,
  parseHeader,
  reachedFrom,
  readCommits,
  readOr,
} from './commit-graph.ts';
import { leastRanks } from './first-commits.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import type { Repository } from '../repository.ts';
import { readHead, readRefs, readTips } from '../refs/refs.ts';
import type { FoundObject } from '../search-plan.ts';
import { readHolders } from './tree-holders.ts';
import { createTreeWalk, type FileVisitor, type TreeWalk } from './tree-walk.ts';

type Wanted = Pick<FoundObject, 'oid' | 'type'>;

/** First commit that has an object, and the path there. */
interface Origin {
  readonly commit: number;
  readonly path: string;
}

/**
 * Says of objects which commit brought them first, parents counting as older than children, where, and whether HEAD still
 * has them. Merges, stashes and reflogs are walked as well; what nothing reaches has no commit. `onCut` is called when
 * the history is too large to know the first commit of all.
 */
export function locate(
  reader: ObjectReader,
  repository: Repository,
  objects: readonly Wanted[],
  onCut: () => void,
): ReadonlyMap<string, GitPlace> {
  if (objects.length === 0) return new Map();
  const refs = readRefs(repository);
  const head = readHead(repository, refs);
  const graph = readCommits(reader, [...(head === null ? [] : [head]), ...readTips(repository, refs)]);
  const headCommit = head === null ? undefined : graph.placeOf(reader.numbers.numberOf(head));
  const blobs = numbersOf(
    reader,
    objects.filter(({ type }) => type === 'blob'),
  );
  const ages = findAges(reader, graph, { blobs, onCut });
  const origins = findOrigins(reader, graph, { blobs, ages });
  const kept = keptIn(reader, graph, { headCommit, blobs, ages });
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
  const place = graph.placeOf(commit);
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

/** Commits by age, and for every object the place there of the first that has it. */
interface Ages {
  readonly order: readonly number[];
  readonly firsts: Int32Array;
}

interface Sought {
  readonly blobs: ReadonlySet<number>;
  readonly onCut: () => void;
}

function findAges(reader: ObjectReader, graph: CommitGraph, { blobs, onCut }: Sought): Ages {
  const order = oldestFirst(graph);
  const ranks = new Int32Array(reader.numbers.count).fill(-1);
  for (const [rank, place] of order.entries()) {
    const tree = graph.trees[place] as number;
    if (tree >= 0 && ranks[tree] === -1) ranks[tree] = rank;
  }
  const firsts =
    blobs.size === 0 ? ranks : leastRanks(readHolders(reader, blobs, onCut), ranks, blobs, onCut);
  return { order, firsts };
}

/** Walks the commits that brought something, in each only the trees that are new there and lead to it. */
function findOrigins(
  reader: ObjectReader,
  graph: CommitGraph,
  { blobs, ages }: { readonly blobs: ReadonlySet<number>; readonly ages: Ages },
): Map<number, Origin> {
  const { order, firsts } = ages;
  const origins = new Map<number, Origin>();
  let rank = -1;
  const search = searchFor(
    reader,
    blobs,
    (number, path) => {
      const commit = graph.numbers[order[rank] as number] as number;
      if (!origins.has(number)) origins.set(number, { commit, path: path() });
    },
    (tree) => firsts[tree] === rank,
  );
  const found = Array.from(blobs, (number) => firsts[number] ?? -1).filter((first) => first >= 0);
  for (const first of [...new Set(found)].toSorted((one, other) => one - other)) {
    rank = first;
    search.walk(graph.trees[order[rank] as number] as number);
  }
  return origins;
}

interface Kept {
  readonly headCommit: number | undefined;
  readonly blobs: ReadonlySet<number>;
  readonly ages: Ages;
}

/** Those of the blobs that HEAD's tree has. */
function keptIn(
  reader: ObjectReader,
  graph: CommitGraph,
  { headCommit, blobs, ages }: Kept,
): ReadonlySet<number> {
  const kept = new Set<number>();
  if (headCommit === undefined || blobs.size === 0) return kept;
  const { walk } = searchFor(
    reader,
    blobs,
    (number) => kept.add(number),
    (tree) => (ages.firsts[tree] as number) >= 0,
  );
  walk(graph.trees[headCommit] as number);
  return kept;
}

type Found = (number: number, path: () => string) => void;

/** Calls `found` for the wanted among the files below the trees that `enters` lets in. */
function searchFor(
  reader: ObjectReader,
  wanted: ReadonlySet<number>,
  found: Found,
  enters: (tree: number) => boolean,
): TreeWalk {
  const visit: FileVisitor = (bytes, idAt, path) => {
    const number = reader.numbers.numberAt(bytes, idAt);
    if (wanted.has(number)) found(number, path);
  };
  return createTreeWalk(reader, visit, enters);
}
