import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isDue, isWorthPaying, nextTurn, nextWorthPaying } from './schedule.ts';

const START = 1_764_000_000_000;
const HOUR = 3_600_000;

/** Ages in ms at which a row is asked for when it is looked at every second. */
function askedAt(until: number, every = 1000): number[] {
  const asked: number[] = [];
  for (let age = 0, since = 0; age <= until; age += every) {
    if (isDue(START, since, START + age)) asked.push(age);
    since = START + age;
  }
  return asked;
}

describe('the schedule of look-ups', () => {
  it('asks at once, then in doubling distances, and every hour in the end', () => {
    const seconds = askedAt(5 * HOUR).map((age) => age / 1000);
    assert.deepEqual(
      seconds,
      [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 7200, 10800, 14400, 18000],
    );
  });

  it('tells the next turn beforehand', () => {
    const age = fc.integer({ min: 0, max: 5 * HOUR });
    fc.assert(
      fc.property(age, age, (now, proven) => {
        const next = nextTurn(START, START + now, proven);
        assert.ok(next > START + now);
        assert.ok(isDue(START, START + now, next, proven));
        assert.ok(!isDue(START, START + now, next - 1, proven));
      }),
    );
  });

  it('tells the next turn that may cost something beforehand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 900 * HOUR }), (now) => {
        const age = nextWorthPaying(START, START + now) - START;
        assert.ok(age > now && isWorthPaying(age));
        for (let hour = Math.floor(now / HOUR) + 1; hour * HOUR < age; hour++)
          assert.ok(!isWorthPaying(hour * HOUR));
      }),
    );
  });

  it('leaves out no turn and gives none twice, however rarely it is looked at', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: HOUR }), (every) => {
        const asked = askedAt(4 * HOUR, every);
        assert.equal(asked[0], 0);
        for (const [index, age] of asked.entries()) {
          const next = asked[index + 1] ?? Number.POSITIVE_INFINITY;
          if (next !== Number.POSITIVE_INFINITY) assert.ok(next - age <= Math.max(age, 1000) + HOUR + every);
        }
      }),
    );
  });

  it('does not ask for a row of the future, nor twice within one moment', () => {
    assert.equal(isDue(START, 0, START - 1), false);
    assert.equal(isDue(START, START + 5000, START + 5000), false);
  });

  it('lets paid questions through eight times a week', () => {
    const hours = Array.from({ length: 168 }, (_, hour) => hour).filter((hour) =>
      isWorthPaying(hour * HOUR + 5000),
    );
    assert.deepEqual(hours, [1, 2, 4, 8, 16, 32, 64, 128]);
    assert.equal(isWorthPaying(0), false);
  });
});
