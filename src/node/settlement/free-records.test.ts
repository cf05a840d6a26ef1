import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerFilter } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { VendorRecord } from '../../vendors/lookup-adapter.ts';
import { findFree, type FreeRecordsOptions } from './free-records.ts';

const MANY = 2_000;
const SENT = Date.UTC(2026, 0, 1);
/** How often the time of one record is looked at: to sort them, and by halves; not for each lost request. */
const LOOKS = 100;

const hashOf = (text: string): string => `hash of ${text}`;

test('what 2,000 lost requests to one recipient cost is no product of them and of the records', async () => {
  const all = Array.from({ length: MANY }, (_, index) => lost(index));
  const [first, ...more] = all.slice(0, 400);
  assert.ok(first);
  let looks = 0;
  let hashes = 0;
  const records = Array.from({ length: MANY }, (_, index) => ({
    ...sentBy('another'),
    id: `record_${index}`,
    get createdAt() {
      looks += 1;
      return SENT + index;
    },
  }));
  const free = await findFree(records, [first, ...more], {
    ...optionsFor(all),
    fingerprint(text) {
      hashes += 1;
      return hashOf(text);
    },
  });
  assert.deepEqual(
    [free.of(first), ...more.map((row) => free.of(row))].map((found) => found !== null && found !== 'later'),
    Array.from({ length: 400 }, () => true),
  );
  assert.ok(looks <= LOOKS * MANY, `${looks} looks at records`);
  assert.ok(hashes <= 3 * MANY, `${hashes} hashes`);
});

test('of the requests of other accounts and actions nothing is read, however many were lost', async () => {
  const asked: LedgerFilter[] = [];
  const options = optionsFor([lost(0)]);
  await findFree([{ ...sentBy('mine'), id: 'record', createdAt: SENT }], [lost(1)], {
    ...options,
    ledger: {
      ...options.ledger,
      list(filter) {
        asked.push(filter);
        return options.ledger.list(filter);
      },
    },
  });
  const same = { account: 'account_a', action: 'message.send', limit: 10_000 };
  assert.deepEqual(asked, [
    { ...same, state: 'reserved' },
    { ...same, state: 'unknown' },
  ]);
});

function optionsFor(all: readonly LedgerRecord[]): FreeRecordsOptions {
  return {
    ledger: {
      list: async ({ state }) => (state === 'unknown' ? all : []),
      hasResource: async () => false,
    },
    fingerprint: hashOf,
    isSought: () => true,
    knownUntil: Infinity,
  };
}

/** Lost requests differ in their texts, as passwords for one time do. */
function lost(index: number): LedgerRecord {
  const fingerprints = ['+4915215551234', 'mine', `text ${index}`].map(hashOf);
  return {
    node: 'w0',
    epoch: 1,
    position: index,
    at: SENT + index,
    account: 'account_a',
    action: 'message.send',
    fingerprints,
  } as unknown as LedgerRecord;
}

/** The vendor has chosen the sender and changed the text: only time tells whose a record is. */
function sentBy(from: string): Omit<VendorRecord, 'id' | 'createdAt'> {
  return { to: '+4915215551234', from, text: 'changed', final: true, cost: null };
}
