import { HEAD_ROOM, ID_DELTA, OFFSET_DELTA, readEntryHead } from './entry-head.ts';
import type { FileWindow } from './file-window.ts';
import { typeOfKind } from './object-types.ts';
import { orderOf } from './offset-order.ts';
import { findOid, offsetAt, type PackIndex } from './pack-index.ts';

/** Kinds, as git numbers them in a pack. */
export const COMMIT = 1;
export const TREE = 2;

/** The entry's header is unreadable, or its base cannot be found out. */
export const UNREADABLE = 0;
/** The base is not in this pack. */
export const FOREIGN = 7;

export const NO_BASE = -1;
export const FOREIGN_BASE = -2;
const TOO_LARGE = 0xffffffff;

/** Heads lie close together, but for those behind large objects, of which no more than this is read in vain. */
const CHUNK = 1 << 15;

/** All entries of a pack in the order of their offsets; views of memory that threads share. 34 bytes an entry. */
export interface PackEntries {
  readonly count: number;
  /** One more than entries: the end of the last. */
  readonly offsets: Float64Array;
  /** Place in the index, which is ordered by object id. */
  readonly positions: Uint32Array;
  /** Kind of the object, inherited from the root of its family. */
  readonly kinds: Uint8Array;
  /** Length of the head: the packed bytes follow it. */
  readonly heads: Uint8Array;
  /** Unpacked size of an object or of a delta. */
  readonly sizes: Uint32Array;
  readonly bases: Int32Array;
  readonly firstChildren: Int32Array;
  readonly nextSiblings: Int32Array;
  readonly marks: Uint8Array;
}

const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);

function allocate(count: number): PackEntries {
  return {
    count,
    offsets: new Float64Array(shared(8 * count + 8)),
    positions: new Uint32Array(shared(4 * count)),
    kinds: new Uint8Array(shared(count)),
    heads: new Uint8Array(shared(count)),
    sizes: new Uint32Array(shared(4 * count)),
    bases: new Int32Array(shared(4 * count)).fill(NO_BASE),
    firstChildren: new Int32Array(shared(4 * count)).fill(NO_BASE),
    nextSiblings: new Int32Array(shared(4 * count)).fill(NO_BASE),
    marks: new Uint8Array(shared(count)),
  };
}

/** Reads the head of every entry of a pack, once through the file. */
export function readEntries(pack: FileWindow, index: PackIndex): PackEntries {
  const entries = allocate(index.count);
  const end = Math.max(0, pack.size - index.hashBytes);
  const byId = new Float64Array(index.count);
  for (let position = 0; position < index.count; position++) {
    const offset = offsetAt(index, position);
    byId[position] = offset < end ? offset : end;
  }
  entries.positions.set(orderOf(byId));
  for (let entry = 0; entry < index.count; entry++)
    entries.offsets[entry] = byId[entries.positions[entry] as number] as number;
  entries.offsets[index.count] = end;
  readHeads(pack, index, entries);
  return entries;
}

function readHeads(pack: FileWindow, index: PackIndex, entries: PackEntries): void {
  const chunk = new Uint8Array(CHUNK + HEAD_ROOM);
  const head = createHeadReader(index, entries);
  let chunkFrom = 0;
  let chunkTo = -1;
  const end = entries.offsets[entries.count] as number;
  for (let entry = 0; entry < entries.count; entry++) {
    const offset = entries.offsets[entry] as number;
    if (offset >= end) continue;
    if (chunkTo < Math.min(offset + HEAD_ROOM, end)) {
      chunkFrom = offset;
      chunkTo = Math.min(end, offset + CHUNK + HEAD_ROOM);
      pack.read(chunk, 0, { from: chunkFrom, to: chunkTo });
    }
    head(entry, chunk, offset - chunkFrom);
  }
}

type HeadReader = (entry: number, bytes: Uint8Array, at: number) => void;

function createHeadReader(index: PackIndex, entries: PackEntries): HeadReader {
  let entryOf: Uint32Array | undefined;
  const entryAt = (position: number): number => {
    entryOf ??= inverseOf(entries.positions);
    return entryOf[position] as number;
  };
  return (entry, bytes, at) => {
    const { kind, size, length, distance, baseAt } = readEntryHead(bytes, at, index.hashBytes);
    entries.sizes[entry] = Math.min(size, TOO_LARGE);
    entries.heads[entry] = length;
    entries.kinds[entry] = typeOfKind(kind) === undefined ? UNREADABLE : kind;
    if (kind === OFFSET_DELTA)
      entries.bases[entry] = findEntry(entries, entry, (entries.offsets[entry] as number) - distance);
    if (kind !== ID_DELTA) return;
    const position = findOid(index, bytes, baseAt);
    entries.bases[entry] = position < 0 ? FOREIGN_BASE : entryAt(position);
  };
}

/** Entry before `entry` that begins at `offset`, or none. Bases are mostly near, so the search widens from there. */
function findEntry({ offsets }: PackEntries, entry: number, offset: number): number {
  let step = 1;
  let high = entry;
  let low = entry - 1;
  while (low >= 0 && (offsets[low] as number) > offset) {
    high = low;
    low -= step;
    step *= 2;
  }
  low = Math.max(low, 0);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((offsets[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  return low < entry && offsets[low] === offset ? low : NO_BASE;
}

function inverseOf(positions: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(positions.length);
  for (let entry = 0; entry < positions.length; entry++) inverse[positions[entry] as number] = entry;
  return inverse;
}
