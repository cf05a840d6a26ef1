import assert from 'node:assert/strict';
import { test } from 'node:test';
import Telnyx from 'telnyx';
import type { Intent } from '../../intent/intent.ts';
import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { answer, issueSources, NOW, openAccount, serve, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import { custody } from './credential.ts';
import { lookup } from './lookup.ts';
import { refuse } from './refuse.ts';
import { readSettlement } from './settle.ts';
import { webhooks } from './webhook.ts';

const HOST = 'api.telnyx.com';
const account = openAccount({}, { apiKey: 'KEYreal-key-of-the-account' });

test('the issued key starts with KEY; without it the secret is the same', () => {
  const issued = custody.issue('secret', {}, issueSources());
  const key = (issued.parts['apiKey'] as Secret).reveal();
  assert.equal(key, `KEY${VIRTUAL}`);
  assert.equal(issued.verifier.reveal(), VIRTUAL);
  for (const header of [`Bearer ${key}`, `bearer ${VIRTUAL}`]) {
    const request = wire(HOST, { url: '/v2/balance', headers: { authorization: header } });
    assert.deepEqual(custody.read(request), { kind: 'secret', publicId: null, secret: VIRTUAL });
    const sent = custody.authorize(request, account, NOW);
    assert.equal(sent.headers['authorization'], 'Bearer KEYreal-key-of-the-account');
  }
  const other = wire(HOST, { url: '/v2/balance', headers: { authorization: `Basic ${VIRTUAL}` } });
  assert.equal(custody.read(other), null);
  assert.equal(custody.authorize(other, openAccount({}, {}), NOW).headers['authorization'], undefined);
});

test('the key is a secret, and a read tells whether it works', () => {
  assert.deepEqual(
    custody.fields.map(({ name, secret, required }) => [name, secret, required]),
    [['apiKey', true, true]],
  );
  const { request, accepts } = custody.test(account, NOW);
  assert.deepEqual([request.method, request.path], ['GET', '/v2/balance']);
  assert.ok(accepts(answer(200, {})) && !accepts(answer(401, {})));
});

/** The vendor's own SDK against a server that refuses everything with `code`. */
async function against(code: ErrorCode, use: (client: Telnyx) => Promise<unknown>): Promise<unknown> {
  await using server = await serve(() => refuse({ code, rule: 'rule:test', message: 'Not today.' }));
  const client = new Telnyx({ apiKey: `KEY${VIRTUAL}`, baseURL: `${server.origin}/v2` });
  const error = await use(client).then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.equal(server.seen.length, 1, `${code}: the SDK must not try again`);
  return error;
}

test('the SDK raises its own exceptions with our words, and never tries again', async () => {
  const expected: readonly [ErrorCode, string][] = [
    ['policy_denied', 'PermissionDeniedError'],
    ['budget_exceeded', 'PermissionDeniedError'],
    ['key_invalid', 'AuthenticationError'],
    ['rate_limited', 'RateLimitError'],
    ['overloaded', 'RateLimitError'],
    ['intent_unreadable', 'BadRequestError'],
    ['internal', 'PermissionDeniedError'],
    ['request_timeout', 'APIError'],
  ];
  for (const [code, name] of expected) {
    const error = await against(code, (client) =>
      client.messages.send({ to: '+15005550006', from: '+15005550001', text: 'hi' }),
    );
    assert.equal((error as Error).constructor.name, name, code);
    const { errors } = (error as { error: { errors: { code: string; detail: string }[] } }).error;
    assert.deepEqual([errors[0]?.code, errors[0]?.detail], [code, `Not today. (${code}, rule:test)`]);
  }
});

test('no refusal is a 5xx', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { status, headers } = refuse({ code, rule: 'r', message: 'm' });
    assert.ok(status >= 400 && status < 500, code);
    assert.equal(headers['x-should-retry'], 'false');
  }
});

const settle = (action: string, status: number, json: unknown, more: object = {}) =>
  readSettlement(
    { action, extras: [], destinations: [], ...more } as unknown as Intent,
    answer(status, json),
  );

test('a message states its cost, other things are looked up', () => {
  const data = { id: 'm1', cost: { amount: '0.0051', currency: 'USD' }, parts: 1 };
  assert.deepEqual(settle('message.send', 200, { data }), {
    outcome: 'accepted',
    cost: { amount: 5100, currency: 'USD' },
    resourceIds: ['m1'],
  });
  assert.equal(settle('message.send', 200, { data: { id: 'm1', cost: null } }).cost, null);
  assert.equal(settle('message.send', 200, { data: { id: 'm1', text: '"cost":{"amount":"0"}' } }).cost, null);
  assert.equal(
    settle('message.send', 200, { data: { id: 'm', cost: { amount: '-1', currency: 'USD' } } }).cost,
    null,
  );
  const call = settle('call.create', 200, { data: { call_control_id: 'v3:x', call_leg_id: 'leg' } });
  assert.deepEqual([call.cost, call.resourceIds], [null, ['leg']]);
  assert.deepEqual(
    [422, 429, 500, 408].map((status) => settle('call.create', status, {}).outcome),
    ['rejected', 'rejected', 'unknown', 'unknown'],
  );
});

test('a call with more than its first leg is not settled by the record of that leg', () => {
  const data = { call_leg_id: 'leg' };
  for (const more of [{ extras: ['recording'] }, { extras: ['leg'] }, { destinations: [{}, {}] }]) {
    const { resourceIds } = settle('call.create', 200, { data }, more);
    assert.deepEqual(resourceIds, ['parts:leg', 'leg']);
    assert.equal(lookup.fetch('call.create', resourceIds[0] ?? '', {}), null);
  }
  const fallback = settle(
    'message.send',
    200,
    { data: { id: 'm', cost: null } },
    { extras: ['failover_sms'] },
  );
  assert.deepEqual(fallback.resourceIds, ['parts:m', 'm']);
});

test('records are read back by id and by time', () => {
  const one = lookup.fetch('call.create', 'leg&filter[x]=y', {});
  assert.ok(one);
  assert.equal(new URLSearchParams(one.query).get('filter[call_leg_id]'), 'leg&filter[x]=y');
  const record = {
    call_leg_id: 'leg',
    cld: '+15005550006',
    cli: '+1',
    cost: '0.01',
    currency: 'USD',
    created_at: '2026-01-01T00:00:00Z',
  };
  const other = { ...record, call_leg_id: 'another' };
  const request = lookup.fetch('call.create', 'leg', {});
  assert.ok(request);
  const found = lookup.read('call.create', request, answer(200, { data: [other, record] }));
  assert.deepEqual(found?.records, [
    {
      id: 'leg',
      to: '+15005550006',
      from: '+1',
      text: null,
      cost: { amount: 10_000, currency: 'USD' },
      final: true,
      createdAt: Date.UTC(2026, 0, 1),
    },
  ]);
  const list = lookup.list('message.send', { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2) }, {});
  assert.ok(list);
  const asked = new URLSearchParams(list.query);
  assert.equal(asked.get('filter[created_at][gte]'), '2026-01-01T00:00:00.000Z');
  assert.equal(asked.get('filter[created_at][lt]'), '2026-01-02T00:00:00.001Z');
  const page = lookup.read(
    'message.send',
    list,
    answer(200, { data: [], meta: { page_number: 1, total_pages: 2 } }),
  );
  assert.equal(new URLSearchParams(page?.next?.query).get('page[number]'), '2');
  const last = lookup.read(
    'message.send',
    list,
    answer(200, { data: [], meta: { page_number: 2, total_pages: 2 } }),
  );
  assert.equal(last?.next, null);
  assert.equal(lookup.read('message.send', list, answer(500, {})), null);
  assert.equal(lookup.fetch('lookup', 'x', {}), null);
  const full = Array.from({ length: 50 }, (_, index) => ({ uuid: `m${index}` }));
  assert.equal(lookup.read('message.send', list, answer(200, { data: full })), null, 'there may be more');
  const nameless = answer(200, { data: [{ uuid: 7 }], meta: { page_number: 1, total_pages: 1 } });
  assert.equal(lookup.read('message.send', list, nameless), null, 'it may be anyone');
});

test('a request is shown by a list only where the vendor lists it at once, under its recipient', () => {
  const span = { since: 0, until: 1 };
  assert.equal(lookup.list('call.modify', span, {}), null, 'a change of a call has no record');
  const shows = (operation: string) => lookup.shows?.(operation) ?? true;
  assert.deepEqual(['messages.send', 'calls.dial', 'verifications.triggerSMS'].map(shows), [
    true,
    true,
    true,
  ]);
  for (const operation of [
    'emailMessages.create',
    'messages.schedule',
    'ai.assistants.scheduledEvents.create',
  ])
    assert.equal(shows(operation), false, operation);
  const list = lookup.list('call.create', span, {});
  assert.ok(list);
  const recipient = (cld: string) =>
    lookup.read('call.create', list, answer(200, { data: [{ call_leg_id: 'x', cld }] }))?.records[0]?.to;
  assert.deepEqual(['+15005550006', '15005550006', 'alice@sip.example', ''].map(recipient), [
    '+15005550006',
    '+15005550006',
    null,
    null,
  ]);
});

test('a message is final when it is delivered or failed', () => {
  const request = lookup.fetch('message.send', 'm1', {});
  assert.equal(request?.path, '/v2/messages/m1');
  const data = {
    id: 'm1',
    to: [{ phone_number: '+15005550006' }],
    cost: { amount: '0.005', currency: 'USD' },
    completed_at: null,
  };
  assert.equal(lookup.read('message.send', request, answer(200, { data }))?.records[0]?.final, false);
  const done = { ...data, completed_at: '2026-01-01T00:00:00Z' };
  assert.equal(lookup.read('message.send', request, answer(200, { data: done }))?.records[0]?.final, true);
});

// Computed from the documented scheme with the seed 07…07 and checked with the vendor's SDK 7.24.0.
const PUBLIC_KEY = '6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=';
const BODY =
  '{"data":{"id":"0ccc7b54-4df3-4bca-a65a-3da1ecc777f0","event_type":"message.received","record_type":"event","payload":{"text":"hi"}}}';
const HEADERS = {
  'telnyx-signature-ed25519':
    'k3NuhFhMQl2auKNyJ7PU5Eap3DVbnUc3GdYJUU+DAGi6uXKkgDz/TQJG/sZFphu2R7YA6M+0qLzE7eD22RvWDA==',
  'telnyx-timestamp': '1767225600',
};
const hook = (body = BODY, headers: Record<string, string> = HEADERS) => ({
  ...wire('hooks.example', { url: '/x', json: {}, headers }),
  body: Buffer.from(body),
});

test('a webhook holds for its body, its time and the account’s key', () => {
  const verify = (request: ReturnType<typeof hook>, now = NOW, key = PUBLIC_KEY) =>
    webhooks.verify(request, '', new Secret(key), now);
  assert.ok(verify(hook()));
  assert.ok(!verify(hook(), NOW + 301_000));
  assert.ok(!verify(hook(`${BODY} `)));
  assert.ok(!verify(hook(BODY, { ...HEADERS, 'telnyx-timestamp': '1767225601' })));
  assert.ok(!verify(hook(BODY, { ...HEADERS, 'telnyx-timestamp': '' })));
  assert.ok(!verify(hook(BODY, { ...HEADERS, 'telnyx-signature-ed25519': 'AAAA' })));
  assert.ok(!verify(hook(), NOW, 'no key'));
  assert.ok(!verify(hook(), NOW, Buffer.alloc(32, 1).toString('base64')));
  assert.ok(!verify(hook(), NOW, ''));
  assert.equal(webhooks.eventId(hook()), '0ccc7b54-4df3-4bca-a65a-3da1ecc777f0');
});

test('a webhook signed again passes the app’s own SDK with the key that it was given', async () => {
  const secret = new Secret(VIRTUAL);
  const now = Date.now();
  const headers = webhooks.sign(hook(), '', secret, now);
  const publicKey = webhooks.appVerifier?.(secret) ?? '';
  assert.ok(webhooks.verify(hook(BODY, { ...headers }), '', new Secret(publicKey), now));
  const client = new Telnyx({ apiKey: 'x', publicKey });
  const event = await client.webhooks.unwrap(BODY, { headers: { ...headers } });
  assert.equal((event as { data: { id: string } }).data.id, '0ccc7b54-4df3-4bca-a65a-3da1ecc777f0');
  await assert.rejects(async () => client.webhooks.unwrap(`${BODY} `, { headers: { ...headers } }));
});
