// Searches what a delta has made: of that, only what is not in the base. Memory, in bytes:
//   0x040000  runs of the delta
//   0x118800  for each part of the base whether an anchor begins there, a byte each
//   0x1a0000  anchors of the base, which the host has written, as those that are found
//   0x200000  for each hash of three bytes whether an anchor has them, a byte each
//   0x220000  edges at which there is something to do, see `listEdges`

import {
  addCarried,
  ANCHOR_BYTES,
  document,
  end,
  FRESH,
  hashOfThree,
  isFull,
  longest,
  LOOKED_AT,
  PATTERNS,
  result,
  searchSpan,
  SEEN_BEFORE,
  SEEN_BEHIND,
  start,
} from './anchor-search';

export const RUNS: usize = 0x040000;
export const RUN_BYTES: usize = 12;
const PARTS: usize = 0x118800;
const MOST_PARTS_BITS: i32 = 13;
const KNOWN: usize = 0x1a0000;
const TRIGRAMS: usize = 0x200000;
const EDGES: usize = 0x220000;

const TRIGRAM_BITS: u32 = 17;
/** More new bytes than this are not looked at beforehand. */
const MOST_LOOKS: i32 = 24;

// The base: its size, where its anchors end, and of a place how many bits a part takes.
let baseSize: i32 = 0;
let knownEnd: usize = KNOWN;
let partBits: i32 = 0;

/**
 * Searches what the latest delta has made of a base with `known` anchors; returns the number of anchors, or -1 when there
 * is no room for all of them. An anchor that was copied in one run is the base's, any other has a part in what is between
 * runs. There, a look tells in most cases that none has.
 */
export function searchChanges(at: usize, size: i32, runs: i32, base: i32, known: i32): i32 {
  start(at, size);
  openBase(base, known);
  const last = RUNS + <usize>runs * RUN_BYTES;
  const listEnd = listEdges(at, size, last);
  for (let next = EDGES; next < listEnd; next += 4) {
    const entry = load<u32>(next);
    const run: usize = entry & ~1;
    const low = run < last ? load<i32>(run) : size;
    const done = run > RUNS ? load<i32>(run - RUN_BYTES) : 0;
    const edge = run > RUNS ? done + load<i32>(run - RUN_BYTES, 8) : 0;
    const isTouched = (entry & 1) === 1 && (low > edge || (edge > 0 && low < size));
    const from = isTouched ? max(done, edge - longest) : edge;
    if (from > done && knownEnd > KNOWN) carry(run - RUN_BYTES, from);
    if (isTouched) searchSpan(at + from, at + low);
  }
  return result();
}

function openBase(size: i32, known: i32): void {
  baseSize = size;
  knownEnd = KNOWN + <usize>known * ANCHOR_BYTES;
  if (known === 0) return;
  partBits = max(0, 32 - clz(size >> MOST_PARTS_BITS));
  memory.fill(PARTS, 0, (size >>> partBits) + 1);
  for (let anchor = KNOWN; anchor < knownEnd; anchor += ANCHOR_BYTES)
    store<u8>(PARTS + (load<u32>(anchor) >>> partBits), 1);
}

/**
 * Lists, by the runs behind them, the edges that have to be searched (these get bit 0), and those whose run before may
 * hold anchors of the base. Returns where the list ends. The end of the document is an edge, too.
 */
function listEdges(at: usize, size: i32, last: usize): usize {
  const isAnyKnown = knownEnd > KNOWN;
  let list = EDGES;
  let edge = 0;
  let held: u32 = 0;
  for (let run = RUNS; run <= last; run += RUN_BYTES) {
    const low = run < last ? load<i32>(run) : size;
    const touched = low > edge + MOST_LOOKS ? 1 : touch(at + edge, at + low);
    store<u32>(list, <u32>run | touched);
    list += (touched | held) << 2;
    const length = load<i32>(run, 8);
    edge = low + length;
    if (isAnyKnown && run < last) held = isHeld(load<u32>(run, 4), length);
  }
  return list;
}

/** 1 when anchors of the base may begin in its bytes [from, from + length). */
// @ts-ignore: decorator
@inline
function isHeld(from: u32, length: i32): u32 {
  const first = from >>> partBits;
  const last = (from + length - 1) >>> partBits;
  return <u32>load<u8>(PARTS + first) | <u32>load<u8>(PARTS + last) | <u32>(last > first + 1);
}

/**
 * 1 when four bytes in a row, of those that are in [from, to) or lie on both sides of it, may be of an anchor: the first
 * three and the last three of them are known.
 */
// @ts-ignore: decorator
@inline
function touch(from: usize, to: usize): u32 {
  const a = isTrigram(from - 3);
  const b = isTrigram(from - 2);
  const c = isTrigram(from - 1);
  let before = isTrigram(from);
  let known = (a & b) | (b & c) | (c & before);
  for (let at = from + 1; at <= to; at++) {
    const now = isTrigram(at);
    known |= before & now;
    before = now;
  }
  return known;
}

/** 1 when an anchor has the three bytes at `at`, or others with their hash. */
// @ts-ignore: decorator
@inline
function isTrigram(at: usize): u32 {
  return load<u8>(hashOfThree(at, TRIGRAM_BITS), TRIGRAMS);
}

/** Takes over the base's anchors that begin in the run, before `until`. */
function carry(run: usize, until: i32): void {
  const low = load<i32>(run);
  const high = low + load<i32>(run, 8);
  const shift = low - load<i32>(run, 4);
  const isFirst = low === 0 && shift === 0;
  const isLast = document + high === end && high - shift === baseSize;
  for (let known = firstKnown(low - shift); known < knownEnd && !isFull(); known += ANCHOR_BYTES) {
    const place = load<i32>(known) + shift;
    if (place >= until) break;
    const anchor = load<u32>(known, 4);
    const pattern = PATTERNS + (<usize>anchor << 7);
    if (place + load<u8>(pattern, LOOKED_AT) > high) continue;
    const isSeenBefore = isFirst || place - load<u16>(pattern, SEEN_BEFORE) >= low;
    const isSeenBehind = isLast || place + load<u16>(pattern, SEEN_BEHIND) <= high;
    addCarried(place, anchor, isSeenBefore && isSeenBehind ? place - shift : FRESH);
  }
}

/** The first anchor of the base that does not begin before `place`. */
function firstKnown(place: i32): usize {
  let low: usize = 0;
  let high = (knownEnd - KNOWN) / ANCHOR_BYTES;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<i32>(KNOWN + middle * ANCHOR_BYTES) < place) low = middle + 1;
    else high = middle;
  }
  return KNOWN + low * ANCHOR_BYTES;
}
