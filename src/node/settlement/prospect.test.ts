import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerRecord } from '../../store/records.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { createProspect } from './prospect.ts';

const START = 1_764_000_000_000;
const HOUR = 3_600_000;
const row = {
  at: START,
  account: 'a',
  vendor: 'acme',
  action: 'message.send',
  fingerprints: ['hash of +1'],
} as unknown as LedgerRecord;

function prospectAt(age: number, { lookup = {}, wrongUntil = -Infinity, of = row } = {}) {
  const list = (action: string) => (action === 'message.send' ? {} : null);
  const vendor = { lookup: { lag: 300_000, list, ...lookup } } as unknown as Vendor;
  const prospect = createProspect({
    vendor: (id) => (id === 'acme' ? vendor : null),
    clocks: { knownWrongUntil: () => Promise.resolve(wrongUntil) },
    fingerprint: (text) => `hash of ${text}`,
    now: () => START + age,
  });
  return prospect(of, {});
}

test('who waits for an outcome is told when it is looked for next, and when absence begins to prove something', async () => {
  const absentFrom = START + 300_000;
  assert.deepEqual(await prospectAt(500), { nextLook: START + 1000, absentFrom });
  assert.deepEqual(await prospectAt(100_000), { nextLook: START + 128_000, absentFrom });
  assert.deepEqual(await prospectAt(260_000), { nextLook: absentFrom, absentFrom });
  assert.deepEqual(await prospectAt(300_000), { nextLook: START + 512_000, absentFrom });
  assert.deepEqual(await prospectAt(5.5 * HOUR), { nextLook: START + 6 * HOUR, absentFrom });
});

test('what costs something, or goes back for days, is looked for at longer distances', async () => {
  const charged = { lookup: { isCharged: () => true } };
  assert.equal((await prospectAt(100_000, charged))?.nextLook, START + HOUR);
  assert.equal((await prospectAt(HOUR, charged))?.nextLook, START + 2 * HOUR);
  assert.equal((await prospectAt(3.5 * HOUR, charged))?.nextLook, START + 4 * HOUR);
  assert.equal((await prospectAt(50 * HOUR))?.nextLook, START + 64 * HOUR);
});

test('absence proves nothing of a time at which a clock was wrong', async () => {
  assert.equal((await prospectAt(0, { wrongUntil: START }))?.absentFrom, null);
});

test('there is no prospect where no list of the vendor shows the row', async () => {
  assert.equal(await prospectAt(0, { of: { ...row, vendor: 'gone' } }), null);
  assert.equal(await prospectAt(0, { of: { ...row, action: 'call.create' } }), null);
  assert.equal(await prospectAt(0, { of: { ...row, fingerprints: ['hash of '] } }), null);
});
