import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function read(url: string, json: unknown, method = 'POST') {
  return readingBy(telnyx, wire(HOST, { method, url: `/v2${url}`, json }));
}

function quantity(url: string, json: unknown, method = 'POST'): number | undefined {
  const reading = read(url, json, method);
  assert.ok(reading.kind === 'intent', `${url}: ${JSON.stringify(reading)}`);
  return reading.intent.quantity;
}

test('an order counts as many as its quantity field says', () => {
  assert.equal(quantity('/sim_card_orders', { address_id: 'a', quantity: 500 }), 500);
  assert.equal(quantity('/actions/purchase/esims', { amount: '20' }), 20);
  assert.equal(quantity('/inbound_channels', { channels: 7 }, 'PATCH'), 7);
  assert.equal(quantity('/channel_zones/z', { channels: 3 }, 'PUT'), 3);
  assert.equal(quantity('/number_block_orders', { range: 100, starting_number: '+15005550000' }), 100);
});

test('a list is an order for each of its entries', () => {
  const numbers = ['+15005550001', '+15005550002'];
  for (const url of [
    '/porting_orders',
    '/messaging_hosted_number_orders',
    '/phone_numbers/jobs/update_emergency_settings',
    '/enterprises/e/reputation/numbers',
    '/enterprises/e/reputation/numbers/refresh',
    '/enterprises/e/reputation/remediation',
    '/dir/d/phone_numbers',
  ])
    assert.equal(quantity(url, { phone_numbers: numbers }), 2, url);
  assert.equal(quantity('/email_validations/batch', { emails: ['a@b.example', 'c@b.example'] }), 2);
  assert.equal(quantity('/actions/register/sim_cards', { registration_codes: ['1', '2', '3'] }), 3);
  assert.equal(quantity('/sim_cards/actions/bulk_set_public_ips', { sim_card_ids: ['1', '2'] }), 2);
  const items = [
    { billing_bundle_id: 'b', quantity: 4 },
    { billing_bundle_id: 'c', quantity: 5 },
  ];
  assert.equal(quantity('/bundle_pricing/user_bundles/bulk', { items }), 9);
});

test('money taken from a stored card counts by the dollar', () => {
  assert.equal(quantity('/v2/payment/stored_payment_transactions', { amount: '120.01' }), 121);
  assert.equal(quantity('/machine-payments/account-credit', { amount_usd: '10.00' }), 10);
});

test('an order that does not say how many, or says it twice, is malformed', () => {
  for (const json of [{}, { quantity: -1 }, { quantity: 'many' }, { quantity: 1, Quantity: 900 }])
    assert.equal(read('/sim_card_orders', json).kind, 'malformed', JSON.stringify(json));
  assert.equal(read('/sim_card_orders?quantity=900', { quantity: 1 }).kind, 'malformed');
  assert.equal(read('/porting_orders', { phone_numbers: '+15005550001' }).kind, 'malformed');
  assert.equal(read('/v2/payment/stored_payment_transactions', { amount: '1e5' }).kind, 'malformed');
});
