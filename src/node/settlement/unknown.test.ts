import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerRecord } from '../../store/records.ts';
import type { Booking } from './booking.ts';
import type { Desk } from './desk.ts';
import { resolveUnknown, type UnknownOptions } from './unknown.ts';

/** The only account, whose vendor lists nothing unless `lookup` says so. */
function deskOf(lookup: object): Desk {
  const nothing = { lag: 0, list: () => ({}), read: () => ({ records: [], next: null }) };
  const desk = {
    vendor: { lookup: { ...nothing, ...lookup } },
    fields: {},
    isOpen: () => true,
    clockAhead: () => 0,
    ask: () => Promise.resolve({}),
  };
  return desk as unknown as Desk;
}

/** Everything but the outcome of a row. `unknown`: how many rows the ledger tells of besides. */
function optionsOf(booking: object, now: number, unknown = 0): UnknownOptions {
  const beside = Array.from({ length: unknown }, (_, position) => ({ position, fingerprints: [] }));
  return {
    ledger: {
      hasResource: () => Promise.resolve(false),
      list: ({ state }) => Promise.resolve(state === 'unknown' ? (beside as unknown as LedgerRecord[]) : []),
      get: () => Promise.resolve({ state: 'unknown' } as LedgerRecord),
    },
    withRow: (_row, work) => work(),
    clocks: {
      wrongUntil: () => Promise.resolve(-Infinity),
      knownWrongUntil: () => Promise.resolve(-Infinity),
    },
    booking: booking as Booking,
    fingerprint: (text) => `hash of ${text}`,
    graceMilliseconds: 1,
    now: () => now,
  };
}

/** Resolves one row of half an hour ago, of which the vendor's list knows nothing; what was released. */
async function resolveAbsent(
  lookup: object,
  row: { readonly fingerprints: readonly string[]; readonly now?: number },
): Promise<number> {
  let released = 0;
  const { now = 1_800_000 } = row;
  const rows = [{ at: 0, account: 'a', action: 'message.send', operation: 'send', ...row }];
  const booking = { released: () => Promise.resolve(void (released += 1)) };
  await resolveUnknown(rows as unknown as LedgerRecord[], deskOf(lookup), optionsOf(booking, now));
  return released;
}

test('a record of another sender is left alone while more rows are lost than can be compared with it', async () => {
  const record = { id: 'SM1', to: '+1', from: '+3', text: null, createdAt: 0, final: false, cost: null };
  const desk = deskOf({ read: () => ({ records: [record], next: null }) });
  const row = {
    at: 0,
    account: 'a',
    action: 'message.send',
    operation: 'send',
    fingerprints: ['hash of +1', 'hash of +2', 'hash of '],
  };
  const resolvedBeside = async (unknown: number) => {
    const booking = {
      accepted: () => Promise.resolve(),
      released: () => Promise.reject(new Error('released')),
    };
    const rows = [row] as unknown as LedgerRecord[];
    return resolveUnknown(rows, desk, optionsOf(booking, 1_800_000, unknown));
  };
  assert.equal(await resolvedBeside(0), 1);
  assert.equal(await resolvedBeside(10_000), 0);
});

test('a record that does not tell when it was made may be that of a lost request to its recipient', async () => {
  const record = { id: 'SM1', from: null, text: null, createdAt: 0, final: false, cost: null };
  const row = { at: 1_700_000_000_000, now: 1_700_003_000_000, fingerprints: ['hash of +1', '', ''] };
  const beside = (to: string | null) =>
    resolveAbsent({ read: () => ({ records: [{ ...record, to }], next: null }) }, row);
  assert.equal(await beside('+1'), 0);
  assert.equal(await beside('+2'), 1);
  assert.equal(await beside(null), 1, 'of those without recipient there are always some');
});

test('a list that was asked for before all was sure to be in it proves nothing', async () => {
  let now = 59_000;
  let released = 0;
  const row = {
    at: 0,
    account: 'a',
    action: 'message.send',
    operation: 'send',
    fingerprints: ['hash of +1'],
  };
  const desk = { ...deskOf({ lag: 60_000 }), ask: () => Promise.resolve(void (now += 2_000)) };
  const booking = { released: () => Promise.resolve(void (released += 1)) };
  const { graceMilliseconds: _, ...options } = optionsOf(booking, 0);
  const round = () =>
    resolveUnknown([row] as unknown as LedgerRecord[], desk as unknown as Desk, {
      ...options,
      now: () => now,
    });
  await round();
  assert.equal(released, 0);
  await round();
  assert.equal(released, 1);
});

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
  const desk = deskOf({
    list: (_action: string, since: number) => {
      windows.push(since);
      return {};
    },
  });
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
  const resolved = await resolveUnknown(
    rows as unknown as LedgerRecord[],
    desk,
    optionsOf(booking, 3_600_000),
  );
  assert.equal(resolved, minutes.length);
  assert.deepEqual(released, [0, 0.5, 7, 7.9, 15, 15.2]);
  assert.equal(windows.length, 3);
});
