import type { LeakRule } from '../../vendors/vendor.ts';
import { DIGIT, isWithin, LOWER, UPPER, valueFormOf } from './value-form.ts';

/** Alphabets of values, each within the next; bytes beyond the last separate values in every language. */
const ALPHABETS: readonly RegExp[] = [/[0-9A-Za-z]/, /[0-9A-Za-z_-]/, /[0-9A-Za-z_+/=.~:@!#$%&*;?^|-]/];
const SHORTEST = 8;

/** What a byte that is in no alphabet, in the last only, in the last two only, does to the runs. */
const BREAKS_ALL = 32;
const BREAKS_TWO = 16;
const BREAKS_ONE = 8;

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
const MEMBERS: readonly Uint8Array[] = ALPHABETS.map((alphabet) =>
  Uint8Array.from(BYTES, (character) => Number(alphabet.test(character))),
);
/** Kind of a letter or digit, or which runs another byte breaks. */
const EFFECT = Uint8Array.from(BYTES, (character, byte) => {
  if (/[0-9]/.test(character)) return DIGIT;
  if (/[A-Z]/.test(character)) return UPPER;
  if (/[a-z]/.test(character)) return LOWER;
  if (MEMBERS[1]?.[byte] === 1) return BREAKS_ONE;
  return MEMBERS[2]?.[byte] === 1 ? BREAKS_TWO : BREAKS_ALL;
});

/** A run that a rule's value lies in: of which alphabet, how long at least, and with which kinds of characters. */
export interface RunDemand {
  readonly alphabet: number;
  readonly least: number;
  readonly needs: number;
}

/** What a slice must hold for the rule's pattern to be worth trying; null when the pattern does not tell. */
export function demandOf(rule: LeakRule): RunDemand | null {
  const form = valueFormOf(rule.pattern);
  if (form === null || form.least < SHORTEST) return null;
  const alphabet = MEMBERS.findIndex((members) => isWithin(form.bytes, members));
  return alphabet === -1 ? null : { alphabet, least: form.least, needs: form.needs };
}

/** Runs of at least eight bytes of an alphabet, as pairs of length and kinds, by alphabet. */
export type Runs = readonly (readonly number[])[];

/** Finds the runs in bytes [from, to). This runs for every anchor. */
export function findRuns(bytes: Uint8Array, from: number, to: number): Runs {
  const [first, second, third]: [number[], number[], number[]] = [[], [], []];
  let [firstStart, secondStart, thirdStart] = [from, from, from];
  let [firstKinds, secondKinds, thirdKinds] = [0, 0, 0];
  for (let at = from; at <= to; at++) {
    const effect = at < to ? (EFFECT[bytes[at] ?? 0] ?? 0) : BREAKS_ALL;
    if (effect < BREAKS_ONE) {
      firstKinds |= effect;
      continue;
    }
    if (at - firstStart >= SHORTEST) first.push(at - firstStart, firstKinds);
    firstStart = at + 1;
    secondKinds |= firstKinds;
    firstKinds = 0;
    if (effect < BREAKS_TWO) continue;
    if (at - secondStart >= SHORTEST) second.push(at - secondStart, secondKinds);
    secondStart = at + 1;
    thirdKinds |= secondKinds;
    secondKinds = 0;
    if (effect < BREAKS_ALL) continue;
    if (at - thirdStart >= SHORTEST) third.push(at - thirdStart, thirdKinds);
    thirdStart = at + 1;
    thirdKinds = 0;
  }
  return [first, second, third];
}

/** True when one of the runs meets the demand. */
export function meets(runs: Runs, { alphabet, least, needs }: RunDemand): boolean {
  const found = runs[alphabet] ?? [];
  for (let run = 0; run < found.length; run += 2)
    if ((found[run] ?? 0) >= least && ((found[run + 1] ?? 0) & needs) === needs) return true;
  return false;
}
