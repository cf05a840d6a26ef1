import { crc32, inflateSync } from 'node:zlib';
import { damaged } from '../damage.ts';

/** What a ref stands for: an object, or another ref. */
export type RefValue = { readonly oid: string } | { readonly link: string };

/** What one table says. */
export interface RefTable {
  /** By name; null: gone. */
  readonly refs: ReadonlyMap<string, RefValue | null>;
  /** Both sides of each line of its reflogs. */
  readonly logged: ReadonlySet<string>;
}

const MAGIC = 0x52454654;
const SHA1_NAME = 0x73686131;
const SHA256_NAME = 0x73323536;
const POSITIONS_BYTES = 40;
const LOG_POSITION = 24;
const BLOCK_HEAD = 4;
const RESTART_BYTES = 3;
const COUNT_BYTES = 2;
const REF_BLOCK = 0x72;
const LOG_BLOCK = 0x67;
/** Longest key, in bytes: the name of a ref, followed in reflogs by a number. */
const LONGEST_KEY = 4096;
/** Most bytes of keys in all. Bounded because keys share prefixes, so that a small hostile table can hold much text. */
const MOST_KEY_BYTES = 128 << 20;
/** Most unpacked bytes in all, as blocks of reflogs are packed. */
const MOST_UNPACKED = 512 << 20;

interface Layout {
  readonly bytes: Buffer;
  readonly headBytes: number;
  readonly hashBytes: number;
  /** Blocks of refs begin at multiples of it; 0: anywhere. */
  readonly blockBytes: number;
  /** Where the blocks end. */
  readonly end: number;
  /** First block of reflogs; 0 also where there is none. */
  readonly logsAt: number;
}

/**
 * Reads a table of git's reftable storage (https://git-scm.com/docs/reftable), whole, so that its indexes do not matter.
 * Tables may be hostile: names and unpacked bytes are bounded. Throws a `DamageError`.
 */
export function readRefTable(bytes: Buffer): RefTable {
  const layout = readLayout(bytes);
  const refs = new Map<string, RefValue | null>();
  const logged = new Set<string>();
  for (const { key, kind, value } of recordsIn(layout, 0, REF_BLOCK)) {
    varint(value);
    refs.set(key.toString('utf8'), readRef(value, kind, layout.hashBytes));
  }
  for (const { kind, value } of recordsIn(layout, layout.logsAt, LOG_BLOCK))
    for (const oid of readLogged(value, kind, layout.hashBytes)) logged.add(oid);
  return { refs, logged };
}

function readLayout(bytes: Buffer): Layout {
  const version = bytes.length < 8 || bytes.readUInt32BE(0) !== MAGIC ? 0 : (bytes[4] as number);
  const headBytes = { 1: 24, 2: 28 }[version] ?? damaged('it is no reftable of a known version');
  const end = bytes.length - headBytes - POSITIONS_BYTES - 4;
  if (end < headBytes) damaged('it breaks off');
  const footer = bytes.subarray(end);
  if (crc32(footer.subarray(0, -4)) !== footer.readUInt32BE(footer.length - 4))
    damaged('its checksum is wrong');
  const logsAt = Number(footer.readBigUInt64BE(headBytes + LOG_POSITION));
  const hashBytes = version === 1 ? 20 : hashBytesOf(bytes.readUInt32BE(24));
  return { bytes, headBytes, hashBytes, blockBytes: bytes.readUIntBE(5, 3), end, logsAt };
}

function hashBytesOf(name: number): number {
  if (name === SHA1_NAME) return 20;
  return name === SHA256_NAME ? 32 : damaged('it has ids of an unknown kind');
}

/** Bytes that are read one after the other, up to an end. */
interface Cursor {
  readonly bytes: Buffer;
  at: number;
  readonly end: number;
}

interface RefRecord {
  readonly key: Buffer;
  readonly kind: number;
  /** What follows the key. Whoever takes the record reads it to its end. */
  readonly value: Cursor;
}

/** The records of the blocks of one type from `start` on. */
function* recordsIn(layout: Layout, start: number, type: number): Generator<RefRecord> {
  let keyBytes = 0;
  for (const value of blocksIn(layout, start, type)) {
    let key = Buffer.alloc(0);
    while (value.at < value.end) {
      const shared = varint(value);
      const rest = varint(value);
      const own = take(value, Math.floor(rest / 8));
      keyBytes += shared + own.length;
      if (shared > key.length || shared + own.length > LONGEST_KEY || keyBytes > MOST_KEY_BYTES)
        damaged('it has a name that cannot be');
      key = Buffer.concat([key.subarray(0, shared), own]);
      yield { key, kind: rest % 8, value };
    }
  }
}

/** The records of each block, without the offsets at its end. The first block counts the head of the table to itself. */
function* blocksIn(layout: Layout, start: number, type: number): Generator<Cursor> {
  const { bytes, headBytes, blockBytes, end } = layout;
  let unpacked = 0;
  for (let at = start; at < end;) {
    const skip = at === 0 ? headBytes : 0;
    const from = at + skip + BLOCK_HEAD;
    if (from > end || bytes[at + skip] !== type) return;
    const length = bytes.readUIntBE(at + skip + 1, 3);
    if (type === LOG_BLOCK) {
      const { content, packedBytes } = unpack(bytes.subarray(from, end), length - skip - BLOCK_HEAD);
      unpacked += content.length;
      if (unpacked > MOST_UNPACKED) damaged('it unpacks to too much');
      yield recordsOf(content, 0);
      at = from + packedBytes;
    } else {
      if (at + length > end) damaged('it has a block that does not end');
      yield recordsOf(bytes.subarray(at, at + length), skip + BLOCK_HEAD);
      const isPadded = length < blockBytes && (bytes[at + length] ?? 0) === 0;
      at += isPadded ? blockBytes : Math.max(length, skip + BLOCK_HEAD);
    }
  }
}

function recordsOf(block: Buffer, at: number): Cursor {
  const counted = block.length - COUNT_BYTES;
  if (counted < at) damaged('it has a block that is too short');
  const end = counted - RESTART_BYTES * block.readUInt16BE(counted);
  return end < at ? damaged('it has a block that is too short') : { bytes: block, at, end };
}

function unpack(packed: Buffer, length: number): { content: Buffer; packedBytes: number } {
  try {
    // With `info`, the result tells how much input was read; the types of Node do not know that form.
    const { buffer, engine } = inflateSync(packed, {
      info: true,
      maxOutputLength: Math.max(1, length),
    }) as unknown as { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
    return buffer.length === length
      ? { content: buffer, packedBytes: engine.bytesWritten }
      : damaged('it has a block of another length than it says');
  } catch (error) {
    if (error instanceof Error && 'code' in error) damaged('its packed bytes are damaged');
    throw error;
  }
}

function readRef(value: Cursor, kind: number, hashBytes: number): RefValue | null {
  if (kind === 0) return null;
  if (kind === 3) return { link: take(value, varint(value)).toString('utf8') };
  if (kind > 3) return damaged('it has a record of an unknown kind');
  const oid = take(value, hashBytes).toString('hex');
  // What an annotated tag leads to.
  if (kind === 2) take(value, hashBytes);
  return { oid };
}

function readLogged(value: Cursor, kind: number, hashBytes: number): readonly string[] {
  if (kind === 0) return [];
  if (kind > 1) return damaged('it has a record of an unknown kind');
  const sides = [take(value, hashBytes).toString('hex'), take(value, hashBytes).toString('hex')];
  // Name, address, time, its zone, message.
  take(value, varint(value));
  take(value, varint(value));
  varint(value);
  take(value, 2);
  take(value, varint(value));
  return sides;
}

function take(cursor: Cursor, length: number): Buffer {
  const { bytes, at, end } = cursor;
  if (at + length > end) damaged('it has a record that does not end');
  cursor.at += length;
  return bytes.subarray(at, at + length);
}

/** A number in groups of seven bits, the highest first; each further group adds one to what is before it. */
function varint(cursor: Cursor): number {
  let byte = take(cursor, 1)[0] as number;
  let value = byte & 0x7f;
  while (byte >= 0x80) {
    byte = take(cursor, 1)[0] as number;
    value = (value + 1) * 0x80 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) damaged('it has a number that is too large');
  }
  return value;
}
