import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LeakAnchor, LeakRule } from '../../vendors/vendor.ts';
import type { DetectorSteps } from '../detection.ts';
import { createDetector } from '../detector/detector.ts';
import { FIXTURE_RULES } from '../detector/rules-fixture.ts';
import { LEAK_RULES } from '../rules/all.ts';
import { type AnchorFinder, createAnchorFinder } from './anchor-finder.ts';
import { createKernel, type Kernel } from './kernel.ts';
import { carryOut, encodeDelta } from './pack-fixture.ts';
import { createRandom, randomEdit } from './random-history-fixture.ts';
import { openKernel } from './wasm-kernel.ts';

const RUNS = 400;
const MEMORY = 1 << 20;

interface Way {
  readonly kernel: Kernel;
  readonly finder: AnchorFinder;
}

/** The search in the kernel, and the one of the detector that says what is right. */
interface Ways {
  readonly anchors: readonly LeakAnchor[];
  readonly fast: Way;
  readonly plain: Way;
}

function openWays(rules: readonly LeakRule[]): Ways {
  const steps = createDetector(rules).steps ?? assert.fail('the detector has no steps');
  return {
    anchors: rules.flatMap(({ anchors }) => anchors),
    fast: openWay(openKernel(), steps),
    plain: openWay(createKernel(), steps),
  };
}

function openWay(kernel: Kernel, steps: DetectorSteps): Way {
  kernel.grow(MEMORY);
  return { kernel, finder: createAnchorFinder(steps, kernel) };
}

function put({ kernel }: Way, content: Uint8Array, at: number): Uint8Array {
  kernel.bytes().set(content, at);
  return kernel.bytes().subarray(at, at + content.length);
}

const all = openWays(LEAK_RULES);

const anchor: fc.Arbitrary<LeakAnchor> = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'k', '_', ' ', '-', '7'), minLength: 4, maxLength: 24 }),
  fc.record({
    prefix: fc.constantFrom('a', 'sk', 'ab_', 'key-', 'k'),
    hex: fc.integer({ min: 17, max: 40 }),
  }),
);
const few = fc.array(anchor, { minLength: 1, maxLength: 8 }).map((anchors) => openWays([ruleOf(anchors)]));

function ruleOf(anchors: readonly LeakAnchor[]): LeakRule {
  return { ...(FIXTURE_RULES[0] ?? assert.fail('no rule')), anchors };
}

/** Bytes like those of anchors, with whole and cut anchors in them. */
function contentWith(anchors: readonly LeakAnchor[]): fc.Arbitrary<Buffer> {
  const planted = fc
    .tuple(fc.constantFrom(...anchors), fc.boolean(), fc.nat(60), fc.boolean())
    .map(([one, upper, length, cut]) => {
      const text = typeof one === 'string' ? one : `${one.prefix}${'0a9F'.repeat(12).slice(0, one.hex)}`;
      const part = cut ? text.slice(0, length) : text;
      return upper ? part.toUpperCase() : part;
    });
  const noise = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'abk_ -7.0f'), maxLength: 40 }),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  return fc
    .array(fc.oneof(planted, noise), { maxLength: 12 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));
}

describe('the search for anchors in the kernel', () => {
  test('has tables for the anchors of all rules', () => {
    const index = createDetector(LEAK_RULES).steps?.index?.() ?? assert.fail('an anchor does not fit');
    assert.ok(index.entries.length / 4 < 2048 && index.overscan <= 16);
  });

  for (const [name, ways] of [
    ['all rules', fc.constant(all)],
    ['random anchors', few],
  ] as const)
    test(`finds in whole objects what the detector finds, wherever they stand (${name})`, () => {
      const cases = ways.chain((opened) =>
        fc.tuple(fc.constant(opened), contentWith(opened.anchors), fc.nat(40)),
      );
      const property = fc.property(cases, ([{ fast, plain }, content, place]) => {
        const expected = plain.finder.whole(put(plain, content, 0));
        assert.deepEqual(fast.finder.whole(put(fast, content, place)), expected);
      });
      fc.assert(property, { numRuns: RUNS });
    });

  test('finds in changed objects what a search of the whole finds', () => {
    const cases = fc.tuple(contentWith(all.anchors), fc.integer());
    const property = fc.property(cases, ([base, seed]) => {
      const instructions = randomEdit(createRandom(seed), base);
      const result = carryOut(base, instructions);
      const head = encodeDelta(base.length, result.length, []).length;
      const delta = encodeDelta(base.length, result.length, instructions);
      const expected = all.plain.finder.whole(put(all.plain, result, 0));
      for (const way of [all.fast, all.plain]) {
        put(way, delta, 0);
        const anchors = way.finder.whole(put(way, base, 1 << 14));
        const place = { base: 1 << 14, baseSize: base.length, at: 1 << 16, size: result.length };
        const runs = way.kernel.applyDelta({ delta: head, deltaEnd: delta.length, ...place });
        const bytes = way.kernel.bytes().subarray(place.at, place.at + place.size);
        assert.deepEqual(way.finder.changed(bytes, { size: base.length, anchors }, runs), expected);
      }
    });
    fc.assert(property, { numRuns: RUNS });
  });

  test('reads to the end of the memory, and not over the end of an object', () => {
    const { fast } = all;
    const length = fast.kernel.bytes().length;
    for (const text of ['twilio', 'sk0123456789abcdef0123456789abcdef', '=rfv']) {
      const content = Buffer.from(`x${text}`);
      const bytes = put(fast, content, length - content.length);
      assert.equal(fast.finder.whole(bytes).length, 1);
      assert.deepEqual(fast.finder.whole(bytes.subarray(0, -1 - Math.max(0, text.length - 18))), []);
    }
  });

  test('leaves objects to the detector that have more anchors than there is room for', () => {
    const content = Buffer.from('twilio auth_token '.repeat(20_000));
    const found = all.fast.finder.whole(put(all.fast, content, 0));
    assert.equal(found.length, 40_000);
    assert.deepEqual(found, all.plain.finder.whole(put(all.plain, content, 0)));
  });

  test('leaves anchors to the detector of which one has too few bytes to be found', () => {
    const { fast, plain } = openWays([ruleOf([{ prefix: 'x', hex: 8 }])]);
    const content = Buffer.from('x0123456789 X01234567 x0123456');
    assert.equal(fast.finder.whole(put(fast, content, 0)).length, 2);
    assert.deepEqual(fast.finder.whole(content), plain.finder.whole(put(plain, content, 0)));
  });

  test('leaves bytes to the detector that are not in the memory', () => {
    assert.equal(all.fast.finder.whole(Buffer.from('a twilio')).length, 1);
  });
});
