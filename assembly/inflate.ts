// Inflates zlib streams: the same as `src/scan/git/inflate.ts`, which says what it means. Memory, in bytes:
//   0x001000  decoding tables, 24 KiB each: literals, distances; the same of the fixed codes; that of code lengths
//   0x030000  lengths of codes
//   0x031000  entries of symbols

import { buildTable, END, LITERAL, SPECIAL, SUBTABLE } from './decoding-tables';

const LITERALS: usize = 0x001000;
const DISTANCES: usize = 0x008000;
const FIXED_LITERALS: usize = 0x010000;
const FIXED_DISTANCES: usize = 0x018000;
const PLAIN: usize = 0x020000;
const LENGTHS: usize = 0x030000;
const LITERAL_SYMBOLS: usize = 0x031000;
const DISTANCE_SYMBOLS: usize = 0x031800;
const PLAIN_SYMBOLS: usize = 0x031c00;

const LITERAL_BITS: i32 = 11;
const DISTANCE_BITS: i32 = 8;
const PLAIN_BITS: i32 = 7;

// What `inflate` returns; the host has a sentence for each.
const SOUND: i32 = 0;
const NO_STREAM: i32 = 1;
const TOO_SHORT: i32 = 2;
const TOO_LONG: i32 = 3;
const CUT_SHORT: i32 = 4;
const BAD_BLOCK: i32 = 5;

const BASES: StaticArray<i32> = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const EXTRAS: StaticArray<i32> = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const ORDER: StaticArray<u8> = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

// The state between blocks.
let position: usize = 0;
let hold: u64 = 0;
let bits: i32 = 0;
let out: usize = 0;
let start: usize = 0;
let end: usize = 0;
/** Sixteen bytes are read ahead: a stream that goes on behind the memory is stopped before. */
let lastRead: usize = 0;

// What a look-up of a code takes, as places in a table, of four bytes each; less one.
let literalMask: i32 = 0;
let distanceMask: i32 = 0;
let fixedLiteralMask: i32 = 0;
let fixedDistanceMask: i32 = 0;
/** Whether the tables in use are those of the fixed codes. */
let isFixed: bool = false;

/** To be called once, before all else. */
export function prepareInflate(): void {
  for (let symbol = 0; symbol < 288; symbol++) {
    let entry = LITERAL | (symbol << 16);
    if (symbol === 256) entry = SPECIAL | END;
    else if (symbol > 285) entry = SPECIAL;
    else if (symbol > 256) entry = (BASES[symbol - 257] << 16) | EXTRAS[symbol - 257];
    store<i32>(LITERAL_SYMBOLS + (symbol << 2), entry);
  }
  for (let symbol = 0; symbol < 32; symbol++) {
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    const base = symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << extra) + 1;
    store<i32>(DISTANCE_SYMBOLS + (symbol << 2), symbol >= 30 ? SPECIAL : (base << 16) | extra);
  }
  for (let symbol = 0; symbol < 19; symbol++) store<i32>(PLAIN_SYMBOLS + (symbol << 2), symbol << 16);
  for (let symbol = 0; symbol < 288; symbol++)
    store<u8>(LENGTHS + symbol, symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
  fixedLiteralMask = buildTable(FIXED_LITERALS, LENGTHS, 288, LITERAL_SYMBOLS, LITERAL_BITS);
  memory.fill(LENGTHS, 5, 32);
  fixedDistanceMask = buildTable(FIXED_DISTANCES, LENGTHS, 32, DISTANCE_SYMBOLS, DISTANCE_BITS);
}

/** Inflates the zlib stream in [from, to) to exactly `size` bytes at `at`. */
export function inflate(from: usize, to: usize, at: usize, size: i32): i32 {
  const head = (<i32>load<u8>(from) << 8) | <i32>load<u8>(from + 1);
  if (to - from < 2 || (head & 0x0f20) !== 0x0800 || head % 31 !== 0) return NO_STREAM;
  position = from + 2;
  hold = 0;
  bits = 0;
  out = at;
  start = at;
  end = at + size;
  lastRead = (<usize>memory.size() << 16) - 16;
  let last = false;
  while (!last) {
    if (position > lastRead) return CUT_SHORT;
    const header = take(3);
    last = (header & 1) === 1;
    const result = inflateBlock(header >> 1);
    if (result !== SOUND) return result;
    if (position - (bits >> 3) > to) return CUT_SHORT;
  }
  return out === end ? SOUND : TOO_SHORT;
}

function inflateBlock(kind: i32): i32 {
  if (kind === 0) return copyStored();
  if (kind === 1) useFixedCodes();
  else if (kind !== 2 || !readCodes()) return BAD_BLOCK;
  return inflateCodes();
}

/** Takes at most 16 bits. */
function take(count: i32): i32 {
  while (bits < count) {
    hold |= (<u64>load<u8>(position++)) << bits;
    bits += 8;
  }
  const value = <i32>(hold & ((1 << count) - 1));
  hold >>= count;
  bits -= count;
  return value;
}

function copyStored(): i32 {
  position -= bits >> 3;
  hold = 0;
  bits = 0;
  const length = take(16);
  if ((take(16) ^ length) !== 0xffff) return BAD_BLOCK;
  if (out + length > end) return TOO_LONG;
  // What lies behind the stream may be anything, but it is memory: the host keeps room for the largest block.
  if (position + length > <usize>memory.size() << 16) return CUT_SHORT;
  memory.copy(out, position, length);
  position += length;
  out += length;
  return SOUND;
}

/** A look-up is fastest when the place of the table is known beforehand: both kinds of codes have theirs in the same. */
function useFixedCodes(): void {
  if (isFixed) return;
  memory.copy(LITERALS, FIXED_LITERALS, fixedLiteralMask + 4);
  memory.copy(DISTANCES, FIXED_DISTANCES, fixedDistanceMask + 4);
  literalMask = fixedLiteralMask;
  distanceMask = fixedDistanceMask;
  isFixed = true;
}

function readCodes(): bool {
  isFixed = false;
  const literalCount = take(5) + 257;
  const distanceCount = take(5) + 1;
  const plainCount = take(4) + 4;
  memory.fill(LENGTHS, 0, 19);
  for (let index = 0; index < plainCount; index++) store<u8>(LENGTHS + ORDER[index], <u8>take(3));
  const plainMask = buildTable(PLAIN, LENGTHS, 19, PLAIN_SYMBOLS, PLAIN_BITS);
  if (plainMask === 0 || !readLengths(literalCount + distanceCount, plainMask)) return false;
  literalMask = buildTable(LITERALS, LENGTHS, literalCount, LITERAL_SYMBOLS, LITERAL_BITS);
  distanceMask = buildTable(DISTANCES, LENGTHS + literalCount, distanceCount, DISTANCE_SYMBOLS, DISTANCE_BITS);
  return literalMask !== 0 && distanceMask !== 0;
}

/** Reads the lengths of all codes. Writes up to 144 bytes behind them. */
function readLengths(total: i32, plainMask: i32): bool {
  let next = position;
  let held = hold;
  let count = bits;
  let index = 0;
  while (index < total) {
    if (next > lastRead) return false;
    held |= load<u64>(next) << count;
    next += 7 - ((count >> 3) & 7);
    count |= 56;
    const entry = load<i32>((<i32>held << 2) & plainMask, PLAIN);
    if (entry & SPECIAL) return false;
    held >>= entry;
    count -= entry;
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(LENGTHS + index++, <u8>symbol);
      continue;
    }
    if (symbol === 16 && index === 0) return false;
    const extra = symbol === 16 ? 2 : symbol === 17 ? 3 : 7;
    const times = <i32>(held & ((1 << extra) - 1)) + (symbol === 18 ? 11 : 3);
    held >>= extra;
    count -= extra;
    const value = i8x16.splat(symbol === 16 ? load<i8>(LENGTHS + index - 1) : 0);
    for (let at = 0; at < times; at += 16) v128.store(LENGTHS + index + at, value);
    index += times;
  }
  keepBits(next, held, count);
  return index === total;
}

/** Whole bytes that were read too early go back. */
// @ts-ignore: decorator
@inline
function keepBits(next: usize, held: u64, count: i32): void {
  position = next - ((count >> 3) & 7);
  bits = count & 7;
  hold = held & ((1 << bits) - 1);
}

/** Two bits that were used already are held below the next ones: so these are the place of an entry, of four bytes each. */
const USED: i32 = 2;

/** Literals and matches of a block. One refill holds 54 bits: three literals, or two and a length; another one a distance. */
function inflateCodes(): i32 {
  const literals = literalMask;
  const distances = distanceMask;
  let next = position;
  let held = hold << USED;
  let count = bits + USED;
  let to = out;
  const first = start;
  const stop = end;
  for (;;) {
    if (next > lastRead) return CUT_SHORT;
    held |= load<u64>(next) << count;
    next += 7 - ((count >> 3) & 7);
    count |= 56;
    let entry = load<i32>(<i32>held & literals, LITERALS);
    if (entry < 0) {
      held >>= entry;
      count -= entry;
      store<u8>(to++, <u8>(entry >>> 16));
      entry = load<i32>(<i32>held & literals, LITERALS);
      if (entry < 0) {
        held >>= entry;
        count -= entry;
        store<u8>(to++, <u8>(entry >>> 16));
        entry = load<i32>(<i32>held & literals, LITERALS);
        if (entry < 0) {
          held >>= entry;
          count -= entry;
          store<u8>(to++, <u8>(entry >>> 16));
          // The spare room has taken what was too much.
          if (to > stop) return TOO_LONG;
          continue;
        }
      }
      if (to > stop) return TOO_LONG;
    }
    if (entry & SPECIAL) {
      if (entry & SUBTABLE) {
        held >>= entry;
        count -= entry;
        entry = subtableEntry(LITERALS, entry, held);
        if (entry < 0) {
          if (to >= stop) return TOO_LONG;
          held >>= entry;
          count -= entry;
          store<u8>(to++, <u8>(entry >>> 16));
          continue;
        }
      }
      if (entry & SPECIAL) {
        if (!(entry & END)) return BAD_BLOCK;
        held >>= entry;
        count -= entry;
        break;
      }
    }
    const length = valueOf(entry, held);
    held >>= entry;
    count -= entry;
    held |= load<u64>(next) << count;
    next += 7 - ((count >> 3) & 7);
    count |= 56;
    entry = load<i32>(<i32>held & distances, DISTANCES);
    if (entry & SPECIAL) {
      if (!(entry & SUBTABLE)) return BAD_BLOCK;
      held >>= entry;
      count -= entry;
      entry = subtableEntry(DISTANCES, entry, held);
      if (entry & SPECIAL) return BAD_BLOCK;
    }
    const distance = valueOf(entry, held);
    held >>= entry;
    count -= entry;
    if (<usize>distance > to - first) return BAD_BLOCK;
    if (to + length > stop) return TOO_LONG;
    copyMatch(to, distance, length);
    to += length;
  }
  keepBits(next, held >> USED, count - USED);
  out = to;
  return SOUND;
}

// @ts-ignore: decorator
@inline
function subtableEntry(table: usize, entry: i32, held: u64): i32 {
  const deep = (1 << ((entry >> 8) & 63)) - 1;
  return load<i32>(table + (((entry >>> 16) + (<i32>(held >> USED) & deep)) << 2));
}

/** The value of a length or distance, with its extra bits. */
// @ts-ignore: decorator
@inline
function valueOf(entry: i32, held: u64): i32 {
  return (entry >>> 16) + <i32>(((held >> USED) & ((<u64>1 << entry) - 1)) >> (entry >> 8));
}

/** Writes up to 31 bytes more than asked for, into the spare room behind the place. */
// @ts-ignore: decorator
@inline
function copyMatch(to: usize, distance: i32, length: i32): void {
  let from = to - distance;
  const stop = to + length;
  if (distance >= 16) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    for (to += 32, from += 32; to < stop; to += 32, from += 32) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
    return;
  }
  if (distance >= 8) {
    do {
      store<u64>(to, load<u64>(from));
      to += 8;
      from += 8;
    } while (to < stop);
    return;
  }
  while (to < stop) store<u8>(to++, load<u8>(from++));
}
