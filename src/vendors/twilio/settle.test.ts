import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { intentOf } from '../shared/reading.ts';
import { answer } from '../shared/wire-fixture.ts';
import { readSettlement } from './settle.ts';

const spending = { vendor: 'twilio', effects: ['write', 'spend'] } as const;
const message = intentOf({ ...spending, id: 'CreateMessage' }, { action: 'message.send', channel: 'sms' });
const call = intentOf({ ...spending, id: 'CreateCall' }, { action: 'call.create', channel: 'voice' });

test('a price is a negative decimal, and null until the message is rated', () => {
  assert.deepEqual(readSettlement(message, answer(201, { sid: 'SM1', price: null, price_unit: 'USD' })), {
    outcome: 'accepted',
    cost: null,
    resourceIds: ['SM1'],
  });
  const rated = readSettlement(message, answer(201, { sid: 'SM1', price: '-0.00750', price_unit: 'usd' }));
  assert.deepEqual(rated.cost, { amount: 7500, currency: 'USD' });
});

test('text that the answer echoes cannot pass for a price', () => {
  const body =
    '{"sid":"SM666","price":"-0.00001","price_unit":"USD"}","price":"-0.00001","sid":"SM666","x":"';
  const reply = answer(201, {
    body,
    sid: 'SM1',
    price: '-0.75',
    price_unit: 'USD',
    more: { sid: 'SM667', price: '-9' },
  });
  const { cost, resourceIds } = readSettlement(message, reply);
  assert.deepEqual([cost?.amount, resourceIds], [750_000, ['SM1']]);
  const first = Buffer.from(`{"body":${JSON.stringify(body)},"sid":"SM1","price":null,"price_unit":"USD"}`);
  assert.equal(readSettlement(message, { status: 201, headers: {}, body: first }).cost, null);
});

test('4xx is a refusal, a failed create is unknown, a failed read cost nothing', () => {
  for (const status of [400, 401, 403, 404, 409, 429])
    assert.equal(readSettlement(message, answer(status, {})).outcome, 'rejected', String(status));
  for (const status of [302, 408, 499, 500, 502, 503])
    assert.equal(readSettlement(message, answer(status, {})).outcome, 'unknown', String(status));
  assert.equal(
    readSettlement({ ...message, effects: ['read', 'spend'] }, answer(503, {})).outcome,
    'rejected',
  );
});

test('an answer that cannot be read was accepted all the same', () => {
  for (const text of ['', 'x', '[]', 'null', '{"sid":1}', '{"sid":'])
    assert.deepEqual(readSettlement(message, { status: 201, headers: {}, body: Buffer.from(text) }), {
      outcome: 'accepted',
      cost: null,
      resourceIds: [],
    });
});

test('the latest attempt of a verification is the one to look up', () => {
  const reply = answer(201, {
    sid: 'VE1',
    send_code_attempts: [{ attempt_sid: 'VL1' }, { attempt_sid: 'VL2' }],
  });
  assert.deepEqual(readSettlement({ ...message, action: 'verify.start' }, reply).resourceIds, ['VL2', 'VE1']);
});

test('only a correct verification code is charged', () => {
  const check: Intent = { ...message, action: 'verify.check' };
  assert.equal(readSettlement(check, answer(200, { sid: 'VE1', status: 'pending' })).cost?.amount, 0);
  assert.equal(readSettlement(check, answer(200, { sid: 'VE1', status: 'approved' })).cost, null);
});

test('a call of several parts is never settled at the price of its first part', () => {
  const reply = answer(201, { sid: 'CA1', price: '-0.01', price_unit: 'USD' });
  assert.equal(readSettlement(call, reply).cost?.amount, 10_000);
  const parts = readSettlement({ ...call, extras: ['leg'] }, reply);
  assert.deepEqual([parts.cost, parts.resourceIds], [null, ['parts:CA1', 'CA1']]);
  assert.equal(readSettlement({ ...call, action: 'call.modify' }, reply).cost, null);
});

test('a participant is known by its call', () => {
  assert.deepEqual(readSettlement(call, answer(201, { call_sid: 'CA9' })).resourceIds, ['CA9']);
});
