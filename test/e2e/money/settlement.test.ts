import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { micros } from '../../../src/kernel/money.ts';
import { createAdminServices } from '../../../src/node/services/services.ts';
import type { LedgerRecord } from '../../../src/store/records.ts';
import { VENDORS } from '../../../src/vendors/index.ts';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';
import { runApp } from '../sdks-run.ts';

/** Calls of the clients talk for a second; prices follow, on a slow machine after minutes. */
const PATIENCE = 240_000;
/** A search that does not end in the test. */
const ENDLESS = 3_600_000;

describe('the ledger after settlement, against the bills of the vendors', () => {
  let node: TestNode;
  let rows: readonly LedgerRecord[];
  before(async () => {
    node = await startNode();
    Object.assign(node.sandbox.settings, { talkSeconds: 1, ringFor: 100 });
    for (const { id: vendor } of VENDORS) {
      const script = fileURLToPath(new URL(`../clients/${vendor}.mjs`, import.meta.url));
      await runApp(node, { command: process.execPath, args: [script], vendor, way: 'proxy' });
    }
    rows = await settled(node);
  });
  after(() => node.close());

  const billed = (vendor: string): number =>
    node.sandbox.bill.totals().find((one) => one.vendor === vendor)?.amount ?? 0;
  const of = (vendor: string) => rows.filter((row) => row.vendor === vendor);
  const sum = (some: readonly LedgerRecord[]): number =>
    some.reduce((total, { amount }) => total + amount, 0);

  it('has its last word on every row, but those that may only be asked for at a price', () => {
    assert.ok(rows.length > 10);
    assert.deepEqual(
      rows.filter(isWaiting).map(({ operation }) => operation),
      [],
    );
  });

  for (const { id: vendor } of VENDORS)
    it(`is the bill of ${vendor}, to the micro`, async () => {
      assert.ok(of(vendor).length > 0);
      // Where a vendor states no price, the ledger has its last word before a call is over, and so before it is billed.
      for (let tries = 0; tries < 2400 && billed(vendor) < sum(of(vendor)); tries++) await sleep(100);
      assert.equal(billed(vendor), sum(of(vendor)));
    });

  it('is not below the bill of a call with a further leg and a recording, which its own record does not price', async () => {
    const before = billed('twilio') - sum(of('twilio'));
    const { accountSid = '', authToken = '' } = node.parts('twilio', 'secret');
    const response = await fetch(
      `${node.gateway}/api.twilio.com/2010-04-01/Accounts/${accountSid}/Calls.json`,
      {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
        body: new URLSearchParams({
          To: ALLOWED,
          From: FROM,
          Record: 'true',
          TimeLimit: '60',
          Twiml: `<Response><Dial>${ALLOWED}</Dial></Response>`,
        }),
      },
    );
    assert.equal(response.status, 201, await response.text());
    const items = () => node.sandbox.bill.rows({ vendor: 'twilio' }).map(({ item }) => item);
    for (let tries = 0; tries < 2400 && !items().includes('call.recording'); tries++) await sleep(100);
    assert.equal(items().filter((item) => item === 'call.create/voice' || item === 'call.leg').length, 3);
    rows = await settled(node);
    assert.equal(rows[0]?.atBound, true);
    assert.ok(billed('twilio') - sum(of('twilio')) < before);
  });

  it('has books in order', async () => {
    assert.deepEqual((await node.primary.store.ledger.verify()).problems, []);
  });
});

describe('late prices', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  it('do not wait for the search of a lost answer among the records of the vendor', async () => {
    const { faults } = node.sandbox;
    faults.add({ kind: 'lost-answer', vendor: 'twilio', method: 'POST', count: 1 });
    const search = { kind: 'latency', milliseconds: ENDLESS, method: 'GET', path: '/Messages.json' } as const;
    const { id } = faults.add({ ...search, vendor: 'twilio' });
    await sendMessage(node);
    await eventually(() => faults.list().some((fault) => fault.id === id && fault.hits > 0));
    await sendMessage(node);
    const { ledger } = node.primary.store;
    await eventually(async () => (await ledger.list({ limit: 10 })).some((row) => row.settled));
    const states = (await ledger.list({ limit: 10 })).map(({ state }) => state);
    assert.deepEqual(states.toSorted(), ['committed', 'unknown'], 'the search has ended before');
  });
});

describe('a request without an answer', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  it('is settled by what a person found at the vendor; the journal tells who said so', async () => {
    const { primary, sandbox } = node;
    sandbox.faults.add({ kind: 'lost-answer', vendor: 'twilio', method: 'POST', count: 1 });
    sandbox.faults.add({ kind: 'latency', milliseconds: ENDLESS, method: 'GET', vendor: 'twilio' });
    await sendMessage(node);
    const { ledger, journal } = createAdminServices(primary, 0);
    await eventually(async () => (await ledger.unknown(1)).length === 1);
    const [lost] = await ledger.unknown(1);
    assert.ok(lost);
    const cost = { amount: micros(7_900), currency: 'USD' };
    const found = { outcome: 'priced', cost, resource: 'SM1', reason: 'the console' } as const;
    const row = await ledger.settle(lost, found, 'admin/ada');
    assert.deepEqual([row.state, row.amount, row.settled], ['committed', 7_900, true]);
    assert.deepEqual((await ledger.verify()).problems, []);
    const { entries } = await journal.show(lost);
    const story = entries.map(({ node: where, record: { type } }) => `${where} ${type}`);
    assert.deepEqual(story, ['w0 intent', 'w0 outcome', 'control admin', 'control settlement']);
  });
});

async function sendMessage({ gateway, parts }: TestNode): Promise<void> {
  const { accountSid = '', authToken = '' } = parts('twilio', 'secret');
  const response = await fetch(`${gateway}/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ To: ALLOWED, From: FROM, Body: 'x' }),
  });
  await response.text();
}

async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await isTrue())) {
    assert.ok(Date.now() < end, 'it does not become true');
    await sleep(50);
  }
}

/** Records of the Reports API cost: these stand at their bound, which is the sandbox's price, until an hour has passed. */
const PAID: ReadonlySet<string> = new Set(['messages.send', 'verify.start_verification']);

function isWaiting({ vendor, operation, state, settled: isSettled }: LedgerRecord): boolean {
  return state !== 'released' && !isSettled && !(vendor === 'vonage' && PAID.has(operation));
}

/** All rows once none waits any more, or when the time is up. */
async function settled({ primary }: TestNode): Promise<readonly LedgerRecord[]> {
  const { ledger } = primary.store;
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    const all = await ledger.list({ limit: 1000 });
    if (!all.some(isWaiting)) break;
    await sleep(250);
  }
  return ledger.list({ limit: 1000 });
}
