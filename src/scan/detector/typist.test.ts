import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pairProbability } from './letter-pairs.ts';
import { typistOdds } from './typist.ts';

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';

const ALPHABETS = [
  [DIGITS, 4],
  [`${DIGITS}abcdef`, 4],
  [LOWER, 3],
  [DIGITS + LOWER, 3],
  [DIGITS + LOWER + LOWER.toUpperCase(), 2],
  [`${DIGITS}${LOWER}${LOWER.toUpperCase()}-_`, 2],
] as const;

function* textsOf(alphabet: string, length: number): Generator<string> {
  if (length === 0) yield '';
  else for (const text of textsOf(alphabet, length - 1)) for (const letter of alphabet) yield text + letter;
}

describe('odds of a typist', () => {
  for (const [alphabet, length] of ALPHABETS) {
    // This is what bounds the random values above n to one in n: a gambler against even chance cannot win on average.
    it(`are at most even on average over all texts of ${length} out of ${alphabet.length} characters`, () => {
      let [total, texts] = [0, 0];
      for (const text of textsOf(alphabet, length)) {
        total += typistOdds(text);
        texts++;
      }
      assert.equal(texts, alphabet.length ** length);
      assert.ok(total / texts <= 1, `${total / texts}`);
    });
  }

  it('letters after a letter add up to no more than one', () => {
    for (const before of [null, ...Array.from(LOWER).keys()]) {
      const sum = Array.from(LOWER).reduce((all, _, letter) => all + pairProbability(before, letter), 0);
      assert.ok(sum > 0.5 && sum <= 1, `${before}: ${sum}`);
    }
  });

  it('grow with each further word, and fall with each random character', () => {
    assert.ok(typistOdds('mysecretvalue') > typistOdds('mysecret'));
    assert.ok(typistOdds('mySecret1X7k2Qp') < typistOdds('mySecret1'));
    assert.ok(typistOdds('7c1e09b52fa84d630e9b71d4a8f25c36') < 1);
  });

  it('are a number for the longest texts too', () => {
    assert.ok(Number.isFinite(typistOdds('~'.repeat(5000))));
    assert.ok(Number.isFinite(typistOdds('example'.repeat(100))));
  });
});
