import { unlessDamaged } from '../damage.ts';
import { type CommitLinks, createLinksParser } from './commit-links.ts';
import type { ObjectReader, StoredObject } from '../objects/object-reader.ts';

/** What a commit or tag says of itself. Times are in ms. */
export interface Header {
  readonly tree: string | null;
  readonly parents: readonly string[];
  /** Of a tag: what it names. */
  readonly target: string | null;
  /** `Name <address>`; the tagger of a tag. */
  readonly author: string | null;
  readonly authored: number | null;
  readonly committed: number | null;
}

const HEADER_ROOM = 1 << 16;

/** Reads the head of a commit or tag; what is malformed is null. */
export function parseHeader(bytes: Uint8Array): Header {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEADER_ROOM)).toString(
    'utf8',
  );
  const end = text.indexOf('\n\n');
  const lines = (end < 0 ? text : text.slice(0, end)).split('\n');
  const valuesOf = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const author = personOf(valuesOf('author')[0] ?? valuesOf('tagger')[0]);
  const committer = personOf(valuesOf('committer')[0]);
  return {
    tree: valuesOf('tree')[0] ?? null,
    parents: valuesOf('parent'),
    target: valuesOf('object')[0] ?? null,
    author: author?.name ?? null,
    authored: author?.time ?? null,
    committed: committer?.time ?? author?.time ?? null,
  };
}

function personOf(text: string | undefined): { name: string; time: number | null } | null {
  const [, name, seconds] = /^(.*>)\s*(\d{1,12})?/.exec(text ?? '') ?? [];
  return name === undefined ? null : { name, time: seconds === undefined ? null : Number(seconds) * 1000 };
}

/** Commits that some tips reach. A place in the lists is a commit, whose object has the number `numbers[place]`. */
export interface CommitGraph {
  readonly numbers: readonly number[];
  /** Number of its tree; -1 when it is not there. */
  readonly trees: readonly number[];
  readonly parents: readonly (readonly number[])[];
  /** Commit time in ms. */
  readonly times: readonly number[];
  /** Place of the commit with a number. */
  placeOf(number: number): number | undefined;
  /** Places of the tips, in their order; of those that are, or name, commits. */
  readonly tips: readonly number[];
}

/** Reads all commits that the tips reach. Missing and damaged ones end their line, as in a shallow clone. */
export function readCommits(reader: ObjectReader, tips: Iterable<string>): CommitGraph {
  const { numbers: ids } = reader;
  const places = new Int32Array(ids.count).fill(NOWHERE);
  const [numbers, all]: [number[], CommitLinks[]] = [[], []];
  const linksOf = createLinksReader(reader);
  const add = (number: number): void => {
    if (number < 0 || places[number] !== NOWHERE) return;
    const links = linksOf(number);
    if (links === null) return;
    places[number] = numbers.length;
    numbers.push(number);
    all.push(links);
  };
  const placeOf = (number: number): number | undefined => {
    const place = places[number] ?? NOWHERE;
    return place === NOWHERE ? undefined : place;
  };
  const found: number[] = [];
  for (const tip of tips) {
    let number = ids.numberOf(tip);
    add(number);
    if (placeOf(number) === undefined) add((number = peel(reader, number)));
    const place = placeOf(number);
    if (place !== undefined) found.push(place);
  }
  for (let place = 0; place < all.length; place++)
    for (const parent of (all[place] as CommitLinks).parents) add(parent);
  return {
    numbers,
    trees: all.map(({ tree }) => tree),
    parents: all.map((links) => links.parents.flatMap((parent) => placeOf(parent) ?? [])),
    times: all.map(({ time }) => time),
    placeOf,
    tips: found,
  };
}

const NOWHERE = -1;

/** Reads what commits link to; null for those that are missing or damaged. */
function createLinksReader(reader: ObjectReader): (number: number) => CommitLinks | null {
  const known = readStoredLinks(reader);
  const { numbers } = reader;
  return (number) => {
    const links = known(number);
    if (links !== undefined) return links;
    const header = commitHeader(reader, number);
    return header === null
      ? null
      : {
          tree: header.tree === null ? -1 : numbers.numberOf(header.tree),
          parents: header.parents.map((parent) => numbers.numberOf(parent)),
          time: header.committed ?? 0,
        };
  };
}

/** Links of the commits that can be read together, by number. */
function readStoredLinks(reader: ObjectReader): (number: number) => CommitLinks | undefined {
  const parse = createLinksParser(reader);
  const found: CommitLinks[] = [];
  const slots = new Int32Array(reader.numbers.count);
  reader.viewCommits((number, bytes) => {
    const links = parse(bytes);
    if (links !== null) slots[number] = found.push(links);
  });
  return (number) => found[(slots[number] as number) - 1];
}

const DEEPEST_TAG = 10;

/** Follows tags to what they name. */
export function peel(reader: ObjectReader, start: number): number {
  let number = start;
  for (let depth = 0; depth < DEEPEST_TAG && number >= 0; depth++) {
    const object = readOr(reader, number);
    const target = object?.type === 'tag' ? parseHeader(object.bytes).target : null;
    if (target === null) return number;
    number = reader.numbers.numberOf(target);
  }
  return number;
}

/** An object, or null when it is damaged. */
export const readOr = (reader: ObjectReader, number: number): StoredObject | null =>
  number < 0 ? null : unlessDamaged(() => reader.readNumber(number));

/** Head of a commit; null when there is none. */
export function commitHeader(reader: ObjectReader, number: number): Header | null {
  const object = readOr(reader, number);
  return object?.type === 'commit' ? parseHeader(object.bytes) : null;
}

/** Places of all commits, parents before children and otherwise the oldest first. */
export function oldestFirst(graph: CommitGraph): number[] {
  const { parents, times } = graph;
  const byTime = Array.from(times.keys()).toSorted((one, other) => (times[one] ?? 0) - (times[other] ?? 0));
  const state = new Uint8Array(times.length);
  const order: number[] = [];
  for (const start of byTime) {
    const stack = [start];
    for (let place = stack.at(-1); place !== undefined; place = stack.at(-1)) {
      if (state[place] === 0) {
        state[place] = 1;
        stack.push(...(parents[place] ?? []).filter((parent) => state[parent] === 0));
        continue;
      }
      stack.pop();
      if (state[place] === 1) order.push(place);
      state[place] = 2;
    }
  }
  return order;
}

/** Marks the places of commits that `tips` reach. */
export function reachedFrom({ parents }: CommitGraph, tips: readonly number[]): Uint8Array {
  const reached = new Uint8Array(parents.length);
  const rest = [...tips];
  for (let place = rest.pop(); place !== undefined; place = rest.pop()) {
    if (reached[place] === 1) continue;
    reached[place] = 1;
    rest.push(...(parents[place] ?? []));
  }
  return reached;
}
