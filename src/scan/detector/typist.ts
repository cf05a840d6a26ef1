import { alphabetSize } from './alphabet.ts';
import { pairProbability } from './letter-pairs.ts';

/**
 * Who wrote this: a person, or a random generator? A hidden Markov model of a person's habits (words, runs and
 * sequences, repetitions, a handful of characters) is compared with even chance. A random value has odds above n with a
 * probability of at most 1/n, whatever the model is like, because its probabilities add up to no more than one. So a
 * threshold bounds how often a real credential is taken for a placeholder.
 */

/** Words of which placeholders are made. */
const WORDS: readonly string[] = [
  'access account apikey auth bearer change changeme client credential default demo dummy enter example fake fill goes',
  'here hidden insert invalid live mock mysecret none null password placeholder private public random redacted remove',
  'removed replace sample sandbox secret something string test testing todo token undefined user value vendor with your',
]
  .join(' ')
  .split(' ');

const KEYBOARD = '1234567890 qwertyuiop asdfghjkl zxcvbnm 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p';

const LOUD_KEYBOARD = KEYBOARD.toUpperCase();
/** Where a sequence goes on that has come to the end of digits, letters or hexadecimal digits. */
const WRAPS = '90 9a 9A za ZA z0 Z0 f0 F0 a9 A9';

/** Characters of a value that are judged. More tell nothing new, and the odds would overflow a number. */
const READ = 96;

/** Probability that a person keeps to the same habit for the next character. */
const STAY = 0.95;
const SWITCH = 1 - STAY;
const CHANCE = 0.2;
const SPELLING = 0.25;
const SEQUENCE = 0.12;
const KEYBOARD_RUN = 0.03;
const IN_TURN = 0.1;
const FEW = 0.1;
const LISTED = 0.1;
const REPETITION = 0.1;
/** Distances at which a person repeats himself. */
const LAGS: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

/** Most different characters that the habit of using few of them assumes; many random values have sixteen, as hexadecimal does. */
const FEW_OF = 16;

/** How many sequences may alternate in a value, as in `a1b2c3` or `aB1cD2eF3`. */
const PROGRESSIONS: readonly number[] = [1, 2, 3, 4];

interface Habit {
  readonly share: number;
  /** Probability of the character at a place, given those before. */
  probability(value: string, at: number): number;
}

const HABITS: readonly Habit[] = [
  { share: SPELLING, probability: spelling },
  { share: SEQUENCE, probability: sequence },
  { share: KEYBOARD_RUN, probability: keyboardRun },
  ...PROGRESSIONS.map((lag) => ({
    share: IN_TURN / PROGRESSIONS.length,
    probability: (value: string, at: number) => (continues(value, at, lag) ? 0.9 : 0),
  })),
  ...LAGS.map((lag) => ({
    share: REPETITION / LAGS.length,
    probability: (value: string, at: number) => (at >= lag && value[at] === value[at - lag] ? 0.9 : 0),
  })),
];

/** How much likelier a person is to have written `value` than a generator. */
export function typistOdds(value: string): number {
  const text = value.slice(0, READ);
  const size = alphabetSize(text);
  const fewSize = Math.min(size, FEW_OF);
  const few = fewCharacters(text, fewSize);
  const ratios = [
    () => 1,
    (at: number) => fewSize * few(at),
    ...HABITS.map(
      ({ probability }) =>
        (at: number) =>
          size * probability(text, at),
    ),
  ];
  return addUp(ratios, listedWords(text, size), text.length);
}

const SHARES: readonly number[] = [CHANCE, FEW, ...HABITS.map(({ share }) => share)];

interface ListedWord {
  readonly from: number;
  readonly to: number;
  readonly ratio: number;
}

/** Forward algorithm: the odds of all ways in which the habits may have taken turns. */
function addUp(
  ratios: readonly ((at: number) => number)[],
  words: readonly ListedWord[],
  length: number,
): number {
  const states = new Float64Array(ratios.length);
  /** Odds of having come this far and being free to choose anew. */
  let free = 1;
  const arriving = new Float64Array(length + 1);
  for (let at = 0; at < length; at++) {
    for (const { from, to, ratio } of words)
      if (from === at) arriving[to] = (arriving[to] ?? 0) + free * ratio;
    let total = 0;
    for (const [habit, ratio] of ratios.entries()) {
      const state = ((states[habit] ?? 0) * STAY + free * (SHARES[habit] ?? 0)) * ratio(at);
      states[habit] = state;
      total += state;
    }
    free = total * SWITCH + (arriving[at + 1] ?? 0);
  }
  return states.reduce((total, state) => total + state, arriving[length] ?? 0);
}

function listedWords(text: string, size: number): ListedWord[] {
  const lower = text.toLowerCase();
  const found: ListedWord[] = [];
  for (const word of WORDS) {
    for (let from = lower.indexOf(word); from !== -1; from = lower.indexOf(word, from + 1)) {
      const to = from + word.length;
      // Three ways to write it: small, Capital, LOUD.
      if (/^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(text.slice(from, to)))
        found.push({ from, to, ratio: (LISTED / WORDS.length / 3) * size ** word.length });
    }
  }
  return found;
}

/** Words: a letter follows from the one before and from its case; a hump or a separator begins a new word. */
function spelling(value: string, at: number): number {
  const code = value.charCodeAt(at);
  if (isDigit(code)) return 0.002;
  if (!isLetter(code)) return code === 0x5f || code === 0x2d ? 0.015 : 0;
  const before = at === 0 ? 0 : value.charCodeAt(at - 1);
  const letter = (code | 0x20) - 0x61;
  if (!isLetter(before)) return 0.95 * 0.45 * pairProbability(null, letter);
  const hump = isUpper(code) && !isUpper(before);
  if (hump) return 0.95 * 0.15 * pairProbability(null, letter);
  const caseProbability = isUpper(before) ? afterCapital(value, at) : 0.85;
  return 0.95 * caseProbability * pairProbability((before | 0x20) - 0x61, letter);
}

/** A capital letter in a text mostly begins a word; after two, the word is loud to its end. */
function afterCapital(value: string, at: number): number {
  const loud = isUpper(value.charCodeAt(at));
  if (at < 2) return 0.5;
  if (isUpper(value.charCodeAt(at - 2))) return loud ? 0.85 : 0.15;
  return loud ? 0.15 : 0.85;
}

/** Habit: the same character again, or the next or previous one in the alphabet. */
function sequence(value: string, at: number): number {
  if (at === 0) return 0;
  const step = value.charCodeAt(at) - value.charCodeAt(at - 1);
  if (step === 0 || step === 1) return 0.35;
  if (step === -1) return 0.12;
  return WRAPS.includes(value.slice(at - 1, at + 1)) ? 0.05 : 0;
}

/** Habit: a key beside or below the previous one on the keyboard. No key has more than three such neighbours. */
function keyboardRun(value: string, at: number): number {
  if (at === 0) return 0;
  const pair = value.slice(at - 1, at + 1);
  return KEYBOARD.includes(pair) || LOUD_KEYBOARD.includes(pair) ? 0.3 : 0;
}

/** The character is as far from the one `lag` before as that is from its own predecessor. */
function continues(value: string, at: number, lag: number): boolean {
  if (at < 2 * lag) return false;
  const [first, second, third] = [at - 2 * lag, at - lag, at].map((place) => value.charCodeAt(place));
  return third === 2 * (second ?? 0) - (first ?? 0);
}

/** Habit: characters that were used before are used again (adaptive frequencies). */
function fewCharacters(text: string, size: number): (at: number) => number {
  const counts = new Map<string, number>();
  return (at) => {
    const character = text[at] ?? '';
    const count = counts.get(character) ?? 0;
    counts.set(character, count + 1);
    return (count + 0.25) / (at + 0.25 * size);
  };
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
