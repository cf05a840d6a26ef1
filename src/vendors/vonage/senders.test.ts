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

test('whoever is shown to those whom a script connects is a sender as well', () => {
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
