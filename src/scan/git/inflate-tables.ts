/** Most bits of a code that one look-up decodes; longer codes take a second one. */
export const LITERAL_BITS = 10;
export const DISTANCE_BITS = 8;
export const PLAIN_BITS = 7;
const LONGEST_CODE = 15;
/** Room for the first table and those that hang on it: 288 consecutive codes of 11 bits and more share 150 prefixes. */
export const TABLE_SLOTS = 1024 + 160 * 32;

/** Lengths and extra bits of RFC 1951, §3.2.5. */
const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

/** An entry is `value << 12 | extra << 8 | kind << 4 | bits`. */
export const LITERAL = 0;
export const MATCH = 1;
export const END = 2;
export const SUBTABLE = 3;
export const INVALID = 4;

const INVALID_ENTRY = (INVALID << 4) | 1;

/** Entry, without its bits, of every symbol of the literal and length alphabet. */
export const LITERAL_SYMBOLS = Int32Array.from({ length: 288 }, (_, symbol) => {
  if (symbol < 256) return (symbol << 12) | (LITERAL << 4);
  if (symbol === 256) return END << 4;
  const base = LENGTH_BASE[symbol - 257];
  if (base === undefined) return INVALID << 4;
  return (base << 12) | ((LENGTH_EXTRA[symbol - 257] ?? 0) << 8) | (MATCH << 4);
});

/** Of every symbol of the distance alphabet. */
export const DISTANCE_SYMBOLS = Int32Array.from({ length: 32 }, (_, symbol) => {
  if (symbol >= 30) return INVALID << 4;
  if (symbol < 4) return ((symbol + 1) << 12) | (MATCH << 4);
  const extra = (symbol >> 1) - 1;
  return ((((2 + (symbol & 1)) << extra) + 1) << 12) | (extra << 8) | (MATCH << 4);
});

/** Of the alphabet of code lengths. */
export const PLAIN_SYMBOLS = Int32Array.from({ length: 19 }, (_, symbol) => symbol << 12);

const counts = new Uint16Array(LONGEST_CODE + 1);
const nextCode = new Uint16Array(LONGEST_CODE + 2);

/**
 * Fills a decoding table for the code whose lengths are given (RFC 1951, §3.2.2). False when the lengths describe no
 * prefix code; an incomplete code is filled with entries that are refused when they are met.
 */
export function buildTable(
  table: Int32Array,
  lengths: Uint8Array,
  symbols: Int32Array,
  rootBits: number,
): boolean {
  const longest = countLengths(lengths);
  if (longest < 0) return false;
  table.fill(INVALID_ENTRY, 0, 1 << rootBits);
  let free = 1 << rootBits;
  const deep = 1 << Math.max(0, longest - rootBits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const code = reversed(nextCode[length] as number, length);
    nextCode[length] = (nextCode[length] as number) + 1;
    const entry = symbols[symbol] as number;
    if (length <= rootBits) {
      for (let slot = code; slot < 1 << rootBits; slot += 1 << length) table[slot] = entry | length;
      continue;
    }
    const root = code & ((1 << rootBits) - 1);
    if ((((table[root] as number) >> 4) & 15) !== SUBTABLE) {
      if (free + deep > TABLE_SLOTS) return false;
      table.fill(INVALID_ENTRY, free, free + deep);
      table[root] = (free << 12) | ((longest - rootBits) << 8) | (SUBTABLE << 4) | rootBits;
      free += deep;
    }
    const at = (table[root] as number) >>> 12;
    for (let slot = code >> rootBits; slot < deep; slot += 1 << (length - rootBits))
      table[at + slot] = entry | (length - rootBits);
  }
  return true;
}

/** Prepares `nextCode`. The longest length, or -1 when more codes are wanted than there are. */
function countLengths(lengths: Uint8Array): number {
  counts.fill(0);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  let code = 0;
  let longest = 0;
  let room = 1;
  counts[0] = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    const count = counts[length] as number;
    code = (code + (counts[length - 1] as number)) << 1;
    nextCode[length] = code;
    room = room * 2 - count;
    if (room < 0) return -1;
    if (count > 0) longest = length;
  }
  return longest;
}

function reversed(code: number, length: number): number {
  let result = 0;
  let rest = code;
  for (let bit = 0; bit < length; bit++) {
    result = (result << 1) | (rest & 1);
    rest >>= 1;
  }
  return result;
}

function fixedTable(lengths: number[], symbols: Int32Array, rootBits: number): Int32Array {
  const table = new Int32Array(TABLE_SLOTS);
  buildTable(table, Uint8Array.from(lengths), symbols, rootBits);
  return table;
}

const repeated = (length: number, times: number): number[] => Array.from({ length: times }, () => length);

/** The codes of RFC 1951, §3.2.6. */
export const FIXED_LITERALS = fixedTable(
  [...repeated(8, 144), ...repeated(9, 112), ...repeated(7, 24), ...repeated(8, 8)],
  LITERAL_SYMBOLS,
  LITERAL_BITS,
);
export const FIXED_DISTANCES = fixedTable(repeated(5, 32), DISTANCE_SYMBOLS, DISTANCE_BITS);
