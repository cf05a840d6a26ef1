import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog } from './log.ts';

const items = fc.array(fc.record({ step: fc.nat(2), isRemoved: fc.boolean() }), {
  minLength: 20,
  maxLength: 60,
});
const cases = fc.record({
  items,
  since: fc.nat(40),
  until: fc.nat(60),
  most: fc.integer({ min: 1, max: 60 }),
});

test('`within` returns the items that a filter by time leaves, whatever was dropped and removed', () => {
  const property = fc.property(cases, ({ items: made, since, until, most }) => {
    const log = createLog<{ id: string; at: number }>(
      ({ id }) => id,
      () => most,
    );
    let at = 0;
    for (const [index, { step }] of made.entries()) log.add({ id: String(index), at: (at += step) });
    for (const [index, { isRemoved }] of made.entries()) if (isRemoved) log.remove(String(index));
    const expected = log.all().filter((item) => item.at >= since && item.at <= until);
    assert.deepEqual(
      log.within(since, until, (item) => item.at),
      expected,
    );
  });
  fc.assert(property, { numRuns: 1000 });
});
