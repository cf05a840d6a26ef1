import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../journal/fault.ts';
import { micros } from '../../kernel/money.ts';
import type { LeaseRecord } from '../../store/records.ts';
import { createLosses } from './losses.ts';

function setUp() {
  const records: unknown[] = [];
  const said: string[] = [];
  const losses = createLosses({
    journal: {
      append: (record) => records.push(record),
      flush: () => Promise.resolve(),
    },
    clock: { wall: () => 1 },
    say: (line) => said.push(line),
  });
  return { losses, records, said };
}

const found = fault('damaged', { node: 'w0', epoch: 3, position: 17 }, 'its bytes do not fit');
const lease = { budget: 'daily', period: 0, remaining: micros(2_500_000) } as LeaseRecord;

test('a loss is in the journal before it is told, with the money that counts as spent', async () => {
  const { losses, records, said } = setUp();
  await losses.note({ fault: found, leases: [lease] });
  const [record] = records as { readonly what: string; readonly detail: Record<string, unknown> }[];
  assert.equal(record?.what, 'journal-given-up');
  assert.deepEqual(record?.detail['presumed'], [['daily', 0, 2_500_000]]);
  assert.match(said[0] ?? '', /w0.*Record w0-3-17/);
  assert.match(said[1] ?? '', /2\.5.* of budget daily count as spent/);
});

test('the status speaks of a loss until its epoch is retired', async () => {
  const { losses } = setUp();
  assert.equal(losses.of('w0'), null);
  await losses.note({ fault: found, leases: [] });
  losses.retired('w0', 2);
  losses.retired('w1', 9);
  assert.equal(losses.of('w0'), found);
  losses.retired('w0', 3);
  assert.equal(losses.of('w0'), null);
});
