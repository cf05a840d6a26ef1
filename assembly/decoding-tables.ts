// Tables that decode the prefix codes of a deflated block. Memory, in bytes:
//   0x030400  how many codes have a length; where their symbols begin; symbols by length

const COUNTS: usize = 0x030400;
const FIRSTS: usize = 0x030800;
const SORTED: usize = 0x030c00;

/** No table takes more. */
const TABLE_SLOTS: i32 = 6144;

// An entry of a decoding table: bits 0 to 5 count the bits of the code and its extra bits together, bits 8 to 13 those of
// the code alone, bits 16 to 30 are a value. A shift looks at no more than the lowest six bits: the whole entry can stand
// for the count, and the count of bits that are held may have anything above its six.
export const LITERAL: i32 = 1 << 31;
/** Neither a literal nor a match: one of the two below, or a code that stands for nothing. */
export const SPECIAL: i32 = 1 << 14;
/** The value is the place of another table, bits 8 to 13 are what it takes. */
export const SUBTABLE: i32 = 1 << 15;
export const END: i32 = 1 << 6;
const INVALID: i32 = SPECIAL | 1;
/** A bit of a code, in both counts. */
const CODE_BIT: i32 = 0x101;

// The table that is being built: whether its code leaves no bits unused, the next code, and the place of its symbol.
let isComplete: bool = false;
let code: i32 = 0;
let sorted: usize = 0;

/**
 * Fills the table for the code of these lengths. Returns what a look-up takes, as places of four bytes, less one; or 0 when the
 * lengths describe no prefix code.
 */
export function buildTable(table: usize, lengths: usize, count: i32, symbols: usize, mostBits: i32): i32 {
  const longest = sortByLength(lengths, count);
  if (longest < 0) return 0;
  const rootBits = max(1, min(mostBits, longest));
  // Codes are reversed, as they are read: a code's places lie its own size apart, and the table grows by doubling.
  let size: usize = 8;
  if (!isComplete) fillInvalid(table, 1 << rootBits);
  code = 0;
  sorted = SORTED;
  for (let length = 1; length <= rootBits; length++) {
    if (length > 1) {
      for (let at: usize = 0; at < size; at += 16) v128.store(table + size + at, v128.load(table + at));
      size <<= 1;
    }
    const last = sorted + (load<i32>(COUNTS + (length << 2)) << 1);
    for (; sorted < last; sorted += 2) {
      const entry = load<i32>(symbols + (<usize>load<u16>(sorted) << 2));
      store<i32>(table + (code << 2), entry + length * CODE_BIT);
      code = codeAfter(code, length);
    }
  }
  if (longest > rootBits && !buildSubtables(table, symbols, rootBits, longest)) return 0;
  return ((1 << rootBits) - 1) << 2;
}

/** Codes that are longer than the root's look-up: each of the tables behind it takes all of their bits. */
function buildSubtables(table: usize, symbols: usize, rootBits: i32, longest: i32): bool {
  const deep = 1 << (longest - rootBits);
  const rootMask = (1 << rootBits) - 1;
  let free = 1 << rootBits;
  let root = -1;
  for (let length = rootBits + 1; length <= longest; length++) {
    const last = sorted + (load<i32>(COUNTS + (length << 2)) << 1);
    for (; sorted < last; sorted += 2) {
      if ((code & rootMask) !== root) {
        if (free + deep > TABLE_SLOTS) return false;
        root = code & rootMask;
        store<i32>(table + (root << 2), (free << 16) | ((longest - rootBits) << 8) | SPECIAL | SUBTABLE | rootBits);
        if (!isComplete) fillInvalid(table + (free << 2), deep);
        free += deep;
      }
      const entry = load<i32>(symbols + (<usize>load<u16>(sorted) << 2)) + (length - rootBits) * CODE_BIT;
      const first = table + ((free - deep) << 2);
      for (let slot = code >> rootBits; slot < deep; slot += 1 << (length - rootBits))
        store<i32>(first + (slot << 2), entry);
      code = codeAfter(code, length);
    }
  }
  return true;
}

/** The next code of the same length, reversed; a longer one begins with it. */
// @ts-ignore: decorator
@inline
function codeAfter(code: i32, length: i32): i32 {
  const bit = 1 << (31 - clz(code ^ ((1 << length) - 1)));
  return (code & (bit - 1)) | bit;
}

function fillInvalid(table: usize, slots: i32): void {
  for (let slot = 0; slot < slots; slot++) store<i32>(table + (slot << 2), INVALID);
}

/** Sorts the symbols that have a code, and counts the lengths. The longest length, or -1 when more codes are wanted than there are. */
function sortByLength(lengths: usize, count: i32): i32 {
  for (let at = 0; at < 64; at += 16) v128.store(COUNTS + at, i8x16.splat(0));
  for (let from = 0; from < count; from += 16) {
    for (let rest = usedIn(lengths, from, count); rest; rest &= rest - 1) {
      const slot = COUNTS + (<usize>load<u8>(lengths + from + ctz(rest)) << 2);
      store<i32>(slot, load<i32>(slot) + 1);
    }
  }
  let longest = 0;
  let room = 1;
  let first = SORTED;
  for (let length = 1; length <= 15; length++) {
    const used = load<i32>(COUNTS + (length << 2));
    store<usize>(FIRSTS + (length << 2), first);
    first += used << 1;
    room = room * 2 - used;
    if (room < 0) return -1;
    if (used > 0) longest = length;
  }
  isComplete = room === 0;
  for (let from = 0; from < count; from += 16) {
    for (let rest = usedIn(lengths, from, count); rest; rest &= rest - 1) {
      const symbol = from + ctz(rest);
      const slot = FIRSTS + (<usize>load<u8>(lengths + symbol) << 2);
      const place = load<usize>(slot);
      store<u16>(place, <u16>symbol);
      store<usize>(slot, place + 2);
    }
  }
  return longest;
}

/** A bit for each of the sixteen symbols from `from` on that has a code: few of them do. */
// @ts-ignore: decorator
@inline
function usedIn(lengths: usize, from: i32, count: i32): i32 {
  const used = i8x16.bitmask(i8x16.ne(v128.load(lengths + from), i8x16.splat(0)));
  return count - from < 16 ? used & ((1 << (count - from)) - 1) : used;
}
