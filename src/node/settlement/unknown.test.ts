import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerRecord } from '../../store/records.ts';
import type { Booking } from './booking.ts';
import type { Desk } from './desk.ts';
import { resolveUnknown } from './unknown.ts';

test('rows that have waited for long are looked for minute by minute, not in one list of everything since', async () => {
  const minutes = [15, 0, 0.5, 7, 7.9, 15.2];
  const windows: number[] = [];
  const lookup = {
    lag: 0,
    list: (_action: string, since: number) => {
      windows.push(since);
      return {};
    },
    read: () => ({ records: [], next: null }),
  };
  const desk = {
    vendor: { lookup },
    fields: {},
    isOpen: () => true,
    clockAhead: () => 0,
    ask: () => Promise.resolve({}),
  };
  const released: number[] = [];
  const booking = {
    released: ({ at }: LedgerRecord) => Promise.resolve(void released.push(at / 60_000)),
  };
  const rows = minutes.map((minute) => ({
    at: minute * 60_000,
    account: 'a',
    action: '',
    fingerprints: ['f'],
  }));
  const resolved = await resolveUnknown(rows as unknown as LedgerRecord[], desk as unknown as Desk, {
    ledger: {
      hasResource: () => Promise.resolve(false),
      list: () => Promise.resolve([]),
      get: () => Promise.resolve({ state: 'unknown' } as LedgerRecord),
    },
    inTurn: (_row, work) => work(),
    clocks: { wrongUntil: () => Promise.resolve(-Infinity) },
    booking: booking as unknown as Booking,
    fingerprint: () => '',
    graceMilliseconds: 1,
    now: () => 3_600_000,
  });
  assert.equal(resolved, minutes.length);
  assert.deepEqual(released, [0, 0.5, 7, 7.9, 15, 15.2]);
  assert.equal(windows.length, 3);
});
