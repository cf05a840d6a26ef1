import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprintsOf } from '../../gateway/facts.ts';
import type { Intent } from '../../intent/intent.ts';
import { micros } from '../../kernel/money.ts';
import type { BudgetRecord, Reserve } from '../../store/records.ts';
import { VENDORS } from '../../vendors/index.ts';
import { answer } from '../../vendors/shared/wire-fixture.ts';
import type { WireRequest } from '../../vendors/wire.ts';
import { BOUND, FROM, openWorld, printsOf, type SettlementWorld } from './settlement-fixture.ts';

const TO = '+4915215551234';
const HELLO = { To: TO, Body: 'Hello' };
const DAY = 24 * 3_600_000;

const budget = (id: string, currency: string, rates: Record<string, number> = {}): BudgetRecord => ({
  id,
  name: id,
  scope: {},
  unit: 'money',
  currency,
  limit: micros(1_000_000_000),
  window: { kind: 'total' },
  rates: Object.fromEntries(Object.entries(rates).map(([from, rate]) => [from, micros(rate)])),
  createdAt: 0,
});

/** Amount that the simulated vendor charged for its only message. */
const charged = ({ sandbox }: SettlementWorld): number => sandbox.bill.totals()[0]?.amount ?? 0;

async function assertClean({ store }: SettlementWorld): Promise<void> {
  assert.deepEqual((await store.ledger.verify()).problems, []);
}

describe('a late price', () => {
  it('is learned once the vendor states it, and is what the vendor charged', async (context) => {
    const world = await openWorld(context);
    const row = await world.send(HELLO);
    assert.deepEqual(await world.settlement.round(), { settled: 0, resolved: 0 });
    await world.advance(2000);
    assert.deepEqual(await world.settlement.round(), { settled: 1, resolved: 0 });
    const { amount, settled, atBound } = await world.row(row);
    assert.deepEqual([amount, settled, atBound], [charged(world), true, undefined]);
    assert.ok(amount > 0 && amount < BOUND);
  });

  it('is asked for ever more seldom', async (context) => {
    const world = await openWorld(context);
    world.sandbox.settings.pricedAfter = 10 * DAY;
    await world.send(HELLO);
    for (let second = 0; second <= 3600; second++) {
      await world.settlement.round();
      await world.advance(1000);
    }
    assert.equal(world.asked.length, 14, 'at once, after 1, 2, 4 … 2048 s, and after an hour');
  });

  it('that never comes does not hide those that do, and the account is opened once a round', async (context) => {
    const world = await openWorld(context);
    const never = { resourceIds: ['SM00000000000000000000000000000000'] };
    for (let index = 0; index < 450; index++) await world.send(HELLO, never);
    const last = await world.send(HELLO);
    await world.advance(2000);
    let rounds = 0;
    for (; rounds < 5 && !(await world.row(last)).settled; rounds++) await world.settlement.round();
    assert.equal((await world.row(last)).settled, true);
    assert.equal(world.opened(), rounds, 'once a round');
    assert.equal((await world.row(0)).settled, false);
  });

  it('of many rows that became due together is learned within one round', async (context) => {
    const world = await openWorld(context);
    for (let index = 0; index < 900; index++) await world.send(HELLO);
    await world.advance(2000);
    assert.equal((await world.settlement.round()).settled, 900);
    assert.ok(world.asked.length < 20, `${world.asked.length} questions`);
    const amounts = await Promise.all([0, 450, 899].map(async (row) => (await world.row(row)).amount));
    assert.equal(new Set(amounts).size, 1);
    assert.equal((amounts[0] ?? 0) * 900, charged(world));
  });

  it('that has not come after a week leaves the bound as the last word', async (context) => {
    const world = await openWorld(context);
    world.sandbox.settings.pricedAfter = 30 * DAY;
    const row = await world.send(HELLO);
    await world.advance(7 * DAY - 1000);
    assert.equal((await world.settlement.round()).settled, 0);
    await world.advance(3_700_000);
    assert.equal((await world.settlement.round()).settled, 1);
    const { amount, settled, atBound } = await world.row(row);
    assert.deepEqual([amount, settled, atBound], [BOUND, true, true]);
  });

  it('stays at the bound at once where the vendor keeps no record', async (context) => {
    const world = await openWorld(context);
    const row = await world.send(HELLO, { action: 'lookup' });
    assert.equal((await world.settlement.round()).settled, 1);
    assert.equal((await world.row(row)).atBound, true);
    assert.deepEqual(world.asked, []);
  });

  it('of an account that was removed is waited for, but not for ever', async (context) => {
    const world = await openWorld(context);
    const row = await world.send(HELLO, { account: 'account_gone' });
    assert.equal((await world.settlement.round()).settled, 0);
    await world.advance(8 * DAY);
    assert.equal((await world.settlement.round()).settled, 1);
    assert.equal((await world.row(row)).atBound, true);
  });

  it('is what the record says for a message that failed', async (context) => {
    const world = await openWorld(context);
    world.sandbox.outcomes.set(TO, 'failed');
    const free = await world.send(HELLO);
    await world.advance(2000);
    assert.equal((await world.settlement.round()).settled, 1);
    const { amount, settled, atBound } = await world.row(free);
    assert.deepEqual([amount, settled, atBound], [0, true, undefined]);
    assert.equal(charged(world), 0);
  });

  it('above the bound is booked and told', async (context) => {
    const world = await openWorld(context);
    const row = await world.send(HELLO, { bound: micros(5), amount: micros(5) });
    await world.advance(2000);
    await world.settlement.round();
    assert.equal((await world.row(row)).amount, charged(world));
    assert.deepEqual(world.incidents, ['cost-above-bound']);
  });

  it('goes back to the budget as far as it was not needed', async (context) => {
    const reserves: Reserve[] = [['usd', 0, BOUND]];
    const world = await openWorld(context, { budgets: [budget('usd', 'USD')] });
    await world.send(HELLO, { reserves });
    await world.advance(2000);
    await world.settlement.round();
    assert.equal((await world.store.leases.periods('usd', 0))[0]?.spent, charged(world));
    await assertClean(world);
  });
});

describe('a price in another currency than the bound', () => {
  it('takes its exact place in budgets that know a rate; the row keeps its bound and says so', async (context) => {
    const budgets = [budget('usd', 'USD'), budget('gbp', 'GBP', { USD: 800_000 }), budget('chf', 'CHF')];
    const reserves = budgets.map(({ id }): Reserve => [id, 0, micros(370_000)]);
    const world = await openWorld(context, { budgets });
    const row = await world.send(HELLO, { currency: 'EUR', reserves });
    await world.advance(2000);
    assert.equal((await world.settlement.round()).settled, 1);
    const once = charged(world);
    const { amount, settled, atBound } = await world.row(row);
    assert.deepEqual([amount, settled, atBound], [BOUND, true, true]);
    const spent = async (id: string) => (await world.store.leases.periods(id, 0))[0]?.spent;
    assert.equal(await spent('usd'), once);
    assert.equal(await spent('gbp'), Math.ceil(once * 0.8));
    assert.equal(await spent('chf'), 370_000, 'no rate, so what was reserved stays');
    await world.send(HELLO, { currency: 'EUR' });
    await world.advance(2000);
    await world.settlement.round();
    assert.deepEqual(world.incidents, ['price-in-another-currency'], 'told once');
    await assertClean(world);
  });
});

describe('a vendor that fails or throttles', () => {
  it('is left alone for the round, and no row loses its turn', async (context) => {
    let status = 429;
    const world = await openWorld(context, { answer: () => (status === 0 ? null : answer(status, {})) });
    for (let index = 0; index < 40; index++) await world.send(HELLO);
    await world.advance(2000);
    await world.settlement.round();
    assert.ok(world.asked.length <= 8, `${world.asked.length} questions to a vendor that said 429`);
    status = 503;
    await world.settlement.round();
    assert.ok(world.asked.length <= 16, `${world.asked.length} questions in two rounds`);
    status = 0;
    assert.equal((await world.settlement.round()).settled, 40);
  });
});

describe('an unknown outcome', () => {
  it('is an accepted one when the vendor has a record of it, with its price once that is stated', async (context) => {
    const world = await openWorld(context, { grace: 0 });
    const row = await world.lose(HELLO, true);
    assert.equal((await world.settlement.round()).resolved, 1);
    assert.deepEqual([(await world.row(row)).state, (await world.row(row)).amount], ['committed', BOUND]);
    await world.advance(2000);
    await world.settlement.round();
    assert.equal((await world.row(row)).amount, charged(world));
  });

  it('never happened when the vendor has no record after the time of grace', async (context) => {
    const world = await openWorld(context, { grace: 60_000 });
    const row = await world.lose(HELLO, false);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'unknown');
    await world.advance(70_000);
    await world.settlement.round();
    assert.deepEqual([(await world.row(row)).state, (await world.row(row)).amount], ['released', 0]);
  });

  it('is looked for at the moment from which the absence of a record proves something', async (context) => {
    const world = await openWorld(context);
    const row = await world.lose(HELLO, false);
    const lag = VENDORS.find(({ id }) => id === 'twilio')?.lookup?.lag ?? 0;
    for (let age = 0; age < lag; age += 10_000) {
      await world.settlement.round();
      assert.equal((await world.row(row)).state, 'unknown');
      await world.advance(10_000);
    }
    await world.advance(2000);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'released');
  });

  it('is not taken for one that never was because the wall clock jumps ahead', async (context) => {
    const world = await openWorld(context, { grace: 60_000 });
    const row = await world.lose(HELLO, false);
    world.step(30 * DAY);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'unknown');
  });

  it("is not taken for one that never was while our clock and the vendor's differ", async (context) => {
    const world = await openWorld(context, { grace: 60_000 });
    world.step(60_000);
    const row = await world.lose(HELLO, true);
    await world.advance(DAY);
    await world.settlement.round();
    assert.deepEqual([(await world.row(row)).state, (await world.row(row)).amount], ['unknown', BOUND]);
    assert.deepEqual(world.incidents, ['clock-wrong']);
  });

  it('is not taken for one that never was once the clock is set right', async (context) => {
    const world = await openWorld(context, { grace: 60_000 });
    world.step(-3_600_000);
    const row = await world.lose(HELLO, true);
    await world.settlement.round();
    world.step(3_600_000);
    await world.advance(DAY);
    await world.settlement.round();
    assert.deepEqual([(await world.row(row)).state, (await world.row(row)).amount], ['unknown', BOUND]);
  });

  it('stays unknown while the vendor cannot be asked', async (context) => {
    const world = await openWorld(context, { grace: 1, answer: () => answer(500, {}) });
    const row = await world.lose(HELLO, false);
    await world.advance(70_000);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'unknown');
  });

  it('of a call that was made stays at its bound: its record does not price further legs', async (context) => {
    const world = await openWorld(context);
    const row = await world.lose({ To: TO, Twiml: '<Response><Say>x</Say></Response>' }, true, 'Calls');
    await world.advance(60_000);
    assert.equal((await world.settlement.round()).resolved, 1);
    const { state, amount, atBound, resourceIds } = await world.row(row);
    assert.deepEqual([state, amount, atBound], ['committed', BOUND, true]);
    assert.match(resourceIds[0] ?? '', /^CA/);
  });

  it('of what has parts stays at its bound: the record prices the first of them', async (context) => {
    const world = await openWorld(context, { grace: 1 });
    const intent = { action: 'message.send', destinations: [{ address: TO }, { address: '+15005550007' }] };
    const more = { extras: [], sender: FROM, content: { text: HELLO.Body } };
    const prints = fingerprintsOf({ ...intent, ...more } as unknown as Intent, (text) => `hash of ${text}`);
    const row = await world.lose(HELLO, true, 'Messages', [], prints);
    await world.advance(70_000);
    await world.settlement.round();
    await world.advance(2000);
    await world.settlement.round();
    const { state, amount, atBound } = await world.row(row);
    assert.deepEqual([state, amount, atBound], ['committed', BOUND, true]);
  });

  it('takes one record for one row', async (context) => {
    const world = await openWorld(context, { grace: 1 });
    const rows = [await world.lose(HELLO, true), await world.lose(HELLO, false)];
    await world.advance(5000);
    await world.settlement.round();
    const states = await Promise.all(rows.map(async (row) => (await world.row(row)).state));
    assert.deepEqual(states.toSorted(), ['committed', 'released']);
  });

  it('is an accepted one also when the vendor names another sender than the request did, as of a pool of numbers', async (context) => {
    const world = await openWorld(context, { grace: 1 });
    const row = await world.lose({ ...HELLO, From: '+15005550100' }, true, 'Messages', [], printsOf(HELLO));
    await world.advance(5000);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'committed');
  });

  it('leaves a record of another sender to the row that it fits', async (context) => {
    const world = await openWorld(context, { grace: 1 });
    const other = await world.lose(
      HELLO,
      false,
      'Messages',
      [],
      printsOf({ ...HELLO, From: '+15005550100' }),
    );
    const row = await world.lose(HELLO, true);
    await world.advance(5000);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'committed');
    assert.equal((await world.row(other)).state, 'released');
  });

  it('leaves it also where that row is looked for at another time', async (context) => {
    const world = await openWorld(context, { grace: 1 });
    await world.lose({ ...HELLO, To: '+15005550007' }, false);
    await world.advance(50_000);
    const other = await world.lose({ ...HELLO, From: '+15005550100' }, false);
    await world.advance(15_000);
    const row = await world.lose(HELLO, true); // More than a minute after the first: in another list.
    for (let turn = 0; turn < 3; turn++) {
      await world.advance(70_000);
      await world.settlement.round();
    }
    assert.equal((await world.row(row)).state, 'committed');
    assert.equal((await world.row(other)).state, 'released');
  });

  it('stays unknown while a record shows no recipient', async (context) => {
    const hidden = (body: string) => body.replaceAll(TO, '+491521555XXXX');
    const world = await openWorld(context, { grace: 1, edit: hidden });
    const row = await world.lose(HELLO, true);
    await world.advance(5000);
    await world.settlement.round();
    assert.equal((await world.row(row)).state, 'unknown');
  });

  for (const known of ['nothing', 'row'] as const)
    it(`leaves a record to the request whose answer is still to come, of which the ledger knows ${known}`, async (context) => {
      const world = await openWorld(context);
      const lost = await world.lose(HELLO, false);
      await world.advance(6000);
      const answered = await world.begin(HELLO, known);
      await world.settlement.round();
      assert.equal((await world.row(lost)).state, 'unknown');
      await world.advance(known === 'row' ? 600_000 : 3000);
      await world.settlement.round();
      assert.equal((await world.row(lost)).state, 'unknown');
      await answered();
      await world.advance(3_600_000);
      await world.settlement.round();
      assert.equal((await world.row(lost)).state, 'released');
      const held = (await world.store.ledger.list({ limit: 9 })).flatMap(({ resourceIds }) => resourceIds);
      assert.equal(held.length, 1);
    });
});

it('waits for a while only for a list that does not end, so that lost rows of others get their turn', async (t) => {
  const calls = Promise.withResolvers<null>();
  let lists = 0;
  const listCalls = ({ path }: WireRequest) => {
    if (!path.endsWith('/Calls.json')) return null;
    lists += 1;
    return calls.promise;
  };
  const world = await openWorld(t, { answer: listCalls, patience: 500 });
  const call = await world.lose({ To: TO, Url: 'https://example.com/' }, true, 'Calls');
  const first = await world.lose({ To: TO, Body: 'one' }, false);
  await world.advance(3_600_000);
  while ((await world.row(first)).state !== 'released') await world.settlement.outcomes();
  const second = await world.lose({ To: TO, Body: 'two' }, false);
  await world.advance(3_600_000);
  while ((await world.row(second)).state !== 'released') await world.settlement.outcomes();
  assert.equal(lists, 1, 'the list that still goes on is not begun again');
  calls.resolve(null);
  while ((await world.row(call)).state !== 'committed') await sleep(20);
});

it('waits for a while only for a price that does not come, so that those of others are learned', async (t) => {
  const call = Promise.withResolvers<null>();
  let questions = 0;
  const askCalls = ({ path }: WireRequest) => {
    if (!path.includes('/Calls/')) return null;
    questions += 1;
    return call.promise;
  };
  const world = await openWorld(t, { answer: askCalls, patience: 500 });
  await world.send(HELLO, { action: 'call.create' });
  const first = await world.send(HELLO);
  await world.advance(3_600_000);
  while (!(await world.row(first)).settled) await world.settlement.prices();
  const second = await world.send(HELLO);
  await world.advance(3_600_000);
  while (!(await world.row(second)).settled) await world.settlement.prices();
  assert.equal(questions, 1, 'what is still being asked is not asked again');
  call.resolve(null);
});
