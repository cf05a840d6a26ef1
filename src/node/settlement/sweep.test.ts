import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LedgerRecord } from '../../store/records.ts';
import { createSweep } from './sweep.ts';

const START = 1_764_000_000_000;
const DAY = 24 * 3_600_000;

function world() {
  let now = START;
  const row = { node: 'w0', epoch: 1, position: 0, at: START, account: 'account_a' } as LedgerRecord;
  const sweep = createSweep({ ledger: { pending: async () => [row] }, kind: 'late', now: () => now });
  return {
    sweep,
    at(time: number) {
      now = time;
      return sweep.due();
    },
  };
}

describe('a sweep', () => {
  it('gives a row its turns by the age that it has', async () => {
    const { at } = world();
    const counts = [];
    for (const age of [0, 500, 1000, 1500, 2000, 3999, 4000]) counts.push((await at(START + age)).length);
    assert.deepEqual(counts, [1, 0, 1, 0, 1, 0, 1]);
  });

  it('goes on after a clock that was far ahead has gone back', async () => {
    const { at } = world();
    await at(START + 3000 * DAY);
    await at(START + 5000);
    assert.equal((await at(START + 20_000)).length, 1);
  });

  it('gives a turn that was missed again', async () => {
    const { at, sweep } = world();
    assert.equal((await at(START)).length, 1);
    sweep.missed('account_a');
    assert.equal((await at(START + 100)).length, 1);
    assert.equal((await at(START + 200)).length, 0);
  });
});
