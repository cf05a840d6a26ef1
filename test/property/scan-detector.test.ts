import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Detection } from '../../src/scan/detection.ts';
import { createDetector } from '../../src/scan/detector/detector.ts';
import { demandOf, holdsRun } from '../../src/scan/detector/runs.ts';
import { anyForm, valueShapesOf } from '../../src/scan/detector/value-form.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';

const detector = createDetector(LEAK_RULES);
const { reach } = detector;
const SAMPLES = LEAK_RULES.flatMap(({ examples, nearMisses }) => [...examples, ...nearMisses]);

/** A sample, or a piece of one. */
const sample = fc
  .tuple(fc.constantFrom(...SAMPLES), fc.nat({ max: 20 }), fc.nat({ max: 20 }), fc.boolean())
  .map(([text, before, after, cut]) => (cut ? text.slice(before, text.length - after) : text));
const filler = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.nat({ max: 2 * reach }).map((length) => ' '.repeat(length)),
  fc.constantFrom('\n', '"', 'AC', 'SK', 'key', 'x', '='),
);
const piece = fc.oneof({ weight: 2, arbitrary: sample }, filler);
const document = fc
  .array(piece, { minLength: 1, maxLength: 12 })
  .map((pieces) => Buffer.from(pieces.join('')));

const describeDetection = ({ rule, ...rest }: Detection): string =>
  JSON.stringify({ rule: rule.id, ...rest });

function detect(bytes: Buffer, from = 0, to = bytes.length): Detection[] {
  const found: Detection[] = [];
  detector.detect({ bytes, length: bytes.length, from, to }, (one) => found.push(one));
  return found;
}

describe('detection in windows', () => {
  it('the parts of any partition find together what the whole finds', () => {
    fc.assert(
      fc.property(document, fc.array(fc.nat(), { maxLength: 8 }), (bytes, cuts) => {
        const places = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((one, other) => one - other);
        const bounds = [0, ...places, bytes.length];
        const parts = bounds.slice(1).flatMap((to, part) => detect(bytes, bounds[part], to));
        assert.deepEqual(parts.map(describeDetection), detect(bytes).map(describeDetection));
      }),
      { numRuns: 300 },
    );
  });

  it('an edit changes nothing for anchors that do not reach it', () => {
    fc.assert(
      fc.property(document, document, document, (before, after, edit) => {
        const [plain, edited] = [Buffer.concat([before, after]), Buffer.concat([before, edit, after])];
        const place = before.length;
        assert.deepEqual(beyondReach(edited, place, edit.length), beyondReach(plain, place, 0));
      }),
      { numRuns: 300 },
    );
  });

  it('nothing outside of what was seen had a part', () => {
    fc.assert(
      fc.property(document, fc.integer({ min: 0, max: 255 }), (bytes, filling) => {
        for (const one of detect(bytes)) {
          const blanked = Buffer.alloc(bytes.length, filling);
          bytes.copy(blanked, one.seenFrom, one.seenFrom, one.seenTo);
          const again = detect(blanked, one.anchor, one.anchor + 1).map(describeDetection);
          assert.ok(again.includes(describeDetection(one)), describeDetection(one));
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** What is found by anchors that do not reach the `width` bytes at `place`, with offsets as if these were not there. */
function beyondReach(bytes: Buffer, place: number, width: number): string[] {
  return detect(bytes)
    .filter(({ anchor }) => anchor + reach < place || anchor - reach > place + width)
    .map((one) => {
      const shift = one.anchor >= place ? width : 0;
      return describeDetection({
        ...one,
        start: one.start - shift,
        end: one.end - shift,
        anchor: one.anchor - shift,
        seenFrom: one.seenFrom - shift,
        seenTo: one.seenTo - shift,
      });
    });
}

describe('what is tried before a pattern', () => {
  const shapesByRule = LEAK_RULES.map((rule) => ({ rule, shapes: valueShapesOf(rule.pattern) }));

  it('holds wherever the pattern matches', () => {
    fc.assert(
      fc.property(document, (bytes) => {
        const text = bytes.toString('latin1');
        const whole = { from: 0, to: bytes.length };
        for (const { rule, shapes } of shapesByRule) {
          rule.pattern.lastIndex = 0;
          if (!rule.pattern.test(text)) continue;
          const held = shapes.filter(({ pattern }) => pattern.test(text));
          assert.ok(held.length > 0, `value: ${rule.id}`);
          const demands = held.map(({ form }) => demandOf(form));
          assert.ok(
            demands.some((demand) => demand === null || holdsRun(bytes, whole, demand)),
            `run: ${rule.id}`,
          );
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is asked of several rules at once no more strictly than of each', () => {
    const forms = shapesByRule.flatMap(({ shapes }) => shapes.map(({ form }) => form));
    const some = fc.array(fc.constantFrom(...forms), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(document, some, (bytes, together) => {
        const demand = demandOf(anyForm(together));
        const meets = (one: typeof demand): boolean =>
          one === null || holdsRun(bytes, { from: 0, to: bytes.length }, one);
        if (together.some((form) => meets(demandOf(form)))) assert.ok(meets(demand));
      }),
      { numRuns: 2000 },
    );
  });
});
