import { damaged } from '../damage.ts';

const SIGNATURE = 0xff744f63;
const HEADER_BYTES = 8;
const FANOUT_BYTES = 1024;
const LARGE = 0x80000000;

/** Offsets of the tables in a pack index of version 2 (git's `gitformat-pack`). */
export interface PackIndex {
  /** Bytes of the file; may be shared between threads. */
  readonly bytes: Uint8Array;
  readonly hashBytes: number;
  readonly count: number;
  readonly oidsAt: number;
  readonly crcsAt: number;
  readonly offsetsAt: number;
  readonly largeAt: number;
  readonly largeCount: number;
  /** For each beginning of ids, of `32 - startShift` bits, the first position that has it or a greater one. */
  readonly starts: Uint32Array;
  readonly startShift: number;
}

/** Checks the tables' sizes and the fan-out. Throws a `DamageError` that says what is wrong. */
export function openPackIndex(bytes: Uint8Array, hashBytes: number): PackIndex {
  if (bytes.length < HEADER_BYTES + FANOUT_BYTES + 2 * hashBytes) damaged('the index is cut short');
  if (uint32(bytes, 0) !== SIGNATURE) damaged('the index is not of version 2; run `git repack -ad`');
  if (uint32(bytes, 4) !== 2) damaged(`the index has the unknown version ${uint32(bytes, 4)}`);
  const count = checkedCount(bytes);
  const oidsAt = HEADER_BYTES + FANOUT_BYTES;
  const crcsAt = oidsAt + count * hashBytes;
  const offsetsAt = crcsAt + count * 4;
  const largeAt = offsetsAt + count * 4;
  const left = bytes.length - 2 * hashBytes - largeAt;
  if (left < 0) damaged(`the index is cut short: it has no room for its ${count} objects`);
  const tables = { oidsAt, crcsAt, offsetsAt, largeAt, largeCount: Math.floor(left / 8) };
  return { bytes, hashBytes, count, ...tables, ...findStarts(bytes, { count, oidsAt, hashBytes }) };
}

/** About so many ids share a beginning. */
const SHARING = 4;

/** A finer table than the fan-out: ids lie close together then, which spares most of the waiting for memory. */
function findStarts(
  bytes: Uint8Array,
  { count, oidsAt, hashBytes }: Pick<PackIndex, 'count' | 'oidsAt' | 'hashBytes'>,
): Pick<PackIndex, 'starts' | 'startShift'> {
  const startShift = Math.min(31, Math.max(8, Math.clz32(count / SHARING)));
  const slots = 2 ** (32 - startShift);
  const starts = new Uint32Array(new SharedArrayBuffer(4 * (slots + 1)));
  for (let position = 0; position < count; position++) {
    const after = (uint32(bytes, oidsAt + position * hashBytes) >>> startShift) + 1;
    starts[after] = (starts[after] as number) + 1;
  }
  for (let slot = 0; slot < slots; slot++)
    starts[slot + 1] = (starts[slot + 1] as number) + (starts[slot] as number);
  return { starts, startShift };
}

function checkedCount(bytes: Uint8Array): number {
  let previous = 0;
  for (let slot = 0; slot < 256; slot++) {
    const value = uint32(bytes, HEADER_BYTES + slot * 4);
    if (value < previous) damaged('the fan-out table of the index descends');
    previous = value;
  }
  return previous;
}

/** Offset in the pack of the object at `position`; NaN when the table of large offsets does not have it. */
export function offsetAt(index: PackIndex, position: number): number {
  const value = uint32(index.bytes, index.offsetsAt + position * 4);
  if (value < LARGE) return value;
  const slot = value - LARGE;
  if (slot >= index.largeCount) return Number.NaN;
  const at = index.largeAt + slot * 8;
  return uint32(index.bytes, at) * 2 ** 32 + uint32(index.bytes, at + 4);
}

/** CRC-32 of the packed bytes of the object at `position`. */
export function crcAt(index: PackIndex, position: number): number {
  return uint32(index.bytes, index.crcsAt + position * 4);
}

/** Object id at `position`, in hexadecimal. */
export function oidAt(index: PackIndex, position: number): string {
  const at = index.oidsAt + position * index.hashBytes;
  return hexOf(index.bytes, at, index.hashBytes);
}

/** Position of the object id that stands at `at` in `bytes`; -1 when it is not in the index. */
export function findOid(index: PackIndex, bytes: Uint8Array, at: number): number {
  const wanted = uint32(bytes, at);
  const slot = wanted >>> index.startShift;
  let low = index.starts[slot] as number;
  let high = index.starts[slot + 1] as number;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = startAt(index, middle) - wanted || compareOid(index, middle, bytes, at);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return -1;
}

/** The first bytes of an id, which are compared at once. */
const startAt = (index: PackIndex, position: number): number =>
  uint32(index.bytes, index.oidsAt + position * index.hashBytes);

/** At most two ids that begin so: enough to see that a beginning is not unique. */
export function idsStartingWith(index: PackIndex, start: string): string[] {
  const least = Buffer.from(start.padEnd(index.hashBytes * 2, '0'), 'hex');
  let low = 0;
  let high = index.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareOid(index, middle, least, 0) < 0) low = middle + 1;
    else high = middle;
  }
  const next = [low, low + 1].filter((position) => position < index.count);
  return next.map((position) => oidAt(index, position)).filter((oid) => oid.startsWith(start));
}

function compareOid(index: PackIndex, position: number, bytes: Uint8Array, at: number): number {
  const start = index.oidsAt + position * index.hashBytes;
  for (let byte = 0; byte < index.hashBytes; byte++) {
    const difference = (index.bytes[start + byte] as number) - (bytes[at + byte] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Big-endian, unsigned. */
export function uint32(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] as number) * 0x1000000;
  return (
    high + (((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
  );
}

export function hexOf(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('hex');
}
