import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Intent } from '../../intent/intent.ts';
import { answer } from '../shared/wire-fixture.ts';
import { lookup } from './lookup.ts';
import { readSettlement } from './settle.ts';

const settle = (operation: string, status: number, json: unknown, more: object = {}) =>
  readSettlement(
    { operation, extras: [], destinations: [], ...more } as unknown as Intent,
    answer(status, json),
  );

test('an SMS costs what its accepted parts cost', () => {
  const part = (status: string, price?: string) => ({
    status,
    'message-id': `id${price}`,
    ...(price === undefined ? {} : { 'message-price': price, 'remaining-balance': '10.5' }),
  });
  const sms = (...messages: object[]) => settle('sms.send', 200, { 'message-count': '2', messages });
  assert.deepEqual(sms(part('0', '0.03330000'), part('0', '0.0333')), {
    outcome: 'accepted',
    cost: { amount: 66_600, currency: 'EUR' },
    resourceIds: ['id0.03330000', 'id0.0333'],
  });
  assert.equal(sms(part('0', '0.03'), part('9')).cost?.amount, 30_000);
  assert.equal(sms(part('8')).outcome, 'rejected');
  assert.equal(sms(part('5')).outcome, 'unknown', 'an internal error says nothing');
  assert.deepEqual(sms(part('0', '0.03'), part('5')).cost, null);
  const mixed = sms(part('0', '0.03'), part('0', '0.03'), part('5')).resourceIds;
  assert.deepEqual(
    mixed,
    ['parts:id0.03', 'id0.03', 'id0.03'],
    'no single record has the price of all parts',
  );
  assert.equal(lookup.fetch('message.send', mixed[0] ?? '', { apiKey: 'k' }), null);
  assert.deepEqual(sms(part('0')).cost, null, 'no price is a late price');
  assert.equal(sms(part('0', '-1')).cost, null);
  assert.equal(sms().outcome, 'unknown');
});

test('an answer without a status, or with an error of the vendor, has an unknown outcome', () => {
  const sms = (...messages: object[]) => settle('sms.send', 200, { messages });
  const odd = { 'message-id': 'id', 'message-price': '0.03' };
  assert.equal(sms(odd).outcome, 'unknown');
  assert.equal(sms({ ...odd, status: null }).outcome, 'unknown');
  assert.equal(sms({ ...odd, status: '0' }, odd).cost, null);
  const buy = (code: string) => settle('number_management.buy_number', 200, { 'error-code': code }).outcome;
  assert.deepEqual(['200', '420', '500'].map(buy), ['accepted', 'rejected', 'unknown']);
});

test('a price inside a text is no price', () => {
  const fake = { status: '8', 'error-text': '"status":"0","message-price":"0.00"' };
  assert.equal(settle('sms.send', 200, { messages: [fake] }).outcome, 'rejected');
  assert.equal(
    settle('sms.send', 200, '{"messages":[{"status":"0","message-price":"0"}]}').outcome,
    'unknown',
  );
});

test('a status of the older APIs decides over the HTTP status', () => {
  assert.equal(settle('verify_legacy.start', 200, { status: '0', request_id: 'r1' }).resourceIds[0], 'r1');
  assert.equal(settle('verify_legacy.start', 200, { status: '9' }).outcome, 'rejected');
  assert.equal(settle('verify_legacy.start', 200, {}).outcome, 'unknown');
  assert.deepEqual(
    settle('number_insight.get_basic_info', 200, { status: 0, request_id: 'r', request_price: '0.005' }).cost,
    { amount: 5000, currency: 'EUR' },
  );
  assert.equal(settle('number_insight.get_basic_info', 200, { status: 4 }).outcome, 'rejected');
  assert.equal(settle('number_management.buy_number', 200, { 'error-code': '200' }).outcome, 'accepted');
  assert.equal(settle('number_management.buy_number', 200, { 'error-code': '420' }).outcome, 'rejected');
});

test('a request that was accepted without a price is looked up by its id', () => {
  const id = (operation: string, json: object) => settle(operation, 202, json).resourceIds[0];
  assert.equal(id('messages.send', { message_uuid: 'm1' }), 'm1');
  assert.equal(id('voice.create_call', { uuid: 'c1', conversation_uuid: 'CON-1' }), 'c1');
  assert.equal(id('verify.start_verification', { request_id: 'v1' }), 'v1');
});

test('only a clear refusal of the vendor releases the money', () => {
  const outcome = (status: number) => settle('messages.send', status, {}).outcome;
  assert.deepEqual([400, 401, 402, 422, 429].map(outcome), Array(5).fill('rejected'));
  assert.deepEqual([302, 408, 499, 500, 502, 504].map(outcome), Array(6).fill('unknown'));
});

test('never throws, whatever the vendor answers', () => {
  const operations = ['sms.send', 'verify_legacy.start', 'number_insight.basic_post', 'voice.create_call'];
  fc.assert(
    fc.property(fc.constantFrom(...operations), fc.jsonValue(), (operation, json) => {
      const { cost } = settle(operation, 200, json);
      assert.ok(cost === null || cost.amount >= 0);
    }),
  );
});

test('a request with further legs or failovers is not settled by the record of its first part', () => {
  const ids = (action: string, operation: string, json: object, more: object) =>
    settle(operation, 202, json, { action, ...more }).resourceIds;
  const call = { uuid: 'c1' };
  assert.deepEqual(ids('call.create', 'voice.create_call', call, { extras: ['leg'] }), ['parts:c1', 'c1']);
  assert.deepEqual(ids('call.create', 'voice.create_call', call, { destinations: [{}, {}] }), [
    'parts:c1',
    'c1',
  ]);
  assert.deepEqual(ids('call.create', 'voice.create_call', call, { destinations: [{}] }), ['c1']);
  const message = { message_uuid: 'm1' };
  assert.deepEqual(ids('message.send', 'messages.send', message, { extras: ['failover_sms'] }), [
    'parts:m1',
    'm1',
  ]);
});
