import { type Anchor, LOOKED_AT } from './anchors.ts';
import { pairProbability } from './letter-pairs.ts';

/**
 * Tables for finding anchors in WebAssembly, four bytes ("a gram") at every second place: each anchor is known by two
 * neighbouring grams of its own, of which a search at every second place meets exactly one. Bytes count without bit 5,
 * so letters match in either case.
 */
export interface GramIndex {
  /** At the hash of a gram: 1 when an anchor has it. This table alone rules most places out. */
  readonly grams: Uint8Array;
  /** At the hash of three bytes: 1 when an anchor has them. An anchor has at least two, one after the other. */
  readonly trigrams: Uint8Array;
  /** At a smaller hash of a gram's first three bytes: number of the first entry, counted from 1; 0 for none. */
  readonly heads: Uint16Array;
  /** Four numbers an entry: anchor, bytes from its start to the gram, number of the next entry, and 0. */
  readonly entries: Uint16Array;
  /** For each byte that comes before a run of hexadecimal digits, a bit for each of `runs`. */
  readonly runEnds: Uint8Array;
  /** Anchors whose prefix is too short for grams: their run of hexadecimal digits is looked for instead. */
  readonly runs: readonly { readonly anchor: number; readonly prefix: number }[];
  /** `PATTERN_BYTES` for each anchor: what its first bytes must be, and what is seen around them, see `patternOf`. */
  readonly patterns: Uint8Array;
  /** Most bytes between the start of an anchor and the gram by which it is found. */
  readonly overscan: number;
  /** Most bytes of an anchor that are compared. */
  readonly longest: number;
}

/** These constants, and the hashes, must be the same in `assembly/`. */
const GRAM_BITS = 18;
const HEAD_BITS = 13;
const TRIGRAM_BITS = 17;
export const PATTERN_BYTES = 128;
const MULTIPLIER = 0x9e3779b1;
/** Halves of a pattern: the literal; 255 where it has a byte; 255 where a digit must stand. */
const PATTERN_PART = 32;

const GRAM = 4;
const TRIGRAM = 3;
const FOLD = 0x20;
/** Mask of the bits of a gram's last byte that do not count; the five lower ones do. */
const LAST_FOLD = 0xe0;
const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Searching further behind a window's end than this costs more than rarer grams save. */
const LARGEST_OFFSET = 6;
/** More grams than this for one anchor would fill the table. */
const MOST_GRAMS = 20;
/** Shortest run of digits that surely covers a whole group of eight at a multiple of eight, where the search looks. */
const SHORTEST_RUN = 15;
const DIGIT_GROUP = 8;
const MOST_RUNS = 8;
const MOST_ENTRIES = 4096;
const MOST_ANCHORS = 1024;

/** What may stand at a place; null: anything. */
type Place = readonly number[] | null;

/** The index of these anchors; null when one of them does not fit into it. */
export function buildGramIndex(anchors: readonly Anchor[]): GramIndex | null {
  if (anchors.some(({ length }) => length < GRAM)) return null;
  const index = {
    grams: new Uint8Array(1 << GRAM_BITS),
    trigrams: collectTrigrams(anchors),
    heads: new Uint16Array(1 << HEAD_BITS),
    runEnds: new Uint8Array(256),
    patterns: Buffer.concat(anchors.map(patternOf)),
  };
  const entries: number[] = [];
  const runs: { anchor: number; prefix: number }[] = [];
  let overscan = 0;
  for (const [number, anchor] of anchors.entries()) {
    const pair = rarestPair(placesOf(anchor));
    if (pair === null) {
      if (!addRun(index.runEnds, runs, number, anchor)) return null;
      overscan = Math.max(overscan, anchor.literal.length + DIGIT_GROUP);
      continue;
    }
    for (const [next, grams] of pair.grams.entries())
      addGrams({ ...index, entries }, { anchor: number, offset: pair.offset + next }, grams);
    overscan = Math.max(overscan, pair.offset + 2);
  }
  if (entries.length > MOST_ENTRIES * 4 || anchors.length > MOST_ANCHORS) return null;
  const longest = Math.max(0, ...anchors.map(({ length }) => Math.min(length, LOOKED_AT)));
  return { ...index, entries: Uint16Array.from(entries), runs, overscan, longest };
}

function placesOf({ literal, length }: Anchor): Place[] {
  return Array.from({ length: Math.min(length, LOOKED_AT) }, (_, place) =>
    place < literal.length ? [literal.charCodeAt(place)] : DIGITS,
  );
}

function collectTrigrams(anchors: readonly Anchor[]): Uint8Array {
  const trigrams = new Uint8Array(1 << TRIGRAM_BITS);
  let isOfDigits = false;
  for (const places of anchors.map(placesOf))
    for (let at = 0; at + TRIGRAM <= places.length; at++) {
      if (isOfDigits && places[at] === DIGITS) break;
      isOfDigits ||= places[at] === DIGITS;
      addTrigrams(trigrams, places.slice(at, at + TRIGRAM));
    }
  return trigrams;
}

function addTrigrams(trigrams: Uint8Array, [first, second, third]: readonly Place[]): void {
  for (const one of first ?? [])
    for (const two of second ?? [])
      for (const three of third ?? []) trigrams[hashOfThree(foldedOf(one, two, three), TRIGRAM_BITS)] = 1;
}

/** The bytes as they are read from memory, the first one lowest. */
const foldedOf = (one: number, two: number, three: number): number =>
  one | (two << 8) | (three << 16) | (FOLD * 0x10101);

const hashOf = (bytes: number, bits: number): number => Math.imul(bytes, MULTIPLIER) >>> (32 - bits);
const hashOfThree = (bytes: number, bits: number): number => hashOf(bytes << 8, bits);

const ALL_LASTS = Array.from({ length: 32 }, (_, last) => last);

interface Gram {
  /** The first three bytes, the first one lowest. */
  readonly beginning: number;
  /** What the fourth may be. */
  readonly lasts: readonly number[];
}

interface Pair {
  readonly offset: number;
  readonly grams: readonly (readonly Gram[])[];
}

/** The two neighbouring grams of an anchor that are rarest in source code; null when there are too many for a place. */
function rarestPair(places: readonly Place[]): Pair | null {
  const last = Math.min(LARGEST_OFFSET, Math.max(0, places.length - GRAM - 1));
  const grams = Array.from({ length: last + 2 }, (_, offset) => places.slice(offset, offset + GRAM));
  const chances = grams.map((gram) => (countOf(gram) > MOST_GRAMS ? Infinity : probabilityOf(gram)));
  const pairs = chances.slice(0, -1).map((chance, offset) => chance + (chances[offset + 1] ?? 0));
  const least = Math.min(...pairs);
  if (least === Infinity) return null;
  const offset = pairs.indexOf(least);
  return { offset, grams: grams.slice(offset, offset + 2).map(gramsOf) };
}

const countOf = (gram: readonly Place[]): number =>
  gram.slice(0, GRAM - 1).reduce((count, place) => count * (place?.length ?? Infinity), 1);

function gramsOf(gram: readonly Place[]): Gram[] {
  const [first = null, second = null, third = null, fourth = null] = gram;
  const lasts = (fourth ?? ALL_LASTS).map((byte) => byte | LAST_FOLD);
  return (first ?? []).flatMap((one) =>
    (second ?? []).flatMap((two) =>
      (third ?? []).map((three) => ({
        beginning: foldedOf(one, two, three),
        lasts,
      })),
    ),
  );
}

/** Estimated frequency of a gram in source code. */
function probabilityOf(gram: readonly Place[]): number {
  let probability = 1;
  let before: number | null = null;
  for (const place of gram) {
    const [byte] = place ?? [];
    if (place === null || byte === undefined) continue;
    const letter: number | null = place.length === 1 ? letterOf(byte) : null;
    probability *= letter === null ? OTHERS * place.length : letterProbability(before, letter);
    before = letter;
  }
  return probability;
}

const OTHERS = 0.02;
const FIRST_LETTER = 0.05;
const letterOf = (byte: number): number | null => (byte >= 0x61 && byte <= 0x7a ? byte - 0x61 : null);
const letterProbability = (before: number | null, letter: number): number =>
  before === null ? FIRST_LETTER : pairProbability(before, letter);

interface Entry {
  readonly anchor: number;
  readonly offset: number;
}

function addGrams(
  { grams: table, heads, entries }: Pick<GramIndex, 'grams' | 'heads'> & { entries: number[] },
  { anchor, offset }: Entry,
  grams: readonly Gram[],
): void {
  for (const { beginning, lasts } of grams) {
    for (const last of lasts) table[hashOf(beginning | (last << 24), GRAM_BITS)] = 1;
    const place = hashOfThree(beginning, HEAD_BITS);
    const head = heads[place] ?? 0;
    // Two grams of one anchor at the same place would tell of it twice.
    if (chainOf(entries, head).some((entry) => entry.anchor === anchor && entry.offset === offset)) continue;
    entries.push(anchor, offset, head, 0);
    heads[place] = entries.length / 4;
  }
}

function chainOf(entries: readonly number[], head: number): Entry[] {
  const chain: Entry[] = [];
  for (let entry = head; entry !== 0; entry = entries[entry * 4 - 2] ?? 0)
    chain.push({ anchor: entries[entry * 4 - 4] ?? 0, offset: entries[entry * 4 - 3] ?? 0 });
  return chain;
}

/** False when the anchor has too few digits to be met by them. */
function addRun(
  runEnds: Uint8Array,
  runs: GramIndex['runs'][number][],
  anchor: number,
  { literal, hex }: Anchor,
): boolean {
  if (Math.min(hex, LOOKED_AT - literal.length) < SHORTEST_RUN || literal === '' || runs.length === MOST_RUNS)
    return false;
  const last = literal.charCodeAt(literal.length - 1);
  for (const byte of letterOf(last) === null ? [last] : [last, last - FOLD])
    runEnds[byte] = (runEnds[byte] ?? 0) | (1 << runs.length);
  runs.push({ anchor, prefix: literal.length });
  return true;
}

function patternOf({ literal, length, rules }: Anchor): Uint8Array {
  const pattern = Buffer.alloc(PATTERN_BYTES);
  const lookedAt = Math.min(length, LOOKED_AT);
  for (let place = 0; place < lookedAt; place++) {
    if (place < literal.length) {
      pattern[place] = literal.charCodeAt(place);
      pattern[PATTERN_PART + place] = 255;
    } else pattern[2 * PATTERN_PART + place] = 255;
  }
  pattern[3 * PATTERN_PART] = lookedAt;
  // One byte more on either side tells whether the document goes on there.
  const span = 1 + Math.max(...rules.map((rule) => rule.span));
  pattern.writeUInt16LE(span, 3 * PATTERN_PART + 2);
  pattern.writeUInt16LE(length + span, 3 * PATTERN_PART + 4);
  return pattern;
}
