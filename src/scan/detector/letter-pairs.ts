/**
 * How often a letter follows another one in words that programmers write: row for the letter before (the last row: none),
 * column for the letter. The letter with the number k (a: 0) stands for a probability of e^(−k/4), rounded down. Counted
 * over the words in identifiers and comments of TypeScript sources and manuals.
 */
const LETTER_PAIRS: readonly string[] = [
  'xoknytnznzujnjzozkmhqtwvqz',
  'irrqiszrkrzisxkwznmwkzzzrz',
  'jwpvixzknzmnxzhyzmrjozzztz',
  'kssnfsrzhzxovtmuzplwoxzzsz',
  'nuljrqrzvzznojwqsiimwrvovz',
  'jsqrjmzzgzzmzzizwltqmzzzpz',
  'mxvzfupnizzorloxzkmtlzzzwz',
  'hyzzfzzzjzzwtwhzzowlpzzztz',
  'pslnnpozzzymogipzplkzpzwzr',
  'lyuwgwutnywwywipwygzlznzuz',
  'ptttequvizzrznrwxsixqtuzuz',
  'jqwphvzzizxjyvjuzzoontzzlz',
  'invvgyzzjyzqnwljzzmvozzzzz',
  'mxlkkpizozsuwqowzyjhprzzrz',
  'rrnoysszrzrnlfpnzioolppwxz',
  'izyrizxpmzzkzyjmzipkpzzzxz',
  'zzzotzuzuzzoyzzzzzszbyuzxz',
  'jypoftrzjzstqqkvzommqryzpz',
  'nznxhvzojztutxmmzxjgmzvzsz',
  'kzqzgxzlgzztxzmszkmopztzoz',
  'onoplvrzozzllixlzjjjyzzzzz',
  'hzzzdzyzhzzzzzlzzzxzzzzzzz',
  'izzwizujgzxpzmjzzmnvzzozzz',
  'lzmzjzzukzyyozugzzugzzzkpz',
  'oqrvluwzmzzmlkkhzujptzrnns',
  'ixxwewvvjzzwuzhxzzszqzuwqw',
  'lokmmnrqmvvonpolwlkmorpzxy',
];

const SMALL_A = 97;
const LETTERS = 26;
/** Row for the first letter of a word, which has none before it. */
const NONE = LETTERS;

const PROBABILITIES = Float64Array.from(LETTER_PAIRS.join(''), (letter) =>
  Math.exp(-(letter.charCodeAt(0) - SMALL_A) / 4),
);

/** Probability of `letter` after `before` (both 0 to 25), or at the start of a word (`before` null). */
export function pairProbability(before: number | null, letter: number): number {
  return PROBABILITIES[(before ?? NONE) * LETTERS + letter] ?? 0;
}
