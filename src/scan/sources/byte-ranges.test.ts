import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coverOf, disjoint } from './byte-ranges.ts';

const range = fc
  .tuple(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 12 }))
  .map(([from, length]) => [from, from + length] as const);
const byte = Array.from({ length: 80 }, (_, at) => at);

test('ranges are merged where they touch, and cover the same bytes as before', () => {
  fc.assert(
    fc.property(fc.array(range), (ranges) => {
      const has = (at: number): boolean => ranges.some(([from, to]) => from <= at && at < to);
      const merged = disjoint(ranges);
      for (const at of byte)
        assert.equal(
          merged.some(([from, to]) => from <= at && at < to),
          has(at),
        );
      for (const [index, [from]] of merged.entries())
        if (index > 0) assert.ok((merged[index - 1]?.[1] ?? 0) < from);
    }),
  );
});

test('a cover has a part of what overlaps any of its ranges, and of nothing else', () => {
  fc.assert(
    fc.property(fc.array(range), range, (ranges, [first, last]) => {
      const overlaps = ranges.some(([from, to]) => from < last && first < to);
      assert.equal(coverOf(ranges)(first, last), overlaps);
    }),
  );
});
