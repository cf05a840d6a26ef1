import assert from 'node:assert/strict';
import { test } from 'node:test';
import { micros } from '../../kernel/money.ts';
import type { LedgerFilter } from '../../store/ports.ts';
import type { AccountRecord, LedgerRecord } from '../../store/records.ts';
import { createLedgerService } from './ledger-service.ts';
import type { Settlement } from '../settlement/settlement.ts';

const row = (position: number, account: string, action: string, fingerprints = ['hash of +1']) =>
  ({
    node: 'w0',
    epoch: 1,
    position,
    at: 1_000_000,
    account,
    action,
    bound: micros(10),
    fingerprints,
  }) as unknown as LedgerRecord;

test('totals are summed, and the whole ledger is not audited for them', async () => {
  const sums = [{ currency: 'USD', state: 'committed', amount: micros(7), rows: 1 }] as const;
  const service = createLedgerService({
    store: { ledger: { totals: () => Promise.resolve(sums), verify: () => assert.fail() } },
  } as unknown as Parameters<typeof createLedgerService>[0]);
  assert.deepEqual(await service.totals(), sums);
});

test('long lists of the ledger come in pages, and no more than is asked for', async () => {
  const all = Array.from({ length: 2500 }, (_, place) => row(2500 - place, 'acc_a', 'call.start'));
  const asked: unknown[] = [];
  const pageOf = (limit: number, last: { readonly position: number } | undefined) => {
    asked.push([limit, last?.position]);
    return Promise.resolve(
      all.filter(({ position }) => position < (last?.position ?? Infinity)).slice(0, limit),
    );
  };
  const service = createLedgerService({
    store: {
      ledger: {
        list: ({ limit, before }: LedgerFilter) => pageOf(limit, before),
        pending: (_: string, limit: number, after: LedgerRecord | undefined) => pageOf(limit, after),
      },
      accounts: { list: () => Promise.resolve([]) },
    },
  } as unknown as Parameters<typeof createLedgerService>[0]);
  assert.deepEqual(await service.list({ limit: 2001 }), all.slice(0, 2001));
  assert.equal((await service.unknown(10_000)).length, 2500);
  assert.equal((await service.list({ limit: 1000 })).length, 1000);
  assert.deepEqual(asked, [
    [1000, undefined],
    [1000, 1501],
    [1, 501],
    [1000, undefined],
    [1000, 1501],
    [1000, 501],
    [1000, undefined],
  ]);
});

test('an unknown outcome says whether and when it is looked for, and else why not', async () => {
  const rows = [
    row(1, 'acc_a', 'message.send'),
    row(2, 'acc_a', 'call.start'),
    row(3, 'acc_b', 'message.send'),
  ];
  const asked: unknown[] = [];
  const service = createLedgerService({
    store: {
      ledger: {
        list: () => assert.fail(),
        totals: () => assert.fail(),
        verify: () => assert.fail(),
        pending(...given) {
          asked.push(given);
          return Promise.resolve(rows);
        },
        get: () => assert.fail(),
        hasResource: () => assert.fail(),
      },
      accounts: {
        list: () =>
          Promise.resolve([{ id: 'acc_a', vendor: 'acme', fields: {} } as unknown as AccountRecord]),
      },
    },
    settlement: {
      prospect: ({ action }: LedgerRecord) =>
        Promise.resolve(action === 'message.send' ? { nextLook: 2_000_000, absentFrom: null } : null),
    } as Partial<Settlement> as Settlement,
    record: () => assert.fail(),
  });
  const found = await service.unknown(7);
  assert.deepEqual(asked, [['unknown', 7, undefined]]);
  assert.deepEqual(
    found.map(({ position, search, nextLook }) => [position, search, nextLook]),
    [
      [1, 'ongoing', 2_000_000],
      [2, 'not-listed', null],
      [3, 'account-gone', null],
    ],
  );
});
