import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from '../registry.ts';
import { facts, operations, productHost } from './facts.ts';
import { twilio } from './index.ts';

test('a product answers under its own name and under its regional ones', () => {
  assert.equal(productHost('api.twilio.com'), 'api.twilio.com');
  assert.equal(productHost('verify.ie1.twilio.com'), 'verify.twilio.com');
  assert.equal(productHost('api.dublin.ie1.twilio.com'), 'api.twilio.com');
  const segments = ['2010-04-01', 'Accounts', 'AC1', 'Messages.json'];
  assert.equal(operations.match('POST', 'api.sydney.au1.twilio.com', segments)?.id, 'CreateMessage');
});

test('no other name is a product, however close it looks', () => {
  for (const host of [
    'twilio.com',
    '.twilio.com',
    'evil.twilio.com',
    'api.twilio.com.evil.example',
    'apiXtwilio.com',
    'evil.ie1.twilio.com',
    'api.evil.ie1.twilio.com',
    'api.dublin.xx9.twilio.com',
    'api.a.b.ie1.twilio.com',
    'api..twilio.com',
    'API.twilio.com',
  ])
    assert.equal(productHost(host), null, host);
});

test('the registry knows the regional names too', () => {
  const registry = createRegistry([twilio]);
  for (const host of ['api.twilio.com', 'api.ie1.twilio.com', 'verify.dublin.ie1.twilio.com'])
    assert.equal(registry.find(host)?.id, 'twilio', host);
  for (const host of ['evil.twilio.com', 'twilio.com', 'api.twilio.com.evil.example'])
    assert.equal(registry.find(host), null, host);
});

/** Operations whose effects matter most; each line is a decision of the review that the README tells about. */
const REVIEWED: readonly (readonly [id: string, ...effects: string[]])[] = [
  ['ListAccount', 'secret', 'admin'],
  ['FetchAccount', 'secret'],
  ['CreateNewSigningKey', 'credential', 'secret'],
  ['lookups.v2.FetchPhoneNumber', 'spend'],
  ['CreateParticipant', 'spend'],
  ['UpdateMember', 'indirect', 'routing'],
  ['CreateCallRecording', 'spend'],
  ['CreateStream', 'spend', 'export'],
  ['CreateSiprec', 'spend', 'export'],
  ['CreatePayments', 'spend'],
  ['DeleteMessage', 'delete'],
  ['UpdateMessage', 'delete'],
  ['UpdateUsageTrigger', 'guard'],
  ['DeleteSipAuthCallsIpAccessControlListMapping', 'guard'],
  ['CreateIncomingPhoneNumberAssignedAddOn', 'buy'],
  ['ListVariable', 'secret'],
  ['CreateDeployment', 'credential'],
  ['CreateNewFactor', 'secret'],
  ['UpdateTaskReservation', 'indirect'],
  ['CreateUserDefinedMessageSubscription', 'export'],
  // Whoever binds an address to another's name gets what is written to him.
  ['CreateBinding', 'indirect', 'routing'],
  ['CreateSenderIdRegistration', 'secret', 'credential'],
  // Codes of three digits, and notifications to another device.
  ['UpdateFactor', 'credential'],
  ['CreateModuleData', 'routing', 'admin'],
  // Like the code of a function, they hold the tokens with which they ask other services.
  ['FetchFunctionVersionContent', 'secret'],
  ['studio.v2.FetchFlow', 'secret'],
  ['FetchFlowRevision', 'secret'],
  ['UpdateFlow', 'secret'],
  ['ListTools', 'secret'],
  ['FetchTool', 'secret'],
  ['UpdateTool', 'secret'],
  ['ListToolsByAssistant', 'secret'],
  ['FetchAssistant', 'secret'],
  // They say whether functions run with the account's credential, and whether calls are encrypted.
  ['serverless.v1.UpdateService', 'credential'],
  ['UpdateSipDomain', 'guard'],
  ['UpdateTrunk', 'guard'],
];

for (const [id, ...effects] of REVIEWED)
  test(`${id} is ${effects.join(', ')}`, () => {
    const row = operations.rows.find((one) => one.id === id || one.id.endsWith(`.${id}`));
    assert.ok(row, 'not in the table');
    for (const effect of effects) assert.ok((row.effects as readonly string[]).includes(effect), effect);
  });

test('an operation that answers with a key, token or secret is never a plain read', () => {
  const telling = /(Token|NewKey|NewSigningKey|OauthApp|AuthToken)/;
  for (const { id, method, effects, path } of operations.rows)
    if (method === 'POST' && telling.test(id) && !/Bucket/.test(path))
      assert.ok(effects.includes('secret') || effects.includes('credential'), id);
});

test('facts name hosts, currency and what disarms the vendor', () => {
  assert.equal(facts.currency, 'USD');
  assert.deepEqual(facts.disarming, ['RiskCheck=disable']);
  assert.ok(facts.hosts.every((host) => host.endsWith('.twilio.com')));
});
