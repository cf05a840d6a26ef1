import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Vendor } from '../../vendors/vendor.ts';
import type { WireRequest } from '../../vendors/wire.ts';
import { createClocks } from './clocks.ts';
import { createDesks, type SettlementAccount } from './desk.ts';

const HOUR = 3_600_000;

function world(now: () => number) {
  const kept = new Map<string, string>();
  const told: string[] = [];
  const settings = {
    get: (name: string) => Promise.resolve(kept.get(name) ?? null),
    put: (name: string, value: string) => Promise.resolve(void kept.set(name, value)),
  };
  const open = () => createClocks({ settings, incident: (what) => void told.push(what), now });
  return { told, open };
}

test('what a wrong clock wrote stays so after it is set right, and after a restart', async () => {
  let now = 100 * HOUR;
  const { told, open } = world(() => now);
  const clocks = open();
  assert.equal(await clocks.wrongUntil('a', 1000), 0);
  assert.equal(await clocks.wrongUntil('a', HOUR), Infinity);
  now += 1000;
  assert.equal(await clocks.wrongUntil('a', HOUR), Infinity);
  const until = 100 * HOUR + 60_000;
  for (const one of [clocks, open()]) assert.equal(await one.wrongUntil('a', 0), until);
  assert.equal(await clocks.wrongUntil('b', 0), 0, 'the vendor of another account has said nothing of it');
  assert.deepEqual(told, ['clock-wrong']);
  await clocks.wrongUntil('a', -HOUR);
  assert.equal(told.length, 2, 'it is wrong again');
});

test('a clock that was years ahead leaves the rows of a week at most to a person', async () => {
  const truth = 100 * HOUR;
  const years = 100_000 * HOUR;
  const clocks = world(() => truth + years).open();
  await clocks.wrongUntil('a', -years);
  assert.equal(await clocks.wrongUntil('a', 0), truth + 7 * 24 * HOUR);
});

test('a vendor that takes long to answer is not one whose clock is wrong', async () => {
  let now = 100 * HOUR;
  const aheadAfter = async (date: number): Promise<number | undefined> => {
    const send = () => {
      now += 25_000;
      const headers = { date: new Date(date).toUTCString() };
      return Promise.resolve({ status: 200, headers, body: Buffer.alloc(0) });
    };
    const vendor = { custody: { authorize: (request: WireRequest) => request } } as unknown as Vendor;
    const account = { vendor, open: { fields: {}, secrets: {} }, upstream: null } as SettlementAccount;
    const desk = await createDesks({ account: () => Promise.resolve(account), send, now: () => now })('a');
    await desk?.ask({} as WireRequest);
    return desk?.clockAhead();
  };
  assert.equal(await aheadAfter(now), 0);
  assert.equal(await aheadAfter(now - 60_000), -60_000);
  assert.equal(await aheadAfter(now + 85_000), 60_000);
});
