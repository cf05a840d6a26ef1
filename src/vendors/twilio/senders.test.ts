import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan, wire } from '../shared/wire-fixture.ts';
import { operations } from './facts.ts';
import { readIntent } from './intents.ts';

const TO = '+15005550006';

function read(what: 'Calls' | 'Messages', form: Readonly<Record<string, string>>) {
  const url = `/2010-04-01/Accounts/AC${'f'.repeat(32)}/${what}.json`;
  const request = wire('api.twilio.com', { url, form: { To: TO, ...form } });
  const operation = operations.match(request.method, request.host, request.segments);
  assert.ok(operation);
  return readIntent(operation, request, plan);
}

function sendersOf(what: 'Calls' | 'Messages', form: Readonly<Record<string, string>>) {
  const reading = read(what, form);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return [reading.intent.sender, ...(reading.intent.furtherSenders ?? [])];
}

test('a sender that a script shows to those whom it dials or writes to is a sender as well', () => {
  const inside = (verb: string) =>
    sendersOf('Calls', { From: 'Shop', Twiml: `<Response>${verb}</Response>` });
  assert.deepEqual(inside(`<Dial callerId="Bank">${TO}</Dial>`), ['Shop', 'Bank']);
  assert.deepEqual(inside(`<Sms to="${TO}" from="Bank">x</Sms>`), ['Shop', 'Bank']);
  assert.deepEqual(inside(`<Dial callerId="">${TO}</Dial>`), ['Shop']);
});

test('a fallback has a sender of its own', () => {
  const form = { MessagingServiceSid: 'MG1', FallbackFrom: 'Bank', Body: 'x' };
  assert.deepEqual(sendersOf('Messages', form), ['MG1', 'Bank']);
});

test('a message that names a number and a service has both as senders', () => {
  const form = { From: 'Shop', MessagingServiceSid: 'MG1', Body: 'x' };
  assert.deepEqual(sendersOf('Messages', form), ['Shop', 'MG1']);
  assert.deepEqual(sendersOf('Messages', { ...form, MessagingServiceSid: '' }), ['Shop']);
});

test('a call that names two senders has both', () => {
  assert.deepEqual(sendersOf('Calls', { From: 'Bank', CallerId: 'Shop' }), ['Shop', 'Bank']);
  assert.deepEqual(sendersOf('Calls', { From: 'Bank', CallerId: '' }), ['Bank']);
  assert.deepEqual(sendersOf('Calls', { From: 'Shop', CallerId: 'Shop' }), ['Shop']);
});

test('the sender of a call is spelled exactly', () => {
  const other = read('Calls', { From: 'Shop', callerid: 'Bank' });
  assert.match(other.kind === 'malformed' ? other.problem : '', /`CallerId`/);
});
