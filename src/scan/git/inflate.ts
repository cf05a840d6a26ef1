import { damaged } from './damage.ts';
import {
  buildTable,
  DISTANCE_BITS,
  DISTANCE_SYMBOLS,
  END,
  FIXED_DISTANCES,
  FIXED_LITERALS,
  LITERAL,
  LITERAL_BITS,
  LITERAL_SYMBOLS,
  MATCH,
  PLAIN_BITS,
  PLAIN_SYMBOLS,
  SUBTABLE,
  TABLE_SLOTS,
} from './inflate-tables.ts';

/** Where the packed bytes stand in the memory, and where to write exactly `size` bytes. */
export interface InflateJob {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  readonly size: number;
}

/** State between blocks. */
interface Stream {
  readonly memory: Uint8Array;
  readonly start: number;
  readonly end: number;
  position: number;
  hold: number;
  bits: number;
  out: number;
}

/** Order in which the lengths of the code for lengths are sent (RFC 1951, §3.2.7). */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const literals = new Int32Array(TABLE_SLOTS);
const distances = new Int32Array(TABLE_SLOTS);
const plain = new Int32Array(TABLE_SLOTS);
const lengths = new Uint8Array(320);

/**
 * Inflates a zlib stream (RFC 1950) within one memory. Node's own costs 10 µs a call, which is more than most objects of a
 * pack take. The checksum at the end is not read: a pack's index has one of the packed bytes. Reads at most eight bytes
 * past `to`, and never writes outside of the `size` bytes. Throws a `DamageError`.
 */
export function inflate(memory: Uint8Array, { from, to, at, size }: InflateJob): void {
  const head = ((memory[from] as number) << 8) | (memory[from + 1] as number);
  if (to - from < 2 || (head & 0x0f20) !== 0x0800 || head % 31 !== 0) damaged('it is no zlib stream');
  const stream = { memory, start: at, end: at + size, position: from + 2, hold: 0, bits: 0, out: at };
  let last = false;
  while (!last) {
    const header = take(stream, 3);
    last = (header & 1) === 1;
    inflateBlock(stream, header >> 1);
    if (stream.position - (stream.bits >> 3) > to) damaged('its packed bytes are cut short');
  }
  if (stream.out !== stream.end) damaged('it unpacks to fewer bytes than it declares');
}

function inflateBlock(stream: Stream, kind: number): void {
  if (kind === 0) copyStored(stream);
  else if (kind === 1) inflateCodes(stream, FIXED_LITERALS, FIXED_DISTANCES);
  else if (kind === 2) {
    readCodes(stream);
    inflateCodes(stream, literals, distances);
  } else damaged('it has a block of an unknown kind');
}

/** Takes at most 16 bits. */
function take(stream: Stream, count: number): number {
  while (stream.bits < count) {
    stream.hold |= (stream.memory[stream.position++] as number) << stream.bits;
    stream.bits += 8;
  }
  const value = stream.hold & ((1 << count) - 1);
  stream.hold >>>= count;
  stream.bits -= count;
  return value;
}

function copyStored(stream: Stream): void {
  stream.position -= stream.bits >> 3;
  stream.hold = 0;
  stream.bits = 0;
  const length = take(stream, 16);
  if ((take(stream, 16) ^ length) !== 0xffff) damaged('a stored block has no valid length');
  if (stream.out + length > stream.end) damaged('it unpacks to more bytes than it declares');
  stream.memory.copyWithin(stream.out, stream.position, stream.position + length);
  stream.position += length;
  stream.out += length;
}

/** Reads the codes of a dynamic block. */
function readCodes(stream: Stream): void {
  const literalCount = take(stream, 5) + 257;
  const distanceCount = take(stream, 5) + 1;
  const plainCount = take(stream, 4) + 4;
  const plainLengths = lengths.subarray(0, 19).fill(0);
  for (let index = 0; index < plainCount; index++)
    plainLengths[LENGTH_ORDER[index] as number] = take(stream, 3);
  if (!buildTable(plain, plainLengths, PLAIN_SYMBOLS, PLAIN_BITS)) damaged('a block has no valid code');
  readLengths(stream, literalCount + distanceCount);
  const literal = lengths.subarray(0, literalCount);
  const distance = lengths.subarray(literalCount, literalCount + distanceCount);
  const valid =
    buildTable(literals, literal, LITERAL_SYMBOLS, LITERAL_BITS) &&
    buildTable(distances, distance, DISTANCE_SYMBOLS, DISTANCE_BITS);
  if (!valid) damaged('a block has no valid code');
}

function readLengths(stream: Stream, total: number): void {
  let index = 0;
  while (index < total) {
    const symbol = takePlain(stream);
    let times = 1;
    let value = symbol;
    if (symbol >= 16) {
      value = symbol === 16 && index > 0 ? (lengths[index - 1] as number) : 0;
      times = takeTimes(stream, symbol);
    }
    if (index + times > total || (symbol === 16 && index === 0)) damaged('a block has no valid code');
    lengths.fill(value, index, index + times);
    index += times;
  }
}

/** How often a length is repeated: the extra bits of symbols 16, 17 and 18 (RFC 1951, 3.2.7). */
function takeTimes(stream: Stream, symbol: number): number {
  if (symbol === 16) return 3 + take(stream, 2);
  return symbol === 17 ? 3 + take(stream, 3) : 11 + take(stream, 7);
}

function takePlain(stream: Stream): number {
  const seven = take(stream, 7);
  const entry = plain[seven] as number;
  if (((entry >> 4) & 15) !== LITERAL) damaged('a block has no valid code');
  const used = entry & 15;
  stream.hold = (stream.hold << (7 - used)) | (seven >> used);
  stream.bits += 7 - used;
  return entry >> 12;
}

/** The hot loop: literals and matches of one block. */
function inflateCodes(stream: Stream, literalTable: Int32Array, distanceTable: Int32Array): void {
  const { memory, start, end } = stream;
  let { position, hold, bits, out } = stream;
  for (;;) {
    while (bits < 24) {
      hold |= (memory[position++] as number) << bits;
      bits += 8;
    }
    let entry = literalTable[hold & 1023] as number;
    if ((entry & 0xf0) === SUBTABLE << 4) {
      hold >>>= LITERAL_BITS;
      bits -= LITERAL_BITS;
      entry = literalTable[(entry >>> 12) + (hold & ((1 << ((entry >> 8) & 15)) - 1))] as number;
    }
    hold >>>= entry & 15;
    bits -= entry & 15;
    if ((entry & 0xf0) === LITERAL << 4) {
      if (out >= end) damaged('it unpacks to more bytes than it declares');
      memory[out++] = entry >> 12;
      continue;
    }
    if ((entry & 0xf0) !== MATCH << 4) {
      if ((entry & 0xf0) === END << 4) break;
      damaged('a block has a code that stands for nothing');
    }
    const lengthExtra = (entry >> 8) & 15;
    const length = (entry >> 12) + (hold & ((1 << lengthExtra) - 1));
    hold >>>= lengthExtra;
    bits -= lengthExtra;
    while (bits < 24) {
      hold |= (memory[position++] as number) << bits;
      bits += 8;
    }
    entry = distanceTable[hold & 255] as number;
    if ((entry & 0xf0) === SUBTABLE << 4) {
      hold >>>= DISTANCE_BITS;
      bits -= DISTANCE_BITS;
      entry = distanceTable[(entry >>> 12) + (hold & ((1 << ((entry >> 8) & 15)) - 1))] as number;
    }
    hold >>>= entry & 15;
    bits -= entry & 15;
    if ((entry & 0xf0) !== MATCH << 4) damaged('a block has a code that stands for nothing');
    const extra = (entry >> 8) & 15;
    while (bits < extra) {
      hold |= (memory[position++] as number) << bits;
      bits += 8;
    }
    const distance = (entry >> 12) + (hold & ((1 << extra) - 1));
    hold >>>= extra;
    bits -= extra;
    if (distance > out - start) damaged('a match begins before the first byte');
    if (out + length > end) damaged('it unpacks to more bytes than it declares');
    for (const stop = out + length; out < stop; out++) memory[out] = memory[out - distance] as number;
  }
  stream.position = position;
  stream.hold = hold;
  stream.bits = bits;
  stream.out = out;
}
