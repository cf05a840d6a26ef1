import type { ObjectReader } from '../objects/object-reader.ts';

const NEW_LINE = 10;
const SPACE = 32;
const ZERO = 0x30;
const GREATER = 0x3e;
/** First byte of the line separators that a regular expression's `.` stops at. */
const SEPARATOR = 0xe2;
const MOST_DIGITS = 12;
const TREE = Buffer.from('tree ');
const PARENT = Buffer.from('parent ');
const AUTHOR = Buffer.from('author ');
const COMMITTER = Buffer.from('committer ');

/** What a commit links to, by numbers; those that are not there have -1. `time` is when it was committed, in ms. */
export interface CommitLinks {
  readonly tree: number;
  readonly parents: readonly number[];
  readonly time: number;
}

/** Reads commits that are as git writes them; gives null for others, which `parseHeader` has to read. */
export function createLinksParser({
  numbers,
  hashBytes,
}: ObjectReader): (bytes: Uint8Array) => CommitLinks | null {
  const id = new Uint8Array(hashBytes);
  const digits = hashBytes * 2;
  /** Number that the line at `at` names behind its first word; -2 when that is no id. */
  const numberIn = (bytes: Uint8Array, at: number): number => {
    if (bytes[at + digits] !== NEW_LINE) return MALFORMED;
    for (let index = 0; index < hashBytes; index++) {
      const high = VALUES[bytes[at + 2 * index] as number] as number;
      const low = VALUES[bytes[at + 2 * index + 1] as number] as number;
      if (high > 15 || low > 15) return MALFORMED;
      id[index] = (high << 4) | low;
    }
    return numbers.numberAt(id, 0);
  };
  return (bytes) => {
    if (!standsAt(bytes, 0, TREE)) return null;
    const tree = numberIn(bytes, TREE.length);
    if (tree === MALFORMED) return null;
    const parents: number[] = [];
    let at = TREE.length + digits + 1;
    for (; standsAt(bytes, at, PARENT); at += PARENT.length + digits + 1) {
      const parent = numberIn(bytes, at + PARENT.length);
      if (parent === MALFORMED) return null;
      parents.push(parent);
    }
    if (!standsAt(bytes, at, AUTHOR)) return null;
    const next = bytes.indexOf(NEW_LINE, at) + 1;
    if (next === 0 || !standsAt(bytes, next, COMMITTER)) return null;
    const time = timeIn(bytes, next);
    return time === null ? null : { tree, parents, time };
  };
}

const MALFORMED = -2;

/** Values of lower-case hexadecimal digits; 16 for what is none. */
const VALUES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(byte));
  return value < 0 ? 16 : value;
});

function standsAt(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
  return true;
}

/** The seconds behind the last `>` of a line, in ms; null when they do not stand there as git writes them. */
function timeIn(bytes: Uint8Array, from: number): number | null {
  let last = -1;
  let at = from;
  for (; at < bytes.length && bytes[at] !== NEW_LINE; at++) {
    if (bytes[at] === GREATER) last = at;
    if (bytes[at] === SEPARATOR || bytes[at] === CARRIAGE_RETURN) return null;
  }
  if (last < 0 || at === bytes.length || bytes[last + 1] !== SPACE) return null;
  let seconds = 0;
  let next = last + 2;
  for (; isDigit(bytes[next] as number) && next < last + 2 + MOST_DIGITS; next++)
    seconds = seconds * 10 + (bytes[next] as number) - ZERO;
  return next === last + 2 ? null : seconds * 1000;
}

const CARRIAGE_RETURN = 13;
const isDigit = (byte: number): boolean => byte >= ZERO && byte < ZERO + 10;
