// Unpacks objects of git packs. AssemblyScript: compiled to WebAssembly by `scripts/build-kernel.ts`; the same as
// `src/scan/git/{inflate,delta}.ts`, which say what it means. Memory, in bytes:
//   0x001000  decoding tables, 24 KiB each: literals, distances; the same of the fixed codes; that of code lengths
//   0x030000  lengths of codes, counts and next codes, entries of symbols
//   0x040000  runs of the last delta, three numbers each
//   0x100000  tables and hits of `anchor-search.ts`
//   0x200000  the arena, which is the host's; every place in it has 16 bytes to spare behind it

export { prepareSearch, searchChanges, searchWhole } from './anchor-search';

const LITERALS: usize = 0x001000;
const DISTANCES: usize = 0x008000;
const FIXED_LITERALS: usize = 0x010000;
const FIXED_DISTANCES: usize = 0x018000;
const PLAIN: usize = 0x020000;
const LENGTHS: usize = 0x030000;
const COUNTS: usize = 0x030400;
const NEXT_CODES: usize = 0x030800;
const LITERAL_SYMBOLS: usize = 0x031000;
const DISTANCE_SYMBOLS: usize = 0x031800;
const PLAIN_SYMBOLS: usize = 0x031c00;
const RUNS: usize = 0x040000;

const TABLE_SLOTS: i32 = 6144;
const LITERAL_BITS: i32 = 10;
const DISTANCE_BITS: i32 = 8;
const PLAIN_BITS: i32 = 7;
const MOST_RUNS: i32 = 65536;

// Kinds of entries; an entry is `value << 12 | extra << 8 | kind << 4 | bits`.
const LITERAL: i32 = 0;
const MATCH: i32 = 1;
const END: i32 = 2;
const SUBTABLE: i32 = 3;
const INVALID: i32 = 4;

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

/** To be called once, before all else. */
export function prepare(): void {
  for (let symbol = 0; symbol < 288; symbol++) {
    let entry = (symbol << 12) | (LITERAL << 4);
    if (symbol === 256) entry = END << 4;
    else if (symbol > 285) entry = INVALID << 4;
    else if (symbol > 256)
      entry = (BASES[symbol - 257] << 12) | (EXTRAS[symbol - 257] << 8) | (MATCH << 4);
    store<i32>(LITERAL_SYMBOLS + (symbol << 2), entry);
  }
  for (let symbol = 0; symbol < 32; symbol++) {
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    const base = symbol < 4 ? symbol + 1 : ((2 + (symbol & 1)) << extra) + 1;
    const entry = symbol >= 30 ? INVALID << 4 : (base << 12) | (extra << 8) | (MATCH << 4);
    store<i32>(DISTANCE_SYMBOLS + (symbol << 2), entry);
  }
  for (let symbol = 0; symbol < 19; symbol++) store<i32>(PLAIN_SYMBOLS + (symbol << 2), symbol << 12);
  for (let symbol = 0; symbol < 288; symbol++)
    store<u8>(LENGTHS + symbol, symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8);
  buildTable(FIXED_LITERALS, LENGTHS, 288, LITERAL_SYMBOLS, LITERAL_BITS);
  memory.fill(LENGTHS, 5, 32);
  buildTable(FIXED_DISTANCES, LENGTHS, 32, DISTANCE_SYMBOLS, DISTANCE_BITS);
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
  let last = false;
  while (!last) {
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
  if (kind === 1) return inflateCodes(FIXED_LITERALS, FIXED_DISTANCES);
  if (kind !== 2 || !readCodes()) return BAD_BLOCK;
  return inflateCodes(LITERALS, DISTANCES);
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

function readCodes(): bool {
  const literalCount = take(5) + 257;
  const distanceCount = take(5) + 1;
  const plainCount = take(4) + 4;
  memory.fill(LENGTHS, 0, 19);
  for (let index = 0; index < plainCount; index++) store<u8>(LENGTHS + ORDER[index], <u8>take(3));
  if (!buildTable(PLAIN, LENGTHS, 19, PLAIN_SYMBOLS, PLAIN_BITS)) return false;
  if (!readLengths(literalCount + distanceCount)) return false;
  return (
    buildTable(LITERALS, LENGTHS, literalCount, LITERAL_SYMBOLS, LITERAL_BITS) &&
    buildTable(DISTANCES, LENGTHS + literalCount, distanceCount, DISTANCE_SYMBOLS, DISTANCE_BITS)
  );
}

function readLengths(total: i32): bool {
  let index = 0;
  while (index < total) {
    const seven = take(7);
    const entry = load<i32>(PLAIN + (seven << 2));
    if (((entry >> 4) & 15) !== LITERAL) return false;
    const used = entry & 15;
    hold = (hold << (7 - used)) | (seven >> used);
    bits += 7 - used;
    const symbol = entry >> 12;
    let times = 1;
    let value = symbol;
    if (symbol >= 16) {
      if (symbol === 16 && index === 0) return false;
      value = symbol === 16 ? <i32>load<u8>(LENGTHS + index - 1) : 0;
      times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
    }
    if (index + times > total) return false;
    memory.fill(LENGTHS + index, <u8>value, times);
    index += times;
  }
  return true;
}

function buildTable(table: usize, lengths: usize, count: i32, symbols: usize, rootBits: i32): bool {
  const longest = countLengths(lengths, count);
  if (longest < 0) return false;
  for (let slot = 0; slot < 1 << rootBits; slot++) store<i32>(table + (slot << 2), (INVALID << 4) | 1);
  let free = 1 << rootBits;
  const deep = longest > rootBits ? 1 << (longest - rootBits) : 1;
  for (let symbol = 0; symbol < count; symbol++) {
    const length = <i32>load<u8>(lengths + symbol);
    if (length === 0) continue;
    const next = NEXT_CODES + (length << 2);
    const code = reversed(load<i32>(next), length);
    store<i32>(next, load<i32>(next) + 1);
    const entry = load<i32>(symbols + (symbol << 2));
    if (length <= rootBits) {
      for (let slot = code; slot < 1 << rootBits; slot += 1 << length)
        store<i32>(table + (slot << 2), entry | length);
      continue;
    }
    const root = table + ((code & ((1 << rootBits) - 1)) << 2);
    if (((load<i32>(root) >> 4) & 15) !== SUBTABLE) {
      if (free + deep > TABLE_SLOTS) return false;
      for (let slot = free; slot < free + deep; slot++) store<i32>(table + (slot << 2), (INVALID << 4) | 1);
      store<i32>(root, (free << 12) | ((longest - rootBits) << 8) | (SUBTABLE << 4) | rootBits);
      free += deep;
    }
    const at = load<i32>(root) >>> 12;
    for (let slot = code >> rootBits; slot < deep; slot += 1 << (length - rootBits))
      store<i32>(table + ((at + slot) << 2), entry | (length - rootBits));
  }
  return true;
}

function countLengths(lengths: usize, count: i32): i32 {
  memory.fill(COUNTS, 0, 64);
  for (let symbol = 0; symbol < count; symbol++) {
    const slot = COUNTS + (<usize>load<u8>(lengths + symbol) << 2);
    store<i32>(slot, load<i32>(slot) + 1);
  }
  store<i32>(COUNTS, 0);
  let code = 0;
  let longest = 0;
  let room = 1;
  for (let length = 1; length <= 15; length++) {
    const used = load<i32>(COUNTS + (length << 2));
    code = (code + load<i32>(COUNTS + ((length - 1) << 2))) << 1;
    store<i32>(NEXT_CODES + (length << 2), code);
    room = room * 2 - used;
    if (room < 0) return -1;
    if (used > 0) longest = length;
  }
  return longest;
}

function reversed(code: i32, length: i32): i32 {
  let result = 0;
  let rest = code;
  for (let bit = 0; bit < length; bit++) {
    result = (result << 1) | (rest & 1);
    rest >>= 1;
  }
  return result;
}

/** The hot loop. One refill holds 56 bits: enough for the longest length and distance with their extra bits, 48. */
function inflateCodes(literals: usize, distances: usize): i32 {
  let next = position;
  let held = hold;
  let count = bits;
  let to = out;
  const first = start;
  const stop = end;
  // Eight bytes are read at a time: a stream that goes on behind the memory is stopped before.
  const lastRead = (<usize>memory.size() << 16) - 8;
  for (;;) {
    if (next > lastRead) return CUT_SHORT;
    held |= load<u64>(next) << count;
    next += (63 - count) >> 3;
    count |= 56;
    let entry = load<i32>(literals + ((<usize>held & 1023) << 2));
    if ((entry & 0xf0) === SUBTABLE << 4) {
      held >>= LITERAL_BITS;
      count -= LITERAL_BITS;
      const deep = (1 << ((entry >> 8) & 15)) - 1;
      entry = load<i32>(literals + (((entry >>> 12) + (<i32>held & deep)) << 2));
    }
    held >>= entry & 15;
    count -= entry & 15;
    if ((entry & 0xf0) === LITERAL << 4) {
      if (to >= stop) return TOO_LONG;
      store<u8>(to++, <u8>(entry >> 12));
      // One more literal needs no refill.
      entry = load<i32>(literals + ((<usize>held & 1023) << 2));
      if ((entry & 0xf0) !== LITERAL << 4) continue;
      held >>= entry & 15;
      count -= entry & 15;
      if (to >= stop) return TOO_LONG;
      store<u8>(to++, <u8>(entry >> 12));
      continue;
    }
    if ((entry & 0xf0) !== MATCH << 4) {
      if ((entry & 0xf0) === END << 4) break;
      return BAD_BLOCK;
    }
    const lengthExtra = (entry >> 8) & 15;
    const length = (entry >> 12) + <i32>(held & ((1 << lengthExtra) - 1));
    held >>= lengthExtra;
    count -= lengthExtra;
    entry = load<i32>(distances + ((<usize>held & 255) << 2));
    if ((entry & 0xf0) === SUBTABLE << 4) {
      held >>= DISTANCE_BITS;
      count -= DISTANCE_BITS;
      const deep = (1 << ((entry >> 8) & 15)) - 1;
      entry = load<i32>(distances + (((entry >>> 12) + (<i32>held & deep)) << 2));
    }
    held >>= entry & 15;
    count -= entry & 15;
    if ((entry & 0xf0) !== MATCH << 4) return BAD_BLOCK;
    const extra = (entry >> 8) & 15;
    const distance = (entry >> 12) + <i32>(held & ((1 << extra) - 1));
    held >>= extra;
    count -= extra;
    if (<usize>distance > to - first) return BAD_BLOCK;
    if (to + length > stop) return TOO_LONG;
    copyMatch(to, distance, length);
    to += length;
  }
  // Whole bytes that were read too early go back.
  position = next - (count >> 3);
  bits = count & 7;
  hold = held & ((1 << bits) - 1);
  out = to;
  return SOUND;
}

/** Writes up to seven bytes more than asked for, into the spare room behind the place. */
// @ts-ignore: decorator
@inline
function copyMatch(to: usize, distance: i32, length: i32): void {
  let from = to - distance;
  const stop = to + length;
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

/** Applies a delta; returns the number of runs, or -1 when it is malformed. */
export function applyDelta(delta: usize, deltaEnd: usize, base: usize, baseSize: i32, at: usize, size: i32): i32 {
  const stop = at + size;
  let next = delta;
  let to = at;
  let count = 0;
  let runEnd: usize = 0;
  let fromEnd: usize = 0;
  while (next < deltaEnd) {
    const code = <i32>load<u8>(next++);
    if (code < 128) {
      if (code === 0 || next + code > deltaEnd || to + code > stop) return -1;
      copyShort(to, next, code);
      next += code;
      to += code;
      continue;
    }
    let offset: u32 = 0;
    let length: u32 = 0;
    if (code & 1) offset = load<u8>(next++);
    if (code & 2) offset |= (<u32>load<u8>(next++)) << 8;
    if (code & 4) offset |= (<u32>load<u8>(next++)) << 16;
    if (code & 8) offset |= (<u32>load<u8>(next++)) << 24;
    if (code & 16) length = load<u8>(next++);
    if (code & 32) length |= (<u32>load<u8>(next++)) << 8;
    if (code & 64) length |= (<u32>load<u8>(next++)) << 16;
    if (length === 0) length = 0x10000;
    if (next > deltaEnd || <u64>offset + length > <u64>(<u32>baseSize) || to + length > stop) return -1;
    if (length <= 64) copyShort(to, base + offset, length);
    else memory.copy(to, base + offset, length);
    if (count > 0 && runEnd === to && fromEnd === offset) {
      const last = RUNS + (min(count, MOST_RUNS) - 1) * 12 + 8;
      store<u32>(last, load<u32>(last) + length);
    } else {
      if (count < MOST_RUNS) {
        const run = RUNS + count * 12;
        store<i32>(run, <i32>(to - at));
        store<i32>(run, <i32>offset, 4);
        store<i32>(run, <i32>length, 8);
      }
      count++;
    }
    to += length;
    runEnd = to;
    fromEnd = offset + length;
  }
  if (to !== stop) return -1;
  return count > MOST_RUNS ? 0 : count;
}

/** Writes up to 15 bytes more than asked for, into the spare room behind the place. */
// @ts-ignore: decorator
@inline
function copyShort(to: usize, from: usize, length: i32): void {
  const stop = to + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < stop);
}
