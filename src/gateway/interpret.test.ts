import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VENDORS } from '../vendors/index.ts';
import { plan, wire } from '../vendors/shared/wire-fixture.ts';
import { interpret, type Interpretation } from './interpret.ts';

const ACCOUNT_SID = `AC${'f'.repeat(32)}`;

function read(form: Readonly<Record<string, string>>): ReturnType<typeof interpret> {
  const vendor = VENDORS.find(({ id }) => id === 'twilio');
  assert.ok(vendor);
  const sent = wire('api.twilio.com', { url: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`, form });
  const operation = vendor.operations.match(sent.method, sent.host, sent.segments);
  const account = { id: 'a', open: { fields: { accountSid: ACCOUNT_SID }, secrets: {} } };
  const parts = { request: { vendor, operation }, wire: sent, account, claims: null };
  return interpret(parts as unknown as Interpretation, plan);
}

test('a protection of the vendor is not switched off, with blanks and in other letters either', () => {
  const sms = { To: '+15005550006', Body: 'x' };
  assert.ok(read({ ...sms, RiskCheck: 'enable' }).ok);
  for (const RiskCheck of ['disable', 'DISABLE', ' disable', 'disable\n', '\ufeffdisable']) {
    const step = read({ ...sms, RiskCheck });
    assert.ok(!step.ok && step.refusal.code === 'parameter_disarming', JSON.stringify(RiskCheck));
  }
});

test('what spends is not asked for with HEAD, whose answer tells neither what was done nor what it cost', () => {
  const vendor = VENDORS.find(({ id }) => id === 'vonage');
  assert.ok(vendor);
  const ask = (method: string, url: string) => {
    const sent = wire('rest.nexmo.com', { method, url });
    const operation = vendor.operations.match('GET', sent.host, sent.segments);
    const account = { id: 'a', open: { fields: { apiKey: 'abcd1234' }, secrets: {} } };
    const parts = { request: { vendor, operation }, wire: sent, account, claims: null };
    return interpret(parts as unknown as Interpretation, plan);
  };
  const sms = '/sms/json?to=15005550006&from=Acme&text=x';
  assert.ok(ask('GET', sms).ok);
  assert.ok(ask('HEAD', '/account/get-balance').ok);
  const step = ask('HEAD', sms);
  assert.ok(!step.ok && step.refusal.code === 'intent_unreadable');
  assert.match(step.refusal.message, /HEAD/);
});

test('what rules and prices look at one by one is bounded', () => {
  const sms = { To: '+15005550006', Body: 'x' };
  assert.ok(read({ ...sms, MediaUrl: 'https://a.example\n'.repeat(1000) }).ok);
  const step = read({ ...sms, MediaUrl: 'https://a.example\n'.repeat(2500) });
  assert.ok(!step.ok && step.refusal.code === 'intent_unreadable');
  assert.match(step.refusal.message, /2000 addresses/);
});

test('the mask of a secret is not written back to the vendor, where it would become the secret', () => {
  const vendor = VENDORS.find(({ id }) => id === 'livekit');
  assert.ok(vendor);
  const write = (authPassword: string) => {
    const json = { sipTrunkId: 'ST_x', replace: { name: 'n', authPassword } };
    const sent = wire('p.livekit.cloud', { url: '/twirp/livekit.SIP/UpdateSIPOutboundTrunk', json });
    const operation = vendor.operations.match(sent.method, sent.host, sent.segments);
    const account = { id: 'a', open: { fields: { host: 'p.livekit.cloud' }, secrets: {} } };
    const parts = { request: { vendor, operation }, wire: sent, account, claims: null };
    return interpret(parts as unknown as Interpretation, plan);
  };
  assert.ok(write('a real one').ok);
  const step = write('[sealed]');
  assert.ok(!step.ok && step.refusal.code === 'intent_unreadable');
  assert.match(step.refusal.message, /\[sealed\]/);
  assert.ok(read({ To: '+15005550006', Body: '[sealed]' }).ok, 'the text of a message is no secret');
});

test('nor is it in JSON that a field holds as text, in a form or in JSON', () => {
  const vendor = VENDORS.find(({ id }) => id === 'twilio');
  assert.ok(vendor);
  const create = (SinkConfiguration: string) => {
    const form = { SinkConfiguration, SinkType: 'segment', Description: 'x' };
    const sent = wire('events.twilio.com', { url: '/v1/Sinks', form });
    const operation = vendor.operations.match(sent.method, sent.host, sent.segments);
    const account = { id: 'a', open: { fields: { accountSid: ACCOUNT_SID }, secrets: {} } };
    const parts = { request: { vendor, operation }, wire: sent, account, claims: null };
    return interpret(parts as unknown as Interpretation, plan);
  };
  for (const value of ['a real one', 'not [sealed]', '[sealed] neither'])
    assert.ok(create(JSON.stringify({ write_key: value })).ok, value);
  const masked = { write_key: '[sealed]' };
  for (const json of [
    JSON.stringify(masked),
    JSON.stringify(masked, null, 2),
    '{"write_key" :\t"[sealed]"}',
    JSON.stringify({ inner: JSON.stringify(masked) }),
    JSON.stringify({ inner: JSON.stringify(masked).replace(':', ':\n') }),
  ]) {
    const step = create(json);
    assert.ok(!step.ok && step.refusal.code === 'intent_unreadable', json);
    assert.match(step.refusal.message, /\[sealed\]/);
  }
});
