import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerRecord } from '../../store/records.ts';
import type { Booking } from './booking.ts';
import type { Desk } from './desk.ts';
import { resolveUnknown } from './unknown.ts';

/** Resolves one row of half an hour ago, of which the vendor's list knows nothing; what was released. */
async function resolveAbsent(
  lookup: object,
  row: { readonly fingerprints: readonly string[]; readonly now?: number },
): Promise<number> {
  let released = 0;
  const { now = 1_800_000 } = row;
  const desk = {
    vendor: { lookup: { lag: 0, list: () => ({}), read: () => ({ records: [], next: null }), ...lookup } },
    fields: {},
    isOpen: () => true,
    clockAhead: () => 0,
    ask: () => Promise.resolve({}),
  };
  const rows = [{ at: 0, account: 'a', action: 'message.send', operation: 'send', ...row }];
  await resolveUnknown(rows as unknown as LedgerRecord[], desk as unknown as Desk, {
    ledger: {
      hasResource: () => Promise.resolve(false),
      list: () => Promise.resolve([]),
      get: () => Promise.resolve({ state: 'unknown' } as LedgerRecord),
    },
    inTurn: (_row, work) => work(),
    clocks: { wrongUntil: () => Promise.resolve(-Infinity) },
    booking: { released: () => Promise.resolve(void (released += 1)) } as unknown as Booking,
    fingerprint: (text) => `hash of ${text}`,
    graceMilliseconds: 1,
    now: () => now,
  });
  return released;
}

test('a list that would not show a request proves nothing about it', async () => {
  const sent = { fingerprints: ['hash of +15005550006'] };
  assert.equal(await resolveAbsent({}, sent), 1);
  assert.equal(await resolveAbsent({ shows: (operation: string) => operation !== 'send' }, sent), 0);
  assert.equal(await resolveAbsent({}, { fingerprints: ['hash of '] }), 0, 'no recipient to look for');
});

test('a list that costs, or goes back for days, is asked for after 1, 2, 4, 8 … hours', async () => {
  const hours = [0.5, 1.5, 2, 3, 4, 24, 32, 50, 64, 65];
  const askedAt = async (lookup: object): Promise<number[]> => {
    const at = await Promise.all(
      hours.map(async (hour) => {
        const row = { fingerprints: ['hash of +15005550006'], now: hour * 3_600_000 };
        return (await resolveAbsent(lookup, row)) === 1 ? [hour] : [];
      }),
    );
    return at.flat();
  };
  assert.deepEqual(await askedAt({ isCharged: () => true }), [1.5, 2, 4, 32, 64]);
  assert.deepEqual(await askedAt({}), [0.5, 1.5, 2, 3, 4, 24, 32, 64]);
});

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
    fingerprint: () => 'other',
    graceMilliseconds: 1,
    now: () => 3_600_000,
  });
  assert.equal(resolved, minutes.length);
  assert.deepEqual(released, [0, 0.5, 7, 7.9, 15, 15.2]);
  assert.equal(windows.length, 3);
});
