import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, intent } from './intent-fixture.ts';

const FROM = { type: 'phone', number: '15005550001' };
const TO = { type: 'phone', number: '15005550006' };

function sendersOf(url: string, json: object, method = 'POST') {
  const { sender, furtherSenders = [] } = intent(API, { method, url, json });
  return [sender, ...furtherSenders];
}

test('each failover has a sender of its own', () => {
  const message = { channel: 'sms', message_type: 'text', to: TO.number, text: 'x' };
  const failover = [{ ...message, from: 'Bank' }];
  assert.deepEqual(sendersOf('/v1/messages', { ...message, from: 'Shop', failover }), ['Shop', 'Bank']);
});

test('the caller id that a script shows to those whom it connects is a sender as well', () => {
  const shown = (connect: object) => {
    const ncco = [{ action: 'connect', endpoint: [TO], ...connect }];
    const changed = { action: 'transfer', destination: { type: 'ncco', ncco } };
    const [, ...further] = sendersOf('/v1/calls/c1', changed, 'PUT');
    assert.deepEqual(sendersOf('/v1/calls', { to: [TO], from: FROM, ncco }), [FROM.number, ...further]);
    return further;
  };
  assert.deepEqual(shown({}), []);
  assert.deepEqual(shown({ from: '15005550009' }), ['15005550009']);
  assert.deepEqual(shown({ randomFromNumber: true }), ['']);
});

test('each step of a verification has a sender of its own', () => {
  const step = { channel: 'sms', to: TO.number };
  const senders = (...steps: object[]) => sendersOf('/v2/verify', { brand: 'Shop', workflow: steps });
  assert.deepEqual(senders(step), ['Shop']);
  assert.deepEqual(senders({ ...step, from: 'Bank' }), ['Shop', 'Bank']);
  assert.deepEqual(senders(step, { channel: 'whatsapp', to: TO.number, from: '15005550009' }), [
    'Shop',
    '15005550009',
  ]);
});

test('a call from a number by chance has more senders than the one it states', () => {
  const call = { to: [TO], from: FROM, ncco: [{ action: 'talk', text: 'x' }] };
  assert.deepEqual(sendersOf('/v1/calls', { ...call, random_from_number: true }), [FROM.number, '']);
  assert.deepEqual(sendersOf('/v1/calls', { ...call, random_from_number: false }), [FROM.number]);
});
