import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EgressClient, RoomServiceClient, SipClient, WebhookReceiver } from 'livekit-server-sdk';
import type { Intent } from '../../intent/intent.ts';
import { ERRORS, type ErrorCode } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { answer, NOW, serve, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import { refuse } from './refuse.ts';
import { readSettlement } from './settle.ts';
import { webhooks } from './webhook.ts';

const virtualKey = 'API0123456789ab';

test('an accepted request stays at its bound; a call that was not answered is free', () => {
  const settle = (status: number, json: unknown) => readSettlement({} as Intent, answer(status, json));
  assert.deepEqual(settle(200, { sip_call_id: 'SCL_1' }), {
    outcome: 'accepted',
    cost: null,
    resourceIds: ['SCL_1'],
  });
  assert.deepEqual(settle(200, { egressId: 'EG_1' }).resourceIds, ['EG_1']);
  assert.equal(settle(403, {}).outcome, 'rejected');
  assert.equal(settle(503, { code: 'unavailable', msg: 'x' }).outcome, 'unknown');
  assert.equal(settle(503, { code: 'unavailable', meta: { sip_status_code: '486' } }).outcome, 'rejected');
  assert.equal(settle(503, { code: 'unavailable', meta: { sip_status_code: '200' } }).outcome, 'unknown');
  assert.equal(settle(503, { msg: '{"meta":{"sip_status_code":"486"}}' }).outcome, 'unknown');
});

/** The vendor's own SDK against a server that refuses everything with `code`. */
async function against(
  code: ErrorCode,
  use: (origin: string) => Promise<unknown>,
): Promise<Record<string, unknown>> {
  await using server = await serve(() => refuse({ code, rule: 'rule:test', message: 'Not today.' }));
  const error = await use(server.origin).then(
    () => null,
    (reason: unknown) => reason as Record<string, unknown>,
  );
  assert.equal(server.seen.length, 1, `${code}: asked once`);
  assert.ok(error);
  return error;
}

test('the SDK raises its own exception with our words', async () => {
  const rooms = (origin: string) =>
    new RoomServiceClient(origin, virtualKey, VIRTUAL).createRoom({ name: 'r' });
  const dial = (origin: string) =>
    new SipClient(origin, virtualKey, VIRTUAL).createSipParticipant('ST', '+15005550006', 'r');
  const record = (origin: string) =>
    new EgressClient(origin, virtualKey, VIRTUAL).startWebEgress('https://x.example', {});
  for (const use of [rooms, dial, record]) {
    const denied = await against('policy_denied', use);
    assert.deepEqual([denied['status'], denied['code']], [403, 'permission_denied']);
    assert.equal(denied['message'], 'Not today. (policy_denied, rule:test)');
    assert.deepEqual(denied['metadata'], { ringfence_code: 'policy_denied', ringfence_rule: 'rule:test' });
    assert.ok(denied instanceof Error);
  }
  assert.equal((await against('rate_limited', rooms))['code'], 'resource_exhausted');
  assert.equal((await against('overloaded', rooms))['status'], 429);
});

test('no refusal is a 5xx', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[])
    assert.ok(refuse({ code, rule: 'r', message: 'm' }).status < 500, code);
});

// Body, key and secret of livekit/node-sdks, WebhookReceiver.test.ts (Apache-2.0); the token was checked with the SDK.
const BODY =
  '{"event":"room_started", "room":{"sid":"RM_TkVjUvAqgzKz", "name":"mytestroom", "emptyTimeout":300, "creationTime":"1628545903", "turnPassword":"ICkSr2rEeslkN6e9bXL4Ji5zzMD5Z7zzr6ulOaxMj6N", "enabledCodecs":[{"mime":"audio/opus"}, {"mime":"video/VP8"}]}}';
const TOKEN =
  'eyJhbGciOiJIUzI1NiJ9.eyJzaGEyNTYiOiJDb0VRejFjaHFKOWJuWlJjT1JkZGpwbGt2cGptUHVqbUxUUjQyRGJlZllJPSIsImlzcyI6ImFiY2RlZmciLCJleHAiOjQxMDI0NDQ4MDAsIm5iZiI6MTc2NzIyNTYwMH0.3vlvjTd7rtXc0cVOGYJ0XFJyWcqAr3bZcAPGsQfIWK4';
const hook = (body = BODY, authorization = TOKEN) => ({
  ...wire('hooks.example', { url: '/x', json: {}, headers: { authorization } }),
  body: Buffer.from(body),
});

test('a webhook holds for its body and secret', () => {
  const secret = new Secret('abababa');
  assert.ok(webhooks.verify(hook(), '', secret, NOW));
  assert.ok(!webhooks.verify(hook(`${BODY} `), '', secret, NOW));
  assert.ok(!webhooks.verify(hook(), '', new Secret('abababb'), NOW));
  assert.ok(!webhooks.verify(hook(), '', secret, NOW - 3_600_000), 'not yet');
  assert.ok(!webhooks.verify(hook(BODY, ''), '', secret, NOW));
  assert.equal(webhooks.eventId(hook('{"id":"EV_1"}')), 'EV_1');
});

test('a webhook signed again passes the app’s own receiver', async () => {
  const secret = new Secret(VIRTUAL);
  const headers = webhooks.signAs?.(hook(), { publicId: virtualKey, secret }, Date.now());
  const receiver = new WebhookReceiver(virtualKey, VIRTUAL);
  const event = await receiver.receive(BODY, headers?.['authorization']);
  assert.equal(event.event, 'room_started');
  await assert.rejects(receiver.receive(`${BODY} `, headers?.['authorization']));
  const plain = webhooks.sign(hook(), '', secret, NOW);
  assert.ok(webhooks.verify(hook(BODY, plain['authorization'] ?? ''), '', secret, NOW));
});
