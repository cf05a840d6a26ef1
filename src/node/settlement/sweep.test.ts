import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JournalPoint } from '../../kernel/point.ts';
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

  it('of which a page cannot be read begins there again with the rows of the pages before', async () => {
    const rows = Array.from({ length: 250 }, (_, position) => ({ position, at: START }) as LedgerRecord);
    let isAway = true;
    const pending = async (_kind: unknown, limit: number, after: JournalPoint | null) => {
      if (after !== null && isAway) throw new Error('the store is away');
      const first = after === null ? 0 : after.position + 1;
      return rows.slice(first, first + limit);
    };
    const sweep = createSweep({ ledger: { pending }, kind: 'late', now: () => START });
    await assert.rejects(sweep.due(), /the store is away/);
    isAway = false;
    assert.equal((await sweep.due()).length, rows.length);
  });
});
