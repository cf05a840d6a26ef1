// Finds the beginnings of anchors in bytes of the memory, as `src/scan/detector/anchor-search.ts` does; the tables are
// those of `src/scan/detector/gram-index.ts`. Memory, in bytes:
//   0x108000  heads and entries of the index
//   0x118000  for each byte the runs it may come before; anchors of runs
//   0x120000  patterns, 128 bytes an anchor
//   0x140000  anchors that were found: first byte, number of the anchor, and the same in the base or FRESH; ascending
//   0x280000  for each hash of a gram whether it is known, a byte each

const HEADS: usize = 0x108000;
const ENTRIES: usize = 0x110000;
const RUN_ENDS: usize = 0x118000;
const RUN_ANCHORS: usize = 0x118100;
export const PATTERNS: usize = 0x120000;
const FOUND: usize = 0x140000;
const GRAMS: usize = 0x280000;
const MOST_FOUND: i32 = 0x8000;
export const ANCHOR_BYTES: usize = 12;
export const FRESH: i32 = -1;

// Behind the bytes of a pattern: how many are looked at, and how far before and behind its first byte a judge sees.
export const LOOKED_AT: usize = 96;
export const SEEN_BEFORE: usize = 98;
export const SEEN_BEHIND: usize = 100;

const GRAM_BITS: u32 = 18;
const HEAD_BITS: u32 = 13;
const MULTIPLIER: u32 = 0x9e3779b1;
/** Letters count in either case; of the last byte, five bits. */
const FOLD: u32 = 0xe0202020;
/** Places of a gram's table that are looked up at a time. */
const STRIDE: usize = 16;

// What is searched: anchors that begin in [first, stop) of a document in [document, end).
export let document: usize = 0;
let first: usize = 0;
let stop: usize = 0;
export let end: usize = 0;
let found: i32 = 0;
let overscan: usize = 0;
export let longest: i32 = 0;

/** To be called when the tables have been written. */
export function prepareSearch(behind: i32, looked: i32): void {
  overscan = behind;
  longest = looked;
}

/** Searches a document; returns the number of anchors, or -1 when there is no room for all of them. */
export function searchWhole(at: usize, size: i32): i32 {
  start(at, size);
  searchSpan(at, end);
  return result();
}

export function start(at: usize, size: i32): void {
  document = at;
  end = at + size;
  found = 0;
}

export function result(): i32 {
  return isFull() ? -1 : found;
}

export function isFull(): bool {
  return found > MOST_FOUND;
}

/** Of anchors that begin at the same byte, either all are judged again or none. */
export function addCarried(place: i32, anchor: u32, inBase: i32): void {
  let other = FOUND + <usize>found * ANCHOR_BYTES - ANCHOR_BYTES;
  let from = inBase;
  if (found > 0 && load<i32>(other) === place && load<i32>(other, 8) !== inBase) {
    from = FRESH;
    for (; other >= FOUND && load<i32>(other) === place; other -= ANCHOR_BYTES) store<i32>(other, FRESH, 8);
  }
  add(place, anchor, from);
}

/** Anchors come almost in their order: those of a gram that stands later may begin a few bytes before. */
function add(place: i32, anchor: u32, inBase: i32): void {
  if (found >= MOST_FOUND) {
    found = MOST_FOUND + 1;
    return;
  }
  let at = FOUND + <usize>found * ANCHOR_BYTES;
  for (; at > FOUND; at -= ANCHOR_BYTES) {
    const other = load<i32>(at - ANCHOR_BYTES);
    if (other < place || (other === place && load<u32>(at - ANCHOR_BYTES, 4) < anchor)) break;
    store<i32>(at, other);
    store<i32>(at, load<i32>(at - ANCHOR_BYTES, 4), 4);
    store<i32>(at, load<i32>(at - ANCHOR_BYTES, 8), 8);
  }
  store<i32>(at, place);
  store<u32>(at, anchor, 4);
  store<i32>(at, inBase, 8);
  found++;
}

/** Adds the anchors that begin in [from, to). Reads up to 64 bytes further than the document's end. */
export function searchSpan(from: usize, to: usize): void {
  first = from;
  stop = to;
  const last = min(to + overscan, end);
  for (let at = from; at < last; at += STRIDE) {
    const a = look(at);
    const b = look(at + 2);
    const c = look(at + 4);
    const d = look(at + 6);
    const e = look(at + 8);
    const f = look(at + 10);
    const g = look(at + 12);
    const h = look(at + 14);
    if (a | b | c | d | e | f | g | h) {
      if (a) checkGram(at);
      if (b) checkGram(at + 2);
      if (c) checkGram(at + 4);
      if (d) checkGram(at + 6);
      if (e) checkGram(at + 8);
      if (f) checkGram(at + 10);
      if (g) checkGram(at + 12);
      if (h) checkGram(at + 14);
    }
    const groups = i64x2.eq(hexDigits(v128.load(at)), i64x2.splat(-1));
    if (v128.any_true(groups)) {
      if (i64x2.extract_lane(groups, 0)) checkRun(at);
      if (i64x2.extract_lane(groups, 1)) checkRun(at + 8);
    }
  }
}

/** 1 when a known gram stands there, or another one with its hash. */
// @ts-ignore: decorator
@inline
function look(at: usize): u32 {
  return load<u8>(((load<u32>(at) | FOLD) * MULTIPLIER) >>> (32 - GRAM_BITS), GRAMS);
}

/** Hash of the three bytes at `at`: the fourth is shifted out. */
// @ts-ignore: decorator
@inline
export function hashOfThree(at: usize, bits: u32): u32 {
  return ((load<u32>(at) | FOLD) * (MULTIPLIER << 8)) >>> (32 - bits);
}

/** 255 for each hexadecimal digit. */
// @ts-ignore: decorator
@inline
function hexDigits(bytes: v128): v128 {
  const letters = i8x16.sub(v128.or(bytes, i8x16.splat(0x20)), i8x16.splat(0x61));
  const digits = i8x16.sub(bytes, i8x16.splat(0x30));
  return v128.or(i8x16.lt_u(letters, i8x16.splat(6)), i8x16.lt_u(digits, i8x16.splat(10)));
}

function checkGram(at: usize): void {
  let entry: usize = load<u16>(hashOfThree(at, HEAD_BITS) << 1, HEADS);
  while (entry) {
    const place = ENTRIES + ((entry - 1) << 3);
    confirm(at - load<u16>(place, 2), load<u16>(place));
    entry = load<u16>(place, 4);
  }
}

/** Eight hexadecimal digits stand at `at`: a prefix may end in the eight bytes before. */
function checkRun(at: usize): void {
  for (let before = at - 8; before < at; before++) {
    let runs = <u32>load<u8>(RUN_ENDS + load<u8>(before));
    while (runs) {
      const run = RUN_ANCHORS + (<usize>ctz(runs) << 2);
      confirm(before + 1 - load<u16>(run, 2), load<u16>(run));
      runs &= runs - 1;
    }
  }
}

function confirm(start: usize, anchor: u32): void {
  const pattern = PATTERNS + (<usize>anchor << 7);
  if (start < first || start >= stop || start + load<u8>(pattern, LOOKED_AT) > end) return;
  if (!agrees(start, pattern) || !agrees(start + 16, pattern + 16)) return;
  add(<i32>(start - document), anchor, FRESH);
}

// @ts-ignore: decorator
@inline
function agrees(at: usize, pattern: usize): bool {
  const bytes = v128.load(at);
  const upper = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(26));
  const lower = v128.or(bytes, v128.and(upper, i8x16.splat(0x20)));
  const wrong = v128.and(i8x16.ne(lower, v128.load(pattern)), v128.load(pattern, 32));
  const noDigit = v128.andnot(v128.load(pattern, 64), hexDigits(bytes));
  return !v128.any_true(v128.or(wrong, noDigit));
}
