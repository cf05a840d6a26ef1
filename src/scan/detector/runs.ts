import { bytesMatching, type ByteSet, has, isWithin, NO_BYTES } from './byte-set.ts';
import { DIGIT, LOWER, UPPER, type ValueForm } from './value-form.ts';

/** Alphabets of values; bytes beyond the last separate values in every language. */
const ALPHABETS: readonly ByteSet[] = [
  '[0-9A-Za-z]',
  '[0-9A-Za-z_-]',
  '[0-9A-Za-z+/=]',
  '[0-9A-Za-z_+/=.~:@!#$%&*;?^|-]',
].map((alphabet) => bytesMatching(alphabet, false));
const SHORTEST = 8;

/** Marks bytes that are neither letter nor digit, by the runs of the second to fourth alphabet that they break. */
const OTHER = 64;
const BREAKS_SECOND = 8;
const BREAKS_THIRD = 16;
const BREAKS_FOURTH = 32;

/** Kind of a letter or digit, or which runs another byte breaks. */
const EFFECT = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  if (byte >= 0x41 && byte <= 0x5a) return UPPER;
  if (byte >= 0x61 && byte <= 0x7a) return LOWER;
  const breaks = [BREAKS_SECOND, BREAKS_THIRD, BREAKS_FOURTH].filter(
    (_effect, place) => !has(ALPHABETS[place + 1] ?? NO_BYTES, byte),
  );
  return breaks.reduce((all, one) => all | one, OTHER);
});

/** A run that a rule's value lies in: of which alphabet, how long at least, and with which kinds of characters. */
export interface RunDemand {
  readonly alphabet: number;
  readonly least: number;
  readonly needs: number;
}

/** What a slice must hold for a value of that form to be in it; null when the form does not tell. */
export function demandOf(form: ValueForm | null): RunDemand | null {
  if (form === null || form.least < SHORTEST) return null;
  const alphabet = ALPHABETS.findIndex((members) => isWithin(form.bytes, members));
  return alphabet === -1 ? null : { alphabet, least: form.least, needs: form.needs };
}

/** Runs of at least eight bytes of an alphabet, as pairs of length and kinds, by alphabet. */
export type Runs = readonly (readonly number[])[];

/** Finds the runs in bytes [from, to). This runs for every anchor. */
export function findRuns(bytes: Uint8Array, from: number, to: number): Runs {
  const [first, second, third, fourth]: [number[], number[], number[], number[]] = [[], [], [], []];
  let [firstStart, secondStart, thirdStart, fourthStart] = [from, from, from, from];
  let [firstKinds, secondKinds, thirdKinds, fourthKinds] = [0, 0, 0, 0];
  for (let at = from; at <= to; at++) {
    const effect =
      at < to ? (EFFECT[bytes[at] ?? 0] ?? 0) : OTHER | BREAKS_SECOND | BREAKS_THIRD | BREAKS_FOURTH;
    if (effect < BREAKS_SECOND) {
      firstKinds |= effect;
      continue;
    }
    if (at - firstStart >= SHORTEST) first.push(at - firstStart, firstKinds);
    secondKinds |= firstKinds;
    thirdKinds |= firstKinds;
    fourthKinds |= firstKinds;
    firstStart = at + 1;
    firstKinds = 0;
    if ((effect & BREAKS_SECOND) !== 0) {
      if (at - secondStart >= SHORTEST) second.push(at - secondStart, secondKinds);
      secondStart = at + 1;
      secondKinds = 0;
    }
    if ((effect & BREAKS_THIRD) !== 0) {
      if (at - thirdStart >= SHORTEST) third.push(at - thirdStart, thirdKinds);
      thirdStart = at + 1;
      thirdKinds = 0;
    }
    if ((effect & BREAKS_FOURTH) === 0) continue;
    if (at - fourthStart >= SHORTEST) fourth.push(at - fourthStart, fourthKinds);
    fourthStart = at + 1;
    fourthKinds = 0;
  }
  return [first, second, third, fourth];
}

/** True when one of the runs meets the demand. */
export function meets(runs: Runs, { alphabet, least, needs }: RunDemand): boolean {
  const found = runs[alphabet] ?? [];
  for (let run = 0; run < found.length; run += 2)
    if ((found[run] ?? 0) >= least && ((found[run + 1] ?? 0) & needs) === needs) return true;
  return false;
}
