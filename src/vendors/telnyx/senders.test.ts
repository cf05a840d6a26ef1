import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import { telnyx } from './index.ts';

const [TO, FROM, OTHER] = ['+15005550006', '+15005550001', '+15005550009'];

function intent(url: string, json: object) {
  const reading = readingBy(telnyx, wire('api.telnyx.com', { method: 'POST', url: `/v2${url}`, json }));
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

test('each fallback has a sender of its own', () => {
  const message = { to: TO, agent_id: 'Shop', agent_message: {} };
  for (const name of ['sms_fallback', 'mms_fallback']) {
    const { furtherSenders } = intent('/messages/rcs', { ...message, [name]: { from: OTHER, text: 'x' } });
    assert.deepEqual(furtherSenders, [OTHER], name);
  }
});

test('the caller id that a script shows to those whom it dials is a sender as well', () => {
  for (const attribute of ['callerId', 'callerid', 'x:callerId']) {
    const Texml = `<Response><Dial ${attribute}="${OTHER}">${TO}</Dial></Response>`;
    const made = intent('/texml/Accounts/a/Calls', { To: TO, From: FROM, Texml });
    assert.deepEqual([made.sender, made.furtherSenders], [FROM, [OTHER]], attribute);
    assert.deepEqual(intent('/texml/Accounts/a/Calls/c1', { Texml }).furtherSenders, [OTHER], attribute);
  }
});

test('a scheduled request says when it is carried out', () => {
  const at = '2026-01-31T08:00:00Z';
  const message = { to: TO, from: FROM, text: 'x' };
  assert.equal(intent('/messages/schedule', { ...message, send_at: at }).doneAt, Date.parse(at));
  assert.equal(intent('/messages', message).doneAt, undefined);
  const event = { telnyx_agent_target: FROM, telnyx_end_user_target: TO, scheduled_at_fixed_datetime: at };
  for (const telnyx_conversation_channel of ['phone_call', 'sms_chat'])
    assert.equal(
      intent('/ai/assistants/a/scheduled_events', { ...event, telnyx_conversation_channel }).doneAt,
      Date.parse(at),
      telnyx_conversation_channel,
    );
});

test('the sender is the field by which the vendor sends, whatever others are beside it', () => {
  const message = { to: TO, from: FROM, messaging_profile_id: 'pool' };
  assert.equal(intent('/messages/number_pool', { ...message, text: 'x' }).sender, 'pool');
  const rcs = { ...message, agent_id: 'Bank', agent_message: {} };
  assert.equal(intent('/messages/rcs', rcs).sender, 'Bank');
  assert.equal(intent('/messages', { ...message, text: 'x' }).sender, FROM);
});

test('the display name that the called party sees is a sender as well', () => {
  const shown = { to: TO, from: FROM, from_display_name: 'Bank' };
  for (const url of ['/calls', '/calls/c1/actions/transfer', '/faxes'])
    assert.deepEqual(intent(url, shown).furtherSenders, ['Bank'], url);
  const texml = { To: TO, From: FROM, CallerId: 'Bank' };
  for (const url of ['/texml/Accounts/a/Calls', '/texml/ai_calls/c1', '/texml/calls/c1'])
    assert.deepEqual(intent(url, texml).furtherSenders, ['Bank'], url);
});
