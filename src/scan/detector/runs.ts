import { bytesMatching, type ByteSet, has, isWithin } from './byte-set.ts';
import type { Range } from './slices.ts';
import { DIGIT, LOWER, UPPER, type ValueForm } from './value-form.ts';

const SHORTEST = 8;

interface Alphabet {
  readonly members: ByteSet;
  /** For each byte, the kind of a letter or digit, OTHER for other members, and 0 for what is none. */
  readonly kinds: Uint8Array;
}

const OTHER = 8;

/** Alphabets of values; bytes beyond the last separate values in every language. */
const ALPHABETS: readonly Alphabet[] = [
  '[0-9A-Za-z]',
  '[0-9A-Za-z_-]',
  '[0-9A-Za-z+/=]',
  '[0-9A-Za-z_+/=.~:@!#$%&*;?^|-]',
].map((alphabet) => {
  const members = bytesMatching(alphabet, false);
  return { members, kinds: Uint8Array.from({ length: 256 }, (_, byte) => kindOf(byte, members)) };
});

function kindOf(byte: number, members: ByteSet): number {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  if (byte >= 0x41 && byte <= 0x5a) return UPPER;
  if (byte >= 0x61 && byte <= 0x7a) return LOWER;
  return has(members, byte) ? OTHER : 0;
}

/** A run that a rule's value lies in: of which bytes, how long at least, and with which kinds of characters. */
export interface RunDemand {
  readonly kinds: Uint8Array;
  readonly least: number;
  readonly needs: number;
}

/** What a slice must hold for a value of that form to be in it; null when the form does not tell. */
export function demandOf(form: ValueForm | null): RunDemand | null {
  if (form === null || form.least < SHORTEST) return null;
  const alphabet = ALPHABETS.find(({ members }) => isWithin(form.bytes, members));
  return alphabet === undefined ? null : { kinds: alphabet.kinds, least: form.least, needs: form.needs };
}

/**
 * True when a run in bytes [from, to) meets the demand. This runs for every anchor: it looks at the last byte that a run
 * would have, and from there back to what breaks it, so that most bytes are not looked at.
 */
export function holdsRun(
  bytes: Uint8Array,
  { from, to }: Range,
  { kinds, least, needs }: RunDemand,
): boolean {
  let start = from;
  while (start + least <= to) {
    const broken = lastBreak(bytes, kinds, start, start + least);
    if (broken >= start) {
      start = broken + 1;
      continue;
    }
    let found = 0;
    let at = start;
    for (; at < to; at++) {
      const kind = kinds[bytes[at] ?? 0] ?? 0;
      if (kind === 0) break;
      found |= kind;
    }
    if ((found & needs) === needs) return true;
    start = at + 1;
  }
  return false;
}

/** Index of the last byte in [from, to) that is not of the alphabet; `from - 1` when all are. */
function lastBreak(bytes: Uint8Array, kinds: Uint8Array, from: number, to: number): number {
  let at = to - 1;
  while (at >= from && kinds[bytes[at] ?? 0] !== 0) at--;
  return at;
}
