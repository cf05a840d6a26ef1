import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Journal } from '../../journal/journal.ts';
import type { JournalRecord } from '../../journal/records.ts';
import { stoppingOnLostOutcome } from './lost-outcome.ts';

const outcome = {
  type: 'outcome',
  at: 1,
  of: 1,
  status: 200,
  costs: [],
  state: 'committed',
  amount: 0,
  settled: true,
  reserves: [],
  resourceIds: [],
} as unknown as JournalRecord;
const incident: JournalRecord = { type: 'incident', at: 1, what: 'test', detail: {} };

function setUp(append: Journal['append']) {
  let stops = 0;
  const journal = stoppingOnLostOutcome({ append, node: 'w0' }, () => stops++);
  return { journal, stops: () => stops };
}

test('the process ends when an outcome cannot be appended, and the fault is not swallowed', () => {
  for (const record of [outcome, JSON.stringify(outcome)]) {
    const { journal, stops } = setUp(() => {
      throw new Error('disk');
    });
    assert.throws(() => journal.append(record), /disk/);
    assert.equal(stops(), 1);
  }
});

test('another record that cannot be appended fails for its request alone', () => {
  for (const record of [incident, JSON.stringify({ ...incident, what: '"type":"outcome"' })]) {
    const { journal, stops } = setUp(() => {
      throw new Error('full');
    });
    assert.throws(() => journal.append(record), /full/);
    assert.equal(stops(), 0);
  }
});

test('what is appended goes to the journal as it is', () => {
  const seen: unknown[] = [];
  const { journal, stops } = setUp((...given) => seen.push(given));
  const onWritten = () => {};
  assert.equal(journal.append(outcome, onWritten), 1);
  assert.deepEqual(seen, [[outcome, onWritten]]);
  assert.equal(journal.node, 'w0');
  assert.equal(stops(), 0);
});
