import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from './facts.ts';
import { vonage } from './index.ts';
import { API, intent, problem, to } from './intent-fixture.ts';

const PHONE = { type: 'phone', to: { type: 'phone', number: '447700900000' } };
const MEMBERS = [
  { method: 'POST', url: '/v1/conversations/c/members' },
  { method: 'PATCH', url: '/v1/conversations/c/members/m' },
  { method: 'POST', url: '/v0.1/conversations/c/members' },
  { method: 'PUT', url: '/v0.1/conversations/c/members/m' },
];

test('a member that is made or changed to join by telephone is a call', () => {
  for (const parts of MEMBERS) {
    const called = intent(API, { ...parts, json: { action: 'join', channel: PHONE } });
    assert.deepEqual([called.action, to(called)], ['call.create', ['+447700900000']], parts.url);
    assert.ok(called.effects.includes('spend') && called.fixedSeconds === true, parts.url);
    const plain = intent(API, { ...parts, json: { state: 'left' } });
    assert.ok(!plain.effects.includes('spend'), parts.url);
  }
});

test('how a member joins is spelled as the vendor spells it', () => {
  const { to: endpoint } = PHONE;
  for (const channel of [{ type: 'app', To: endpoint }, { Type: 'phone' }, { type: 'app', to: [endpoint] }])
    for (const parts of MEMBERS) assert.match(problem(API, { ...parts, json: { channel } }), /`(?:to|type)`/);
  for (const parts of MEMBERS)
    assert.match(problem(API, { ...parts, json: { Channel: PHONE } }), /`channel`/);
});

test('changing who gets the events of a conversation, or where a user is reached, is routing', () => {
  const callback = { url: 'https://x.example', params: { ncco_url: 'https://x.example/ncco' } };
  for (const parts of [
    { method: 'POST', url: '/v1/conversations' },
    { method: 'PUT', url: '/v1/conversations/c' },
    { method: 'POST', url: '/v0.1/conversations' },
    { method: 'PUT', url: '/v0.1/conversations/c' },
  ]) {
    const routed = intent(API, { ...parts, json: { name: 'x', callback } });
    assert.ok(routed.effects.includes('routing') && routed.effects.includes('indirect'), parts.url);
    assert.deepEqual(routed.callbacks, ['https://x.example', 'https://x.example/ncco']);
    assert.deepEqual(intent(API, { ...parts, json: { name: 'x' } }).effects, ['write', 'pii']);
    assert.match(problem(API, { ...parts, json: { Callback: callback } }), /exactly so/);
  }
  for (const parts of [
    { method: 'POST', url: '/v1/users' },
    { method: 'PATCH', url: '/v1/users/u' },
    { method: 'PUT', url: '/v0.1/users/u' },
  ]) {
    const reached = intent(API, { ...parts, json: { channels: { sms: [{ number: '447700900000' }] } } });
    assert.ok(reached.effects.includes('routing'), parts.url);
    assert.deepEqual(intent(API, { ...parts, json: { name: 'x' } }).effects, ['write', 'pii']);
  }
});

test('an event of which nobody knows what it does may cost', () => {
  const event = (type: string) =>
    intent(API, { url: '/v1/conversations/c/events', json: { type, body: {} } }).effects.includes('spend');
  for (const type of ['sip:dial', 'audio:asr', 'rtc:transfer', 'Audio:record', 'customs', ''])
    assert.ok(event(type), type);
  for (const type of ['custom', 'custom:x', 'ephemeral', 'text', 'audio:play:stop', 'audio:earmuff:on'])
    assert.ok(!event(type), type);
});

test('the password of a SIP channel is sealed in answers, and the tokens of chat accounts are secrets', () => {
  assert.ok(vonage.custody.sealedAnswerFields.includes('password'));
  for (const [method, ...path] of [
    ['GET', ''],
    ['GET', 'messenger', '1'],
    ['PATCH', 'messenger', '1'],
  ] as const)
    assert.ok(
      operations.match(method, API, ['beta', 'chatapp-accounts', ...path])?.effects.includes('secret'),
      path.join('/'),
    );
});
