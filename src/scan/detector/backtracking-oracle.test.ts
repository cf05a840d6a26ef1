import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attacksOn } from './attack-fixture.ts';
import { createStepCounter, TooManySteps } from './backtracking-oracle.ts';
import { seeded } from './random-values-fixture.ts';

const LIMIT = 5000;

/** The most steps for each byte that attacks of that length make; more than the limit is infinite. */
function worst(pattern: RegExp, length: number): number {
  const count = createStepCounter(pattern, LIMIT * length);
  return Math.max(
    ...attacksOn(pattern, length, 40, seeded(1)).map((attack) => {
      try {
        return count(attack) / length;
      } catch (error) {
        assert.ok(error instanceof TooManySteps);
        return Infinity;
      }
    }),
  );
}

describe('steps of a backtracking matcher', () => {
  it('are counted from every place of the text', () => {
    // From the four places: a and not b, a and b, no a, the end.
    assert.equal(createStepCounter(/ab/, LIMIT)('aab'), 2 + 2 + 1 + 1);
    // Nothing before and no a, an x before, no x before and no a, the same at the end.
    assert.equal(createStepCounter(/(?<!x)a(?=b)/, LIMIT)('xab'), 2 + 1 + 2 + 2);
  });

  it('explode where repetitions are nested, and the attacks find it', () => {
    assert.equal(worst(/token=(?:[a-z0-9]+-?)+(?<secret>\d)!/, 200), Infinity);
    assert.equal(worst(/(?:key|[a-z]{3}|\w){1,40}:(?<secret>[0-9]{8})/, 200), Infinity);
  });

  it('grow with the length of the text where a repetition has no end', () => {
    const pattern = /key[^]*=(?<secret>[0-9]{8})/;
    assert.ok(worst(pattern, 400) > 1.5 * worst(pattern, 200));
  });

  it('do not where each has one', () => {
    const pattern = /key\w{0,12}[ \t]{0,4}=[ \t]{0,4}(?<secret>[0-9a-f]{32})(?![0-9a-f])/;
    assert.ok(worst(pattern, 800) < 200);
    assert.ok(worst(pattern, 800) < 1.1 * worst(pattern, 200));
  });
});
