import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LeakAnchor, LeakRule } from '../../vendors/leak-rule.ts';
import { type Anchor, collectAnchors } from '../detector/anchors.ts';
import { createAnchorSearch } from '../detector/anchor-search.ts';
import { buildGramIndex, type GramIndex } from '../detector/gram-index.ts';
import { FIXTURE_RULES } from '../detector/rules-fixture.ts';
import { LEAK_RULES } from '../rules/all.ts';
import { type AnchorKernel, type AnchorTable, FRESH, type Kernel } from './kernel.ts';
import { carryOut, encodeDelta, type Instruction } from './objects/pack-fixture.ts';
import { createRandom, randomEdit } from './objects/random-history-fixture.ts';
import { openKernel } from './wasm-kernel.ts';

const RUNS = 400;
const MEMORY = 1 << 20;
const BASE_AT = 1 << 18;
const RESULT_AT = 1 << 19;

/** Where an anchor stands, and its number. */
type Standing = readonly [start: number, number: number];

/** The search in the kernel, and the one of the detector that says what is right. */
interface Ways {
  readonly leakAnchors: readonly LeakAnchor[];
  readonly anchors: readonly Anchor[];
  readonly kernel: Kernel;
  readonly search: AnchorKernel;
  readonly expected: (content: Uint8Array) => Standing[];
}

function openWays(rules: readonly LeakRule[]): Ways {
  const anchors = collectAnchors(rules);
  const { find } = createAnchorSearch(anchors);
  const kernel = openKernel();
  kernel.grow(MEMORY);
  const search = kernel.openAnchors?.(indexOf(anchors)) ?? assert.fail('the kernel was not built');
  const expected = (content: Uint8Array): Standing[] => {
    const found: number[] = [];
    find({ bytes: content, length: content.length, from: 0, to: content.length }, found);
    return found.map((one) => [Math.floor(one / anchors.length), one % anchors.length]);
  };
  return { leakAnchors: rules.flatMap((rule) => rule.anchors), anchors, kernel, search, expected };
}

const indexOf = (anchors: readonly Anchor[]): GramIndex =>
  buildGramIndex(anchors) ?? assert.fail('an anchor does not fit');

function put({ kernel }: Ways, content: Uint8Array, at: number): Uint8Array {
  kernel.bytes().set(content, at);
  return kernel.bytes().subarray(at, at + content.length);
}

const rowsOf = (table: AnchorTable | null): number[][] => {
  const numbers = [...(table ?? assert.fail('too many anchors'))];
  return numbers.flatMap((_, at) => (at % 3 === 0 ? [numbers.slice(at, at + 3)] : []));
};
const standingIn = (table: AnchorTable | null): Standing[] =>
  rowsOf(table).map(([start = -1, number = -1]) => [start, number]);

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
    fc.nat(400).map((length) => '.'.repeat(length)),
  );
  return fc
    .array(fc.oneof(planted, noise), { maxLength: 12 })
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));
}

/** The object that an edit makes of a base, made and searched in the kernel. */
function searchEdited(
  ways: Ways,
  base: Buffer,
  instructions: readonly Instruction[],
): { result: Buffer; table: AnchorTable | null } {
  const { kernel, search } = ways;
  const result = carryOut(base, instructions);
  const head = encodeDelta(base.length, result.length, []).length;
  const delta = put(ways, encodeDelta(base.length, result.length, instructions), 0);
  const anchors = search.whole(put(ways, base, BASE_AT)) ?? assert.fail('too many anchors');
  const place = { base: BASE_AT, baseSize: base.length, at: RESULT_AT, size: result.length };
  kernel.applyDelta({ delta: head, deltaEnd: delta.length, ...place });
  const bytes = kernel.bytes().subarray(RESULT_AT, RESULT_AT + result.length);
  return { result, table: search.changed(bytes, { size: base.length, anchors }) };
}

/** All that is seen around a place, and on which sides the document goes on. */
function seenAround(content: Buffer, start: number, { length, rules }: Anchor): unknown {
  const span = Math.max(...rules.map((rule) => rule.span));
  const from = start - span;
  const to = start + length + span;
  return [content.subarray(Math.max(0, from), to).toString('hex'), from > 0, to < content.length];
}

describe('the search for anchors in the kernel', () => {
  test('has tables for the anchors of all rules', () => {
    const index = indexOf(all.anchors);
    assert.ok(index.entries.length / 4 < 2048 && index.overscan <= 16);
  });

  for (const [name, ways] of [
    ['all rules', fc.constant(all)],
    ['random anchors', few],
  ] as const)
    test(`finds in whole objects what the detector finds, wherever they stand (${name})`, () => {
      const cases = ways.chain((opened) =>
        fc.tuple(fc.constant(opened), contentWith(opened.leakAnchors), fc.nat(40)),
      );
      const property = fc.property(cases, ([opened, content, place]) => {
        const table = opened.search.whole(put(opened, content, place));
        assert.deepEqual(standingIn(table), opened.expected(content));
      });
      fc.assert(property, { numRuns: RUNS });
    });

  const edited = (
    [
      ['all rules', fc.constant(all)],
      ['random anchors', few],
    ] as const
  ).map(
    ([name, ways]) =>
      [
        name,
        ways.chain((opened) => fc.tuple(fc.constant(opened), contentWith(opened.leakAnchors), fc.integer())),
      ] as const,
  );
  for (const [name, cases] of edited) {
    test(`finds in changed objects what a search of the whole finds (${name})`, () => {
      const property = fc.property(cases, ([ways, base, seed]) => {
        const { result, table } = searchEdited(ways, base, randomEdit(createRandom(seed), base));
        assert.deepEqual(standingIn(table), ways.expected(result));
      });
      fc.assert(property, { numRuns: RUNS });
    });

    test(`takes over only such anchors as are seen the same in the base (${name})`, () => {
      let carried = 0;
      const property = fc.property(cases, ([ways, base, seed]) => {
        const { result, table } = searchEdited(ways, base, randomEdit(createRandom(seed), base));
        for (const [start = -1, number = -1, inBase = FRESH] of rowsOf(table)) {
          if (inBase === FRESH) continue;
          carried++;
          const seen = ways.anchors[number] ?? assert.fail('no such anchor');
          assert.deepEqual(seenAround(result, start, seen), seenAround(base, inBase, seen));
        }
      });
      fc.assert(property, { numRuns: RUNS });
      assert.ok(carried > RUNS / 10, `only ${carried} were taken over`);
    });
  }

  test('judges all anchors at a place again when one of them is', () => {
    const rules = [
      { ...ruleOf(['abcdef']), span: 5 },
      { ...ruleOf(['abcd']), span: 50 },
    ];
    const base = Buffer.from(`${'.'.repeat(20)}abcdef${'.'.repeat(100)}`);
    const changed = [{ text: '!' }, { from: 1, length: base.length - 1 }];
    const shortened = [{ from: 0, length: base.length - 1 }];
    for (const ways of [openWays(rules), openWays(rules.toReversed())]) {
      const inBase = (edit: readonly Instruction[]): (number | undefined)[] =>
        rowsOf(searchEdited(ways, base, edit).table).map((row) => row[2]);
      assert.deepEqual(inBase(changed), [FRESH, FRESH]);
      assert.deepEqual(inBase(shortened), [20, 20]);
    }
  });

  test('finds an anchor wherever in it runs begin and end', () => {
    for (const text of ['line_', 'twilio', 'sk0123456789abcdef0123456789abcdef']) {
      const content = Buffer.from(`${'.'.repeat(40)}${text}${'.'.repeat(40)}`);
      for (let from = 40; from <= 40 + text.length; from++)
        for (let to = from; to <= 40 + text.length; to++) {
          const base = Buffer.concat([content.subarray(0, from), Buffer.from('~~'), content.subarray(to)]);
          const { table } = searchEdited(all, base, [
            { from: 0, length: from },
            { text: content.toString('latin1', from, to) },
            { from: from + 2, length: content.length - to },
          ]);
          assert.deepEqual(standingIn(table), all.expected(content), `${text}: ${from} to ${to}`);
        }
    }
  });

  test('carries anchors over from every part of a large base', () => {
    const base = Buffer.alloc(1 << 17, '.');
    base.write('twilio', 40);
    const copies = [
      { from: 30, length: 34 },
      { from: 20, length: 60 },
      { from: 0, length: base.length },
    ];
    for (const copy of copies) {
      const edit = [{ text: '='.repeat(64) }, copy, { text: '=' }];
      assert.equal(searchEdited(all, base, edit).table?.length, 3);
    }
  });

  test('reads to the end of the memory, and not over the end of an object', () => {
    const { length } = all.kernel.bytes();
    for (const text of ['twilio', 'sk0123456789abcdef0123456789abcdef', '=rfv']) {
      const content = Buffer.from(`x${text}`);
      const bytes = put(all, content, length - content.length);
      assert.equal(all.search.whole(bytes)?.length, 3);
      assert.equal(all.search.whole(bytes.subarray(0, -1 - Math.max(0, text.length - 18)))?.length, 0);
    }
  });

  test('leaves objects that have more anchors than there is room for', () => {
    const content = Buffer.from('twilio '.repeat(20_000));
    const copy = { from: 0, length: content.length };
    const { result, table } = searchEdited(all, content, [copy, { text: ' ' }, copy]);
    assert.equal(table, null);
    assert.equal(all.search.whole(put(all, result, 0)), null);
    assert.equal(searchEdited(all, content, [copy, copy]).table, null);
    assert.equal(searchEdited(all, content, [copy]).table?.length, 3 * 20_000);
  });

  test('leaves bytes that are not in the memory', () => {
    assert.equal(all.search.whole(Buffer.from('a twilio')), null);
  });

  test('has no tables for anchors of which one has too few bytes to be found', () => {
    for (const short of [{ prefix: 'x', hex: 8 }, 'sk_'])
      assert.equal(buildGramIndex(collectAnchors([ruleOf([short])])), null);
    assert.notEqual(buildGramIndex(collectAnchors([ruleOf(['sk_a'])])), null);
  });
});
