import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Effect } from '../../intent/intent.ts';
import { intentBy, wire } from '../shared/wire-fixture.ts';
import { custody } from './credential.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function effects(method: string, url: string): readonly Effect[] {
  return intentBy(telnyx, wire(HOST, { method, url: `/v2${url}` })).effects;
}

test('an answer that holds a password, token or key of a trunk, bucket or network is a secret', () => {
  const places = [
    'fqdn_connections',
    'ip_connections',
    'storage/migration_sources',
    'virtual_cross_connects',
  ];
  for (const place of [...places, 'oauth_clients'])
    for (const [method, url] of [
      ['GET', `/${place}`],
      ['POST', `/${place}`],
      ['GET', `/${place}/1`],
    ] as const)
      assert.ok(effects(method, url).includes('secret'), `${method} ${url}`);
  for (const method of ['GET', 'POST', 'PUT'])
    assert.ok(effects(method, '/custom_storage_credentials/1').includes('secret'), method);
  for (const url of ['/fqdn_connections/1', '/fqdn_connections/1/fqdn_authentication', '/ip_connections/1'])
    assert.ok(effects('PATCH', url).includes('secret'), url);
  assert.ok(effects('PATCH', '/wireguard_peers/1').includes('secret'));
  assert.ok(effects('PATCH', '/managed_accounts/1').includes('secret'));
});

test('keys of trunks, buckets and networks are sealed in answers', () => {
  for (const field of [
    'ip_authentication_token',
    'secret_access_key',
    'aws_secret_access_key',
    'account_key',
    'primary_bgp_key',
    'secondary_bgp_key',
  ])
    assert.ok(custody.sealedAnswerFields.includes(field), field);
});

test('the code that somebody was sent is sealed in answers, who may read verifications does not see it', () => {
  assert.ok(custody.sealedAnswerFields.includes('custom_code'));
});

test('the PIN without which a number cannot be ported away is sealed in answers, and a guard in requests', () => {
  for (const field of ['external_pin', 'attempted_pin', 'pin_passcode'])
    assert.ok(custody.sealedAnswerFields.includes(field), field);
  const request = wire(HOST, { method: 'PATCH', url: '/v2/phone_numbers/1', json: { external_pin: '1234' } });
  assert.ok(intentBy(telnyx, request).effects.includes('guard'));
  assert.ok(!effects('PATCH', '/phone_numbers/1').includes('guard'));
});

test('a SIM card is asked for its PIN and PUK by a parameter, and that makes the read a secret', () => {
  assert.deepEqual(effects('GET', '/sim_cards/1'), ['read']);
  assert.deepEqual(effects('GET', '/sim_cards/1?include_pin_puk_codes=false'), ['read']);
  assert.deepEqual(effects('GET', '/sim_cards/1?include_pin_puk_codes=true'), ['read', 'secret']);
  const twice = '/sim_cards/1?include_pin_puk_codes=true&include_pin_puk_codes=false';
  assert.deepEqual(effects('GET', '/sim_cards?tag=a&tag=b'), ['read'], 'filters may repeat a name');
  assert.deepEqual(effects('GET', twice), ['read', 'secret'], 'whichever the vendor takes');
});

test('recordings, people and their numbers are personal data', () => {
  for (const url of [
    '/room_compositions',
    '/room_compositions/1',
    '/portouts/events',
    '/portouts/events/1',
    '/verified_numbers',
    '/verified_numbers/+15005550006',
    '/sim_card_orders',
    '/sim_card_orders/1',
    '/rcs/agents/1/test_devices',
    '/dir/1/references',
    '/compute/funcs/1/logs',
  ])
    assert.ok(effects('GET', url).includes('pii'), url);
});

test('another script for a conference or participant may cost, muting and ending do not', () => {
  const change = (url: string, json: object) => {
    return intentBy(
      telnyx,
      wire(HOST, { method: 'POST', url: `/v2/texml/Accounts/a/Conferences/${url}`, json }),
    );
  };
  const script = 'https://x.example/texml';
  for (const [url, name] of [
    ['c', 'AnnounceUrl'],
    ['c/Participants/p', 'AnnounceUrl'],
    ['c/Participants/p', 'HoldUrl'],
    ['c/Participants/p', 'WaitUrl'],
  ] as const) {
    const { effects: given, callbacks } = change(url, { [name]: script });
    assert.ok(given.includes('indirect'), `${url} ${name}`);
    assert.deepEqual(callbacks, [script]);
  }
  assert.deepEqual(change('c', { Status: 'completed' }).effects, ['write']);
  assert.deepEqual(change('c/Participants/p', { Muted: true, AnnounceUrl: '' }).effects, ['write']);
});

test('an insight is sent to the webhook that it names, so it decides who gets what was said', () => {
  assert.deepEqual(effects('POST', '/ai/conversations/insights'), ['write', 'routing']);
  assert.deepEqual(effects('PUT', '/ai/conversations/insights/1'), ['write', 'routing']);
});

test('a write that does more than write says so, since a rule for reading personal data lets plain writes pass', () => {
  assert.deepEqual(effects('POST', '/storage/sqldbs/1/actions/query'), ['write', 'delete', 'pii', 'export']);
  for (const url of ['/10dlc/brand/B1', '/10dlc/campaign/C1'])
    assert.ok(effects('PUT', url).includes('routing'), `${url} has webhooks`);
  for (const [method, url] of [
    ['POST', '/siprec_connectors'],
    ['PUT', '/siprec_connectors/c'],
  ] as const)
    assert.ok(effects(method, url).includes('export'), 'calls are copied there');
  assert.ok(effects('PATCH', '/global_ip_assignments/1').includes('routing'));
  assert.ok(effects('POST', '/ai/assistants/1/tools/2/test').includes('indirect'), 'the tool is really run');
});
