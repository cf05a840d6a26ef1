import { type Arena, createArena } from '../arena.ts';
import { damaged, unlessDamaged } from '../damage.ts';
import { readDeltaSizes } from '../delta.ts';
import {
  checkedKind,
  type EntryHead,
  HEAD_ROOM,
  ID_DELTA,
  OFFSET_DELTA,
  readEntryHead,
} from './entry-head.ts';
import type { Kernel } from '../kernel.ts';
import { openKernel } from '../wasm-kernel.ts';
import { readLooseObject } from './loose-object.ts';
import { numberObjects, type ObjectNumbers } from './object-numbers.ts';
import { findPacked, type ObjectStore, type Pack } from './object-store.ts';
import { MOST_OBJECT_BYTES, type ObjectType, typeOfKind } from './object-types.ts';
import { COMMIT, type PackEntries } from './pack-entries.ts';
import { hexOf, offsetAt } from './pack-index.ts';
import { readTogether } from './packed-objects.ts';

const DEEPEST_CHAIN = 10_000;
const MOST_FORGOTTEN = 10_000;
const MOST_CACHED = 32 << 20;
const ARENA_BYTES = 3 * MOST_OBJECT_BYTES;

export interface StoredObject {
  readonly type: ObjectType;
  /** Do not change them: they may be the base of others. */
  readonly bytes: Uint8Array;
}

/** Reads single objects, with a cache of 32 MiB for the bases of deltas. */
export interface ObjectReader {
  /** Null when the repository does not have it. Throws a `DamageError` when it is unreadable. */
  read(oid: string): StoredObject | null;
  /** Throws a `DamageError` when it is unreadable. */
  readNumber(number: number): StoredObject;
  /**
   * Calls with commits that stand whole in packs, with most of them, and their numbers. The bytes are valid during the call,
   * which must not read.
   */
  viewCommits(visit: (number: number, bytes: Uint8Array) => void): void;
  readonly numbers: ObjectNumbers;
  readonly packs: readonly Pack[];
  readonly hashBytes: number;
}

/** An entry on the way from a delta down to what it is built on. */
interface Link {
  readonly pack: Pack;
  readonly offset: number;
  readonly head: EntryHead;
}

interface Reader {
  readonly store: ObjectStore;
  readonly kernel: Kernel;
  readonly arena: Arena;
  readonly cache: Cache;
  readonly numbers: ObjectNumbers;
}

export function createObjectReader(store: ObjectStore, kernel: Kernel = openKernel()): ObjectReader {
  const numbers = numberObjects(store);
  const reader: Reader = {
    store,
    kernel,
    arena: createArena(kernel, ARENA_BYTES),
    cache: createCache(),
    numbers,
  };
  const readNumber = (number: number): StoredObject => {
    const place = numbers.placeOf(number);
    if (place.pack === null) return readLooseObject(place.path);
    return readPacked(reader, place.pack, offsetAt(place.pack.index, place.position));
  };
  return {
    numbers,
    packs: store.packs,
    hashBytes: store.repository.hashBytes,
    readNumber,
    viewCommits(visit) {
      for (const [number, pack] of store.packs.entries()) {
        const first = numbers.firstOf(number);
        viewCommits(reader, pack, (position, bytes) => visit(first + position, bytes));
      }
    },
    read(oid) {
      const number = numbers.numberOf(oid);
      return number < 0 ? null : readNumber(number);
    },
  };
}

/** Larger commits are read as any other object. */
const COMMIT_ROOM = 1 << 16;

/** So many packed bytes of commits are read at a time. */
const COMMIT_PIECE = 1 << 20;

/** Commits lie together, but are asked for in another order: this way is several times as fast. */
function viewCommits(reader: Reader, pack: Pack, visit: CommitVisitor): void {
  const entries = unlessDamaged(pack.layout)?.entries;
  if (entries === undefined) return;
  for (let first = 0; first < entries.count;) first = viewPiece(reader, { pack, entries, first }, visit);
}

type CommitVisitor = (position: number, bytes: Uint8Array) => void;

interface Piece {
  readonly pack: Pack;
  readonly entries: PackEntries;
  readonly first: number;
}

/** Gives the entry to go on with. */
function viewPiece({ kernel, arena }: Reader, { pack, entries, first }: Piece, visit: CommitVisitor): number {
  arena.clear();
  const at = arena.take(COMMIT_ROOM);
  const source = { file: pack.file, entries, kind: COMMIT, first, most: COMMIT_PIECE };
  const packed = readTogether(source, { arena, kernel });
  const { kinds, bases, sizes, offsets, heads, positions } = entries;
  for (let entry = first; entry < packed.end; entry++) {
    const size = sizes[entry] as number;
    if (kinds[entry] !== COMMIT || (bases[entry] as number) >= 0 || size > COMMIT_ROOM) continue;
    const from = packed.placeOf(entry);
    if (from < 0) continue;
    const to = from + (offsets[entry + 1] as number) - (offsets[entry] as number);
    const unpacked = unlessDamaged(() => {
      kernel.inflate({ from: from + (heads[entry] as number), to, at, size });
      return kernel.bytes().subarray(at, at + size);
    });
    if (unpacked !== null) visit(positions[entry] as number, unpacked);
  }
  return packed.end;
}

/** So many packed bytes an object has at most, if git has packed it. */
const mostPacked = (size: number): number => size + (size >> 3) + 64;

function readPacked(reader: Reader, pack: Pack, offset: number): StoredObject {
  const { links, base } = followChain(reader, pack, offset);
  let object = base;
  reader.arena.clear();
  for (const link of links.toReversed()) {
    object = object === null ? readWhole(reader, link) : readDelta(reader, link, object);
    reader.cache.put(link.pack, link.offset, object);
  }
  return object ?? damaged('it has no base');
}

/** The deltas from the object down to one that is whole, cached or loose. */
function followChain(
  reader: Reader,
  from: Pack,
  start: number,
): { links: Link[]; base: StoredObject | null } {
  const links: Link[] = [];
  let [pack, offset] = [from, start];
  for (;;) {
    const base = reader.cache.get(pack, offset);
    if (base !== undefined) return { links, base };
    if (links.length > DEEPEST_CHAIN) damaged('it is built, in the end, on itself');
    const bytes = new Uint8Array(HEAD_ROOM);
    if (!(offset < pack.file.size)) damaged('the index places it outside of the pack');
    pack.file.read(bytes, 0, { from: offset, to: Math.min(pack.file.size, offset + HEAD_ROOM) });
    const head = readEntryHead(bytes, 0, pack.index.hashBytes);
    links.push({ pack, offset, head });
    if (checkedKind(head.kind) === OFFSET_DELTA) offset -= head.distance;
    else if (head.kind === ID_DELTA) {
      const found = findPacked(reader.store.packs, bytes, head.baseAt);
      if (found === null)
        return { links, base: readLooseBase(reader, hexOf(bytes, head.baseAt, pack.index.hashBytes)) };
      pack = found.pack;
      offset = offsetAt(pack.index, found.position);
    } else return { links, base: null };
    if (!(offset > 0)) damaged('its base lies outside of the pack');
  }
}

function readLooseBase({ numbers }: Reader, oid: string): StoredObject {
  const number = numbers.numberOf(oid);
  const place = number < 0 ? damaged(`its base ${oid} is missing`) : numbers.placeOf(number);
  return place.pack === null ? readLooseObject(place.path) : damaged(`its base ${oid} is elsewhere`);
}

function readWhole(reader: Reader, link: Link): StoredObject {
  const { head } = link;
  const type = typeOfKind(head.kind) ?? damaged('it has no base');
  const at = unpack(reader, link);
  const bytes = reader.kernel.bytes().slice(at, at + head.size);
  reader.arena.give(at);
  return { type, bytes };
}

function readDelta(reader: Reader, link: Link, base: StoredObject): StoredObject {
  const { kernel, arena } = reader;
  const delta = unpack(reader, link);
  const deltaEnd = delta + link.head.size;
  const sizes = readDeltaSizes(kernel.bytes(), delta, deltaEnd);
  if (sizes === null || sizes.baseSize !== base.bytes.length) damaged('its delta is made for another base');
  const { size, baseSize } = sizes;
  const baseAt = takeRoom(arena, baseSize);
  const at = takeRoom(arena, size);
  kernel.bytes().set(base.bytes, baseAt);
  kernel.applyDelta({ delta: sizes.next, deltaEnd, base: baseAt, baseSize, at, size });
  const bytes = kernel.bytes().slice(at, at + size);
  for (const place of [delta, baseAt, at]) arena.give(place);
  return { type: base.type, bytes };
}

/** Unpacks what follows the head of an entry; its packed size is not known, so as much is read as it can be at most. */
function unpack({ kernel, arena }: Reader, { pack, offset, head }: Link): number {
  const from = offset + head.length;
  const to = Math.min(pack.file.size, from + mostPacked(head.size));
  const at = takeRoom(arena, head.size);
  const packed = takeRoom(arena, to - from);
  pack.file.read(kernel.bytes(), packed, { from, to });
  kernel.inflate({ from: packed, to: packed + to - from, at, size: head.size });
  arena.give(packed);
  return at;
}

function takeRoom(arena: Arena, size: number): number {
  const at = size > MOST_OBJECT_BYTES * 1.25 ? -1 : arena.take(size);
  return at < 0 ? damaged(`it is larger than ${MOST_OBJECT_BYTES >> 20} MiB`) : at;
}

interface Cache {
  get(pack: Pack, offset: number): StoredObject | undefined;
  put(pack: Pack, offset: number, object: StoredObject): void;
}

/** Forgets the oldest first. */
function createCache(): Cache {
  const known = new Map<Pack, Map<number, StoredObject>>();
  const queue: { pack: Pack; offset: number; size: number }[] = [];
  let held = 0;
  let first = 0;
  return {
    get: (pack, offset) => known.get(pack)?.get(offset),
    put(pack, offset, object) {
      const ofPack = known.get(pack) ?? new Map<number, StoredObject>();
      known.set(pack, ofPack);
      ofPack.set(offset, object);
      held += object.bytes.length;
      queue.push({ pack, offset, size: object.bytes.length });
      while (held > MOST_CACHED && first < queue.length - 1) {
        const oldest = queue[first++] as (typeof queue)[number];
        known.get(oldest.pack)?.delete(oldest.offset);
        held -= oldest.size;
      }
      if (first > MOST_FORGOTTEN) {
        queue.splice(0, first);
        first = 0;
      }
    },
  };
}
