import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Booking } from '../../src/node/settlement/booking.ts';
import type { Desk } from '../../src/node/settlement/desk.ts';
import { isDue } from '../../src/node/settlement/schedule.ts';
import { resolveUnknown } from '../../src/node/settlement/unknown.ts';
import type { LedgerFilter } from '../../src/store/ports.ts';
import type { LedgerRecord } from '../../src/store/records.ts';
import type { VendorRecord } from '../../src/vendors/lookup-adapter.ts';

const LAG = 300_000;

/** A request whose answer was lost; whether it arrived, how long that took, and which sender the vendor's record shows. */
const request = fc.record({
  at: fc.integer({ min: 0, max: 90 }).map((second) => second * 1000),
  to: fc.constantFrom('+1', '+2'),
  from: fc.constantFrom('a', 'b'),
  arrives: fc.boolean(),
  takes: fc.integer({ min: 0, max: 14 }).map((second) => second * 1000),
  isRenamed: fc.boolean(),
});
type Lost = typeof request extends fc.Arbitrary<infer T> ? T : never;

interface Row extends LedgerRecord {
  outcome: 'unknown' | 'released' | 'committed';
}

/** The books of requests that were lost at a vendor whose clock is `ahead` of ours, and which lists in `order`. */
function openBooks(all: readonly Lost[], ahead: number, order: 1 | -1) {
  const row = (one: Lost, position: number) => ({
    node: 'w0',
    epoch: 1,
    position,
    at: one.at,
    account: 'a',
    action: 'message.send',
    operation: 'send',
    fingerprints: [one.to, one.from, ''],
    outcome: 'unknown',
  });
  const rows = all.map(row) as unknown as readonly Row[];
  const records = all.flatMap((one, index): readonly VendorRecord[] => {
    const { to, from, arrives, at, takes, isRenamed } = one;
    const record = {
      id: `R${index}`,
      to,
      text: null,
      cost: null,
      final: false,
      createdAt: at + takes + ahead,
    };
    return arrives ? [{ ...record, from: isRenamed ? 'c' : from }] : [];
  });
  const held = new Set<string>();
  let now = 0;
  const as =
    (outcome: Row['outcome']) =>
    async (decided: LedgerRecord, ids: readonly string[] = []) => {
      for (const id of ids) assert.ok(!held.has(id) && held.add(id), `${id} answers two rows`);
      const found = rows[decided.position] ?? assert.fail();
      assert.equal(found.outcome, 'unknown');
      found.outcome = outcome;
    };
  const vendor = {
    lookup: {
      lag: LAG,
      list: () => ({}),
      read: () => ({
        records: records.toSorted((a, b) => order * (a.createdAt - b.createdAt)),
        next: null,
      }),
    },
  };
  const desk = { vendor, fields: {}, isOpen: () => true, clockAhead: () => ahead, ask: async () => ({}) };
  const sought = (filter: LedgerFilter) =>
    filter.state === 'unknown' ? rows.filter(({ outcome }) => outcome === 'unknown') : [];
  const options = {
    ledger: {
      hasResource: async (_account: string, id: string) => held.has(id),
      list: async (filter: LedgerFilter) => sought(filter),
      get: async ({ position }: { readonly position: number }) =>
        ({ state: rows[position]?.outcome }) as unknown as LedgerRecord,
    },
    withRow: <T>(_row: unknown, work: () => Promise<T>) => work(),
    clocks: { wrongUntil: async () => -Infinity, knownWrongUntil: async () => -Infinity },
    booking: { released: as('released'), accepted: as('committed') } as unknown as Booking,
    fingerprint: (text: string) => text,
    now: () => now,
  };
  return {
    rows,
    records,
    /** The turn of every row that is due at that time, as a sweep has it each second. */
    async turn(time: number) {
      now = time;
      const due = rows.filter(
        ({ outcome, at }) => outcome === 'unknown' && at <= now && isDue(at, now - 1000, now, LAG),
      );
      if (due.length > 0) await resolveUnknown(due, desk as unknown as Desk, options);
    },
  };
}

describe('requests whose answers were lost', () => {
  it('are not released in greater number than never arrived, whoever has a turn first, and each record answers one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { minLength: 1, maxLength: 6, size: 'max' }),
        fc.integer({ min: -15, max: 15 }),
        fc.constantFrom<1 | -1>(1, -1),
        async (all, ahead, order) => {
          const books = openBooks(all, ahead * 1000, order);
          for (let time = 0; time <= 4 * LAG; time += 1000) await books.turn(time);
          for (const to of ['+1', '+2']) {
            const own = books.rows.filter(({ fingerprints }) => fingerprints[0] === to);
            const standing = own.filter(({ outcome }) => outcome !== 'released').length;
            const arrived = books.records.filter((record) => record.to === to).length;
            assert.ok(standing >= arrived, `${to}: ${standing} rows stand for ${arrived} records`);
          }
        },
      ),
      { numRuns: Number(process.env['RINGFENCE_RUNS'] ?? 200) },
    );
  });
});
