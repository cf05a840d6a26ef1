import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detection } from '../../src/scan/detection.ts';
import { attacksOn } from '../../src/scan/detector/attack-fixture.ts';
import { createStepCounter } from '../../src/scan/detector/backtracking-oracle.ts';
import { createDetector } from '../../src/scan/detector/detector.ts';
import { seeded } from '../../src/scan/detector/random-values-fixture.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';
import type { LeakRule } from '../../src/vendors/leak-rule.ts';

/** Steps of a backtracking matcher for each byte of the worst text that we can think of. An engine makes 500 a microsecond. */
const MOST_STEPS_PER_BYTE = 5000;
/** The longest slice: no pattern ever sees more. */
const ATTACK_LENGTH = 2 * 256 + 64;
const ATTACKS = 5;
/** No anchor, no value, and more of it than any slice takes in. */
const SURROUNDINGS = `${'lorem ipsum dolor sit amet, '.repeat(20)}\n`;

const detector = createDetector(LEAK_RULES);

function valuesOf(rule: LeakRule, text: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const found: Detection[] = [];
  detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, (one) => found.push(one));
  return found.filter((one) => one.rule === rule).map(({ start, end }) => text.slice(start, end));
}

function expectedValue({ pattern }: LeakRule, example: string): string | undefined {
  pattern.lastIndex = 0;
  return pattern.exec(example)?.groups?.['secret'];
}

const embedded = (text: string): string[] => [
  text,
  `${SURROUNDINGS}${text}\n`,
  `${SURROUNDINGS}${text}\n${SURROUNDINGS}`,
];

describe('leak rules', () => {
  it('have ids of their own', () => {
    const ids = LEAK_RULES.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, place) => ids.indexOf(id) !== place),
      [],
    );
  });

  for (const rule of LEAK_RULES) {
    it(`${rule.id} is well formed`, () => {
      assert.match(rule.id, /^[a-z0-9]+(?:-[a-z0-9]+)*$/);
      assert.match(rule.pattern.flags, /^dgi?$/);
      assert.ok(rule.pattern.source.includes('(?<secret>'));
      assert.ok(rule.span >= 16 && rule.span <= 256);
      for (const anchor of rule.anchors) {
        const [literal, hex] = typeof anchor === 'string' ? [anchor, 0] : [anchor.prefix, anchor.hex];
        assert.match(literal, /^[\t\n -~]+$/);
        assert.ok(literal.length >= 4 || hex >= 8, literal);
      }
      assert.ok(rule.anchors.length > 0 && rule.examples.length > 0 && rule.nearMisses.length > 0);
      assert.ok(rule.remedy.length > 10 && rule.title.length > 0 && rule.vendor.length > 0);
    });

    it(`${rule.id} finds the values of its examples, wherever they stand`, () => {
      for (const example of rule.examples) {
        const expected = expectedValue(rule, example);
        for (const text of embedded(example)) {
          const found = valuesOf(rule, text);
          assert.ok(expected !== undefined && found.includes(expected), `${example}: ${found.join(' ')}`);
        }
      }
    });

    it(`${rule.id} leaves its near misses alone`, () => {
      for (const nearMiss of rule.nearMisses)
        for (const text of embedded(nearMiss)) assert.deepEqual(valuesOf(rule, text), [], nearMiss);
    });

    it(`${rule.id} works within bounds, whatever the text`, () => {
      const count = createStepCounter(rule.pattern, MOST_STEPS_PER_BYTE * ATTACK_LENGTH);
      const derived = attacksOn(rule.pattern, ATTACK_LENGTH, ATTACKS, seeded(rule.id.length));
      const own = [rule.examples[0], rule.nearMisses.at(-1)].map((text = '') =>
        text.repeat(ATTACK_LENGTH).slice(0, ATTACK_LENGTH),
      );
      for (const attack of [...derived, ...own])
        assert.doesNotThrow(() => count(attack), JSON.stringify(attack));
    });
  }
});
