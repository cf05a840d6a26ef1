import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Vonage } from '@vonage/server-sdk';
import { Secret } from '../../kernel/secret.ts';
import { NOW, wire } from '../shared/wire-fixture.ts';
import { sigHolds, webhooks } from './webhook.ts';

/** The validator that the vendor's SDK brings along. */
const { verifySignature } = createRequire(import.meta.resolve('@vonage/server-sdk'))('@vonage/jwt') as {
  verifySignature(token: string, secret: string): boolean;
};
const SECRET = new Secret('0123456789abcdef0123456789abcdef');
const APP_SECRET = new Secret('rfv000000000000000000000000TVH10');
const HOOK = 'https://hooks.example/x';
// Computed from the documented claims; its signature was checked with @vonage/jwt.
const BODY =
  '{"to":"15005550006","from":"15005550001","channel":"sms","message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","timestamp":"2026-01-01T00:00:00Z","message_type":"text","text":"hi"}';
const TOKEN =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3NjcyMjU2MDAsImp0aSI6ImM1YmE4ZjI0LTFhMTQtNGMxMC1iZmRmLTNmYmU4Y2U1MTFiNSIsImlzcyI6IlZvbmFnZSIsInBheWxvYWRfaGFzaCI6IjQ0ODRjMTA2NGUwODcyMDVhNGRlNDBkZmViOWZlMGE5YjJiYzdlYmQ1N2I2NTk5N2ZhOWZjNDlkOWNkZmU2YTciLCJhcGlfa2V5IjoiYTFiMmMzZCIsImFwcGxpY2F0aW9uX2lkIjoiYWFhYWFhYWEtYmJiYi1jY2NjLWRkZGQtMDEyMzQ1Njc4OWFiIn0.u9jNSKEf2GF2I0GU23Gd0KYKYashMRujcPKlOy7pcys';

const signed = (body = BODY, token = TOKEN) => ({
  ...wire('hooks.example', { url: '/x', json: {}, headers: { authorization: `Bearer ${token}` } }),
  body: Buffer.from(body),
});

test('a signed webhook holds for its body, its secret and its time', () => {
  assert.ok(webhooks.verify(signed(), HOOK, SECRET, NOW));
  assert.ok(webhooks.verify(signed(), HOOK, SECRET, NOW + 299_000));
  assert.ok(!webhooks.verify(signed(), HOOK, SECRET, NOW + 301_000), 'too old');
  assert.ok(!webhooks.verify(signed(), HOOK, SECRET, NOW - 61_000), 'from the future');
  assert.ok(!webhooks.verify(signed(`${BODY} `), HOOK, SECRET, NOW), 'another body');
  assert.ok(!webhooks.verify(signed(), HOOK, APP_SECRET, NOW), 'another secret');
  assert.ok(!webhooks.verify(signed(BODY, `${TOKEN}x`), HOOK, SECRET, NOW));
});

test('a valid token without a hash of the body proves nothing', () => {
  // From a test of the vendor's Python SDK: good signature, claims of another kind.
  const token =
    'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJPbmxpbmUgSldUIEJ1aWxkZXIiLCJpYXQiOjE2OTc2MzQ2ODAsImV4cCI6MzMyNTQ1NDA4MjgsImF1ZCI6IiIsInN1YiI6IiJ9.88vJc3I2HhuqEDixHXVhc9R30tA6U_HQHZTC29y6CGM';
  const secret = new Secret('qwertyuiopasdfghjklzxcvbnm123456');
  assert.ok(verifySignature(token, secret.reveal()));
  assert.ok(!webhooks.verify(signed(BODY, token), HOOK, secret, NOW));
});

test('a webhook signed again passes the app’s own validator', () => {
  const headers = webhooks.sign(signed(), HOOK, APP_SECRET, NOW + 1000);
  const again = { ...signed(), headers: { ...signed().headers, ...headers } };
  assert.ok(webhooks.verify(again, HOOK, APP_SECRET, NOW + 1000));
  assert.ok(verifySignature(headers['authorization']?.slice(7) ?? '', APP_SECRET.reveal()));
  assert.equal(webhooks.eventId(again), webhooks.eventId(signed()), 'it stays the same event');
  assert.equal(webhooks.eventId(signed()), 'c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5');
});

test('the hash of a GET webhook is over its parameters', () => {
  const get = wire('hooks.example', { url: '/x?to=1&from=2', headers: { authorization: `Bearer ${TOKEN}` } });
  const headers = webhooks.sign(get, HOOK, SECRET, NOW);
  assert.ok(webhooks.verify({ ...get, headers: { ...headers } }, HOOK, SECRET, NOW));
  assert.ok(!webhooks.verify({ ...get, headers: { ...headers }, query: 'to=1&from=3' }, HOOK, SECRET, NOW));
});

// Inbound SMS of Vonage/vonage-node-sdk, packages/sms/__tests__/__dataSets__/signature.ts (Apache-2.0).
const SMS_PARAMETERS = {
  'message-timestamp': '2013-11-21 15:27:30',
  messageId: '020000001B0FE827',
  msisdn: '14843472194',
  text: 'Test again',
  timestamp: '1385047698',
  to: '13239877404',
  type: 'text',
};
const SMS_SECRET = 'my_secret_key_for_testing';
const SIGNATURES = {
  MD5HASH: 'd2e7b1dc968737c5998ad624e02f90b7',
  MD5HMAC: 'DDEBD46008C2D4E93CCE578A332A52D5',
  SHA1HMAC: '27D0D05C2876C7CB1720DBCDBA4D492E1E55C09A',
  SHA256HMAC: 'DDB8397C2B90AAC7F3882D306475C9A5058C92322EEF43C92B298B6E0FC0D330',
  SHA512HMAC:
    'E0D3C650F8C9D1A5C174D10DDDBFB003E561F59B265616208B0487C5D819481CD3C311D59CF6165ECD1139622D5BA3A256C0D763AC4A9AD9144B5A426B94FE82',
};

test('the signature of an inbound SMS holds in every algorithm of the vendor', () => {
  for (const [name, sig] of Object.entries(SIGNATURES)) {
    const parameters = new Map(Object.entries({ ...SMS_PARAMETERS, sig }));
    assert.ok(sigHolds(parameters, sig, SMS_SECRET), name);
    assert.ok(!sigHolds(new Map(parameters).set('text', 'Test agaim'), sig, SMS_SECRET), name);
    assert.ok(!sigHolds(parameters, sig, 'another secret'), name);
    assert.ok(!sigHolds(parameters, `${sig.slice(0, -1)}g`, SMS_SECRET), name);
  }
  const special = new Map(Object.entries({ text: 'a&b=c', timestamp: '1385047698', to: '1' }));
  assert.ok(
    sigHolds(special, '95b5ceb1996c1606a1a874c00d60d04c96e3bfc0ca97e9e0e49eb20c3e7b991a', SMS_SECRET),
  );
});

const SMS_TIME = 1_385_047_698_000;
const smsHook = (sig: string) => [
  wire('hooks.example', { url: '/x', json: { ...SMS_PARAMETERS, sig } }),
  wire('hooks.example', { url: '/x', form: { ...SMS_PARAMETERS, sig } }),
  wire('hooks.example', { url: `/x?${new URLSearchParams({ ...SMS_PARAMETERS, sig }).toString()}` }),
];

test('an SMS webhook is verified in query, form and JSON, and only near its time', () => {
  for (const request of smsHook(SIGNATURES.SHA256HMAC)) {
    const secret = new Secret(SMS_SECRET);
    assert.ok(webhooks.verify(request, HOOK, secret, SMS_TIME));
    assert.ok(!webhooks.verify(request, HOOK, secret, SMS_TIME + 301_000));
    assert.ok(!webhooks.verify(request, HOOK, new Secret(''), SMS_TIME));
    assert.equal(webhooks.eventId(request), '020000001B0FE827');
  }
  const unsigned = wire('hooks.example', { url: '/x', json: SMS_PARAMETERS });
  assert.ok(!webhooks.verify(unsigned, HOOK, new Secret(SMS_SECRET), SMS_TIME));
});

test('an SMS webhook signed again passes the app’s own validator', () => {
  // Without a key the SDK asks the file system for `undefined`, which Node deprecates.
  const { sms } = new Vonage({ apiKey: 'k', apiSecret: 's', privateKey: '' });
  const algorithms = ['MD5HASH', 'SHA256HMAC'] as const;
  for (const algorithm of algorithms)
    for (const request of smsHook(SIGNATURES[algorithm])) {
      const again = webhooks.signParameters?.(request, APP_SECRET, NOW);
      assert.ok(again);
      assert.ok(webhooks.verify(again, HOOK, APP_SECRET, NOW));
      const text = request.method === 'GET' ? again.query : again.body.toString();
      const parameters: Record<string, string> = text.startsWith('{')
        ? JSON.parse(text)
        : Object.fromEntries(new URLSearchParams(text));
      assert.ok(
        sms.verifySignature(parameters['sig'] ?? '', parameters, APP_SECRET.reveal(), algorithm as never),
      );
      assert.equal(parameters['text'], 'Test again');
    }
});

test('a webhook that was not signed is not signed again', () => {
  const plain = wire('hooks.example', { url: '/x', json: { text: 'hi' } });
  assert.deepEqual(webhooks.sign(plain, HOOK, APP_SECRET, NOW), {});
  assert.equal(webhooks.signParameters?.(plain, APP_SECRET, NOW), plain);
});
