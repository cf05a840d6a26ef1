import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from '../guard/policy/document.ts';
import { compilePolicy } from '../guard/policy/policy.ts';
import { defaultPrices } from '../guard/prices/default-prices.ts';
import { createPriceBook } from '../guard/prices/price-book.ts';
import { VENDORS } from '../vendors/index.ts';
import { NOW, plan, type RequestParts, wire } from '../vendors/shared/wire-fixture.ts';
import { decide, type Permission } from './decide.ts';
import type { PipelineParts } from './parts.ts';
import { refuse, type Step } from '../intent/decision.ts';
import { micros } from '../kernel/money.ts';
import type { PriceRecord } from '../store/records.ts';

const POLICY = `
version: 1
mode: enforce
rules:
  - id: all
    effect: allow
    what: { effects: [read, write, spend, pii, routing, export] }
    limits: { maxCallDuration: 1m }
`;

/** No adapter says how long a stream runs. */
const STREAMING: PriceRecord = {
  vendor: 'telnyx',
  account: null,
  item: 'other/calls.actions.startStreaming',
  prefix: '',
  amount: micros(50_000),
  currency: 'USD',
  unit: 'minute',
  increment: 60,
  from: 0,
  kind: 'price',
};

/** Everything but prices and policy says yes. */
function partsFor(vendor: string, policy: string): PipelineParts {
  const parts: unknown = {
    kills: { check: () => null },
    prices: createPriceBook([...defaultPrices({ vendor, account: null, currency: 'USD' }), STREAMING]),
    policy: compilePolicy(parsePolicy(policy)),
    limits: { admit: () => ({ ok: true, value: { release: () => undefined } }) },
    budgets: { reserve: () => ({ ok: true, value: { reserves: [], release: () => undefined } }) },
    journal: { accepts: () => true },
  };
  return parts as PipelineParts;
}

// oxlint-disable-next-line max-params -- a test helper
function ask(id: string, host: string, parts: RequestParts, policy = POLICY): Step<Permission> {
  const step = decide(partsFor(id, policy), questionFor(id, host, parts));
  assert.ok(!(step instanceof Promise));
  return step;
}

function questionFor(id: string, host: string, parts: RequestParts): Parameters<typeof decide>[1] {
  const vendor = VENDORS.find((one) => one.id === id);
  const request = wire(host, parts);
  const operation = vendor?.operations.match(request.method, host, request.segments);
  assert.ok(vendor && operation);
  const reading = vendor.readIntent(operation, request, plan);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  const subject = { key: 'k', app: 'a', account: 'a', vendor: id, network: '' };
  return { subject, intent: reading.intent, at: NOW };
}

/** What the vendor's default price of a minute is multiplied by. */
function minutesOf(step: Step<Permission>, minute: number): number {
  assert.ok(step.ok && step.value.bound !== null, JSON.stringify(step));
  return Math.round(step.value.bound.money.amount / minute);
}

test('what runs until it is stopped is bounded for as long as the vendor lets it run', () => {
  const json = { room_name: 'x' };
  const egress = ask('livekit', 'p.livekit.cloud', {
    url: '/twirp/livekit.Egress/StartRoomCompositeEgress',
    json,
  });
  const recording = ask('telnyx', 'api.telnyx.com', {
    url: '/v2/calls/x/actions/record_start',
    json: { format: 'mp3', channels: 'single' },
  });
  const streaming = ask('telnyx', 'api.telnyx.com', { url: '/v2/calls/x/actions/streaming_start', json: {} });
  const account = `AC${'a'.repeat(32)}`;
  const url = `/2010-04-01/Accounts/${account}/Calls/CA1/Recordings.json`;
  const twilio = ask('twilio', 'api.twilio.com', { url, form: {} });
  assert.deepEqual(
    [egress, recording, streaming, twilio].map((step) => minutesOf(step, 50_000)),
    [1440, 240, 240, 1440],
  );
});

test('a call is priced for as long as the rule lets it last, and refused when nothing can end it by then', () => {
  const url = '/v2/calls';
  const json = { to: '+15005550006', from: '+15005550001', connection_id: 'x' };
  const dial = ask('telnyx', 'api.telnyx.com', { url, json });
  assert.ok(dial.ok, JSON.stringify(dial));
  assert.equal(dial.value.callSeconds, 60);
  const sip = { sessionId: 's', token: 't', sip: { uri: 'sip:a@example.org' } };
  const session = ask('vonage', 'video.api.vonage.com', { url: '/v2/project/p/dial', json: sip });
  assert.ok(!session.ok && /nothing can shorten it/.test(JSON.stringify(session.refusal)));
});

const SESSION: RequestParts = {
  url: '/v2/project/p/dial',
  json: { sessionId: 's', token: 't', sip: { uri: 'sip:a@example.org' } },
};

test('in observe mode a call that nothing can end in time passes, and the journal tells', () => {
  const observing = (policy: string) => policy.replace('enforce', 'observe');
  for (const policy of [observing(POLICY), 'version: 1\nmode: observe\nrules: []']) {
    const session = ask('vonage', 'video.api.vonage.com', SESSION, policy);
    assert.ok(session.ok, JSON.stringify(session));
    assert.match(session.value.observed ?? '', /^policy_denied /);
  }
});

test('a call that is too dear for the longest of its rules is made as short as another one allows', () => {
  const rule = (id: string, limits: string) =>
    `{ id: ${id}, effect: allow, what: { effects: [spend, pii] }, limits: { ${limits} } }`;
  const rules = [
    rule('long', 'maxCallDuration: 1h, maxPrice: 2.00 USD'),
    rule('short', 'maxCallDuration: 10m'),
  ];
  const json = { to: '+15005550006', from: '+15005550001', connection_id: 'x' };
  const policy = `{ version: 1, mode: enforce, rules: [${rules.join(', ')}] }`;
  const dial = ask('telnyx', 'api.telnyx.com', { url: '/v2/calls', json }, policy);
  assert.ok(dial.ok, JSON.stringify(dial));
  assert.deepEqual([dial.value.callSeconds, minutesOf(dial, 100_000)], [600, 10]);
});

const RECORDING = {
  url: '/v2/calls/x/actions/record_start',
  json: { format: 'mp3', channels: 'single' },
};

test('a request that gets no money leaves its place among those that run at a time', async () => {
  const spent = refuse('budget_exceeded', 'budget:b', 'Spent.');
  for (const reserve of [() => spent, () => Promise.resolve(spent)]) {
    let running = 0;
    const admission = { release: () => (running -= 1) };
    const limits = { admit: () => ({ ok: true, value: admission, running: (running += 1) }) };
    const parts = { ...partsFor('telnyx', POLICY), limits, budgets: { reserve } } as unknown as PipelineParts;
    const step = await decide(parts, questionFor('telnyx', 'api.telnyx.com', RECORDING));
    assert.deepEqual([step, running], [spent, 0]);
  }
});

test('a full journal lets nothing be spent, and what costs nothing pass', async () => {
  const parts = {
    ...partsFor('telnyx', POLICY),
    journal: { accepts: () => false },
  } as unknown as PipelineParts;
  const codeOf = async (request: RequestParts) => {
    const step = await decide(parts, questionFor('telnyx', 'api.telnyx.com', request));
    return step.ok ? 'allowed' : step.refusal.code;
  };
  assert.equal(await codeOf(RECORDING), 'journal_unavailable');
  assert.equal(await codeOf({ method: 'GET', url: '/v2/balance' }), 'allowed');
});
