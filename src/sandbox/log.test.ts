import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog } from './log.ts';

const ITEMS = fc.array(fc.record({ step: fc.nat(3), isRemoved: fc.boolean() }), { maxLength: 60 });

test('what was made within a span is what a filter by time leaves, whatever was dropped and removed', () => {
  fc.assert(
    fc.property(
      ITEMS,
      fc.nat(60),
      fc.nat(60),
      fc.integer({ min: 1, max: 60 }),
      (items, since, until, most) => {
        const log = createLog<{ id: string; at: number }>(
          ({ id }) => id,
          () => most,
        );
        let at = 0;
        for (const [index, { step }] of items.entries()) log.add({ id: String(index), at: (at += step) });
        for (const [index, { isRemoved }] of items.entries()) if (isRemoved) log.remove(String(index));
        const expected = log.all().filter((item) => item.at >= since && item.at <= until);
        assert.deepEqual(
          log.within(since, until, (item) => item.at),
          expected,
        );
      },
    ),
  );
});
