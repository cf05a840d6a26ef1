import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicHeader } from '../shared/basic-auth.ts';
import { issueSources, NOW, openAccount, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import type { WireRequest } from '../wire.ts';
import { custody } from './credential.ts';

const AC = `AC${'0123456789abcdef'.repeat(2)}`;
const OTHER = `AC${'f'.repeat(32)}`;
const SK = `SK${'0123456789abcdef'.repeat(2)}`;
const TOKEN = 'real0auth0token';
const byToken = openAccount({ accountSid: AC }, { authToken: TOKEN });
const byKey = openAccount(
  { accountSid: AC, apiKeySid: SK },
  { authToken: TOKEN, apiKeySecret: 'real0key0secret' },
);

function get(url: string, authorization?: string): WireRequest {
  return wire('api.twilio.com', { url, headers: authorization === undefined ? {} : { authorization } });
}

function post(url: string, form: Readonly<Record<string, string>>): WireRequest {
  return wire('api.twilio.com', { url, form });
}

const check = (request: WireRequest): string | null =>
  custody.checkAccount?.(request, { accountSid: AC }) ?? null;

test('the app keeps the real account SID and gets a virtual auth token', () => {
  const issued = custody.issue('secret', { accountSid: AC }, issueSources());
  assert.equal(issued.publicId, AC);
  assert.deepEqual(Object.keys(issued.parts), ['accountSid', 'authToken']);
  assert.equal(issued.verifier.reveal(), VIRTUAL);
  const presented = custody.read(get('/', basicHeader(AC, VIRTUAL)));
  assert.deepEqual(presented, { kind: 'secret', publicId: AC, secret: VIRTUAL });
});

test('for client tokens it gets a virtual API key', () => {
  const issued = custody.issue('hs256', { accountSid: AC }, issueSources());
  assert.match(issued.publicId ?? '', /^SK[0-9a-f]{32}$/);
  assert.deepEqual(Object.keys(issued.parts), ['accountSid', 'apiKeySid', 'apiKeySecret']);
});

test('the secret works as an API key too, whose name proves nothing', () => {
  assert.deepEqual(custody.read(get('/', basicHeader(SK, VIRTUAL))), {
    kind: 'secret',
    publicId: null,
    secret: VIRTUAL,
  });
});

test('other schemes and users carry no key', () => {
  for (const header of [
    'Bearer abc',
    basicHeader('bob', VIRTUAL),
    'Basic !!',
    basicHeader(`AC${'x'.repeat(500)}`, VIRTUAL),
  ])
    assert.equal(custody.read(get('/', header)), null, header);
  assert.equal(custody.read(get('/')), null);
  assert.match(custody.explainMissing?.(get('/', 'Bearer abc')) ?? '', /OAuth/);
});

test('the real credential replaces the virtual one; a signature over the old request is dropped', () => {
  const request = wire('api.twilio.com', {
    url: '/x',
    headers: { authorization: basicHeader(AC, VIRTUAL), 'twilio-client-validation': 'eyJ.x.y' },
  });
  const sent = custody.authorize(request, byToken, NOW);
  assert.equal(sent.headers['authorization'], basicHeader(AC, TOKEN));
  assert.equal(sent.headers['twilio-client-validation'], undefined);
  assert.equal(
    custody.authorize(request, byKey, NOW).headers['authorization'],
    basicHeader(SK, 'real0key0secret'),
  );
});

test('an account without any credential is refused by name', () => {
  assert.throws(() => custody.authorize(get('/'), openAccount({ accountSid: AC }, {}), NOW), /authToken/);
  assert.throws(() => custody.test(openAccount({ accountSid: AC, apiKeySid: SK }, {}), NOW), /apiKeySecret/);
});

test('a key of one account does not act on another', () => {
  assert.equal(check(get(`/2010-04-01/Accounts/${AC}/Messages.json`)), null);
  assert.equal(check(get(`/2010-04-01/Accounts/${AC}.json`)), null);
  assert.equal(check(get('/2010-04-01/Accounts.json')), null);
  assert.match(
    check(get(`/2010-04-01/Accounts/${OTHER}/Messages.json`)) ?? '',
    /The path names another account/,
  );
  assert.match(check(get(`/2010-04-01/Accounts/${OTHER}.json`)) ?? '', /path/);
  assert.match(check(get(`/2010-04-01/Accounts/${AC.toUpperCase()}/Messages.json`)) ?? '', /path/);
  assert.match(check(get(`/2010-04-01/Accounts/${AC}x/Messages.json`)) ?? '', /path/);
  assert.match(check(get(`/Organizations/OR1/Accounts/${OTHER}`)) ?? '', /path/);
  assert.match(check(get(`/v1/Keys?AccountSid=${OTHER}`)) ?? '', /parameters/);
  assert.match(check(post('/v1/Keys', { AccountSid: OTHER })) ?? '', /parameters/);
  assert.match(check(get(`/v1/Voice/Summaries?Subaccount=${OTHER}`)) ?? '', /parameters/);
  const listed = '/v1/Tollfree/Verifications?IncludeSubAccounts=';
  assert.match(check(get(`${listed}true`)) ?? '', /parameters/);
  assert.equal(check(get(`${listed}false`)), null);
  assert.match(check(post('/v1/Keys', { account_sid: OTHER })) ?? '', /parameters/);
  assert.equal(check(post('/v1/Keys', { AccountSid: AC })), null);
  const encoded = { ...post('/v1/Keys', {}), body: Buffer.from(`Account%53id=${OTHER}`) };
  assert.match(check(encoded) ?? '', /parameters/);
  const json = wire('flex-api.twilio.com', { url: '/v1/Configuration', json: { account_sid: OTHER } });
  assert.match(check(json) ?? '', /The body names another account/);
  const named = (text: string) => check({ ...json, body: Buffer.from(text) });
  for (const text of [
    `{"account\\u005fsid":"${OTHER}"}`,
    `{"target_account_sid":"${OTHER}"}`,
    `{"a":[{"AccountSid":["${AC}","${OTHER}"]}]}`,
  ])
    assert.match(named(text) ?? '', /The body names another account/, text);
  assert.equal(named(`{"account_sid":"${AC}","note":"${OTHER}"}`), null);
});

test('the test of a credential is a harmless read that the credential may do', () => {
  const token = custody.test(byToken, NOW);
  assert.equal(token.request.path, `/2010-04-01/Accounts/${AC}.json`);
  assert.equal(token.request.headers['authorization'], basicHeader(AC, TOKEN));
  const key = custody.test(byKey, NOW);
  assert.deepEqual([key.request.method, key.request.path.endsWith('/Messages.json')], ['GET', true]);
  const answer = (status: number) => ({ status, headers: {}, body: Buffer.alloc(0) });
  assert.equal(key.accepts(answer(200)), true);
  assert.equal(key.accepts(answer(401)), false);
});

test('snippets show the parts and the gateway for Node, Python, Go, Java and the environment', () => {
  const shown = custody.snippets({ accountSid: AC, authToken: VIRTUAL }, 'http://127.0.0.1:4000');
  assert.deepEqual(
    shown.map(({ language }) => language),
    ['javascript', 'python', 'go', 'java', 'shell'],
  );
  for (const { code } of shown) {
    assert.ok(code.includes(AC) && code.includes(VIRTUAL));
    assert.ok(code.includes('http://127.0.0.1:4000') || code.includes('ringfence run'));
  }
});
