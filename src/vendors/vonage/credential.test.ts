import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { parseJwt, signJwt, verifyJwt } from '../shared/jwt.ts';
import { answer, issueSources, NOW, openAccount, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import type { WireRequest } from '../wire.ts';
import { custody } from './credential.ts';

/** The signer that the vendor's SDK brings along. */
const { tokenGenerate } = createRequire(import.meta.resolve('@vonage/server-sdk'))('@vonage/jwt') as {
  tokenGenerate(applicationId: string, privateKey: string, options: object): string;
};
const makePair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const REAL = makePair();
const VIRTUAL_PAIR = makePair();
const APPLICATION = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const FIELDS = { apiKey: 'a1b2c3d4', applicationId: APPLICATION };
const account = openAccount(FIELDS, { apiSecret: 'RealSecret123456', privateKey: REAL.privateKey });
const basic = `Basic ${Buffer.from(`a1b2c3d4:${VIRTUAL}`).toString('base64')}`;

/** Everything of a request as one text, with what is encoded in it made visible. */
function everything(request: WireRequest): string {
  const header = request.headers['authorization'] ?? '';
  const decoded = Buffer.from(header.replace(/^Basic /, ''), 'base64').toString();
  return [JSON.stringify(request), request.body.toString(), decoded].join('\n');
}

const places: readonly [string, WireRequest][] = [
  [
    'header',
    wire('rest.nexmo.com', { url: '/sms/json', json: { to: '1' }, headers: { authorization: basic } }),
  ],
  ['query', wire('rest.nexmo.com', { url: `/sms/json?api_key=a1b2c3d4&api_secret=${VIRTUAL}&to=1` })],
  ['encoded query', wire('rest.nexmo.com', { url: `/sms/json?api%5Fkey=a1b2c3d4&%61pi_secret=${VIRTUAL}` })],
  [
    'form',
    wire('rest.nexmo.com', { url: '/sms/json', form: { api_key: 'a1b2c3d4', api_secret: VIRTUAL, to: '1' } }),
  ],
  [
    'JSON',
    wire('rest.nexmo.com', { url: '/sms/json', json: { api_key: 'a1b2c3d4', api_secret: VIRTUAL, to: '1' } }),
  ],
];

for (const [place, request] of places) {
  test(`a key in the ${place} is found and replaced there`, () => {
    assert.deepEqual(custody.read(request), { kind: 'secret', publicId: 'a1b2c3d4', secret: VIRTUAL });
    const sent = custody.authorize(request, account, NOW);
    assert.ok(!everything(sent).includes(VIRTUAL));
    assert.ok(everything(sent).includes('RealSecret123456'));
    assert.equal(custody.read(sent)?.kind, 'secret');
  });
}

test('a key in escaped JSON is found too', () => {
  const body = Buffer.from(`{"api\\u005fkey":"a1b2c3d4","api\\u005fsecret":"${VIRTUAL}"}`);
  const request = { ...wire('rest.nexmo.com', { url: '/sms/json', json: {} }), body };
  assert.equal(custody.read(request)?.kind, 'secret');
  assert.ok(!everything(custody.authorize(request, account, NOW)).includes(VIRTUAL));
});

test('a header does not let a second copy of the key through', () => {
  const request = wire('rest.nexmo.com', {
    url: `/sms/json?api_secret=${VIRTUAL}`,
    json: { api_secret: VIRTUAL, to: '1' },
    headers: { authorization: basic, 'x-opentok-auth': VIRTUAL },
  });
  const sent = custody.authorize(request, account, NOW);
  assert.ok(!everything(sent).includes(VIRTUAL));
  assert.deepEqual(JSON.parse(sent.body.toString()), { to: '1' });
});

test('two places at once are not guessed between', () => {
  const request = wire('rest.nexmo.com', {
    url: `/sms/json?api_key=a1b2c3d4&api_secret=${VIRTUAL}`,
    form: { api_key: 'a1b2c3d4', api_secret: VIRTUAL },
  });
  assert.equal(custody.read(request), null);
});

test('a body without a key is forwarded byte for byte', () => {
  const body = Buffer.from('{ "to" : "1",   "text":"\\u00fc" }');
  const request = {
    ...wire('rest.nexmo.com', { url: '/sms/json', json: {}, headers: { authorization: basic } }),
    body,
  };
  assert.equal(custody.authorize(request, account, NOW).body, body);
});

test('a signed request is refused with an explanation', () => {
  const query = wire('rest.nexmo.com', { url: '/sms/json?api_key=a1b2c3d4&sig=abc&timestamp=1' });
  const form = wire('rest.nexmo.com', { url: '/sms/json', form: { api_key: 'a1b2c3d4', sig: 'abc' } });
  const json = wire('rest.nexmo.com', { url: '/sms/json', json: { api_key: 'a1b2c3d4', sig: 'abc' } });
  for (const request of [query, form, json]) {
    assert.equal(custody.read(request), null);
    assert.match(custody.explainMissing?.(request) ?? '', /signature secret/);
  }
  assert.equal(custody.explainMissing?.(wire('rest.nexmo.com', { url: '/sms/json' })), null);
});

const issued = custody.issue('rs256', FIELDS, issueSources(VIRTUAL_PAIR));
const signedByApp = (options: object = {}) =>
  tokenGenerate(APPLICATION, VIRTUAL_PAIR.privateKey, { exp: NOW / 1000 + 9e8, ...options });
const withToken = (token: string) =>
  wire('api.nexmo.com', { url: '/v1/calls', json: {}, headers: { authorization: `Bearer ${token}` } });
const claimsOf = (request: WireRequest) =>
  verifyJwt((request.headers['authorization'] ?? '').slice(7), {
    algorithm: 'RS256',
    key: REAL.publicKey,
    now: NOW,
  });

test('an issued RSA key signs tokens that the stored half verifies', () => {
  assert.equal(issued.publicId, APPLICATION);
  const presented = custody.read(withToken(signedByApp()));
  assert.equal(presented?.kind, 'jwt');
  assert.ok(
    presented?.kind === 'jwt' && presented.publicId === APPLICATION && presented.algorithm === 'RS256',
  );
  const now = Date.now();
  assert.ok(verifyJwt(presented.jwt.token, { algorithm: 'RS256', key: issued.verifier.reveal(), now }));
  assert.ok(!verifyJwt(presented.jwt.token, { algorithm: 'RS256', key: REAL.publicKey, now }));
});

test('a token without an end, as the Java SDK signs it, is good for the quarter of an hour that the vendor gives it', () => {
  const claims = { application_id: APPLICATION, jti: 'x', iat: NOW / 1000 };
  const token = signJwt(claims, 'RS256', VIRTUAL_PAIR.privateKey);
  const presented = custody.read(withToken(token));
  assert.equal(presented?.kind === 'jwt' && presented.life, 900);
  assert.equal(custody.checkClaims?.({} as never, claims), null);
});

test('a token is signed again with the real key, for the real application', () => {
  const sent = custody.authorize(withToken(signedByApp()), account, NOW);
  const claims = claimsOf(sent);
  assert.equal(claims?.['application_id'], APPLICATION);
  assert.equal(claims?.['exp'], NOW / 1000 + 900);
  assert.equal(claims?.['acl'], undefined);
});

test('claims that narrow the app’s token narrow the token that we sign as well', () => {
  const acl = { paths: { '/v1/calls/**': {} } };
  const claims = claimsOf(custody.authorize(withToken(signedByApp({ acl, sub: 'alice' })), account, NOW));
  assert.deepEqual(claims?.['acl'], acl);
  assert.equal(claims?.['sub'], 'alice');
  const odd = claimsOf(
    custody.authorize(withToken(signedByApp({ acl: 'everything', sub: 5 })), account, NOW),
  );
  assert.deepEqual(odd?.['acl'], { paths: {} }, 'an acl that is not understood gives nothing');
});

test('the same grants share one signature for a while, other grants do not', () => {
  const first = custody.authorize(withToken(signedByApp()), account, NOW).headers['authorization'];
  assert.equal(
    custody.authorize(withToken(signedByApp()), account, NOW + 599_000).headers['authorization'],
    first,
  );
  assert.notEqual(
    custody.authorize(withToken(signedByApp()), account, NOW + 601_000).headers['authorization'],
    first,
  );
  const narrow = withToken(signedByApp({ acl: { paths: { '/v1/users/**': {} } } }));
  assert.notEqual(custody.authorize(narrow, account, NOW).headers['authorization'], first);
  const other = openAccount(FIELDS, { privateKey: VIRTUAL_PAIR.privateKey });
  assert.notEqual(custody.authorize(withToken(signedByApp()), other, NOW).headers['authorization'], first);
});

test('a client token cannot use the REST API', () => {
  const check = (claims: Record<string, unknown>) =>
    custody.checkClaims?.({} as never, { exp: 1, ...claims });
  assert.equal(check({}), null);
  assert.equal(check({ sub: 'alice', acl: { paths: {} } }), null);
  assert.match(check({ scope: 'session.connect' }) ?? '', /client token/);
  assert.match(check({ acl: [] }) ?? '', /acl/);
  assert.match(check({ acl: { paths: '*' } }) ?? '', /acl/);
});

test('an account with one pair issues only keys of that pair', () => {
  assert.throws(() => custody.issue('secret', { applicationId: APPLICATION }, issueSources()), /apiKey/);
  assert.throws(() => custody.issue('rs256', { apiKey: 'a1b2c3d4' }, issueSources()), /applicationId/);
});

test('a request goes without a credential rather than with the virtual one', () => {
  const empty = openAccount(FIELDS, {});
  for (const [, request] of places)
    assert.ok(!everything(custody.authorize(request, empty, NOW)).includes(VIRTUAL));
  assert.equal(custody.authorize(withToken(signedByApp()), empty, NOW).headers['authorization'], undefined);
});

test('paths and reports of other accounts are refused', () => {
  const check = (url: string) => custody.checkAccount?.(wire('api.nexmo.com', { url }), FIELDS);
  assert.equal(check('/accounts/a1b2c3d4/secrets'), null);
  assert.match(check('/accounts/ffffffff/secrets') ?? '', /API key/);
  assert.match(check('/accounts/A1B2C3D4/secrets') ?? '', /API key/);
  assert.equal(check(`/v2/project/${APPLICATION}/archive`), null);
  assert.match(check('/v2/project/other/archive') ?? '', /application/);
  assert.equal(check('/v2/reports/records?account_id=a1b2c3d4'), null);
  assert.match(check('/v2/reports/records?account_id=a1b2c3d4&account_id=ffffffff') ?? '', /account_id/);
  assert.match(check('/v2/reports/records?account_id=a1b2c3d4&account.id=ffffffff') ?? '', /account.id/);
  assert.match(
    custody.checkAccount?.(wire('api.nexmo.com', { url: '/accounts/x/secrets' }), {}) ?? '',
    /API key/,
  );
});

test('a body or query that names another account, such as a subaccount, is refused', () => {
  const check = (host: string, parts: Parameters<typeof wire>[1]) =>
    custody.checkAccount?.(wire(host, parts), FIELDS) ?? '';
  const report = (json: object) =>
    check('api.nexmo.com', { url: '/v2/reports', json: { product: 'SMS', ...json } });
  assert.equal(report({ account_id: 'a1b2c3d4', include_subaccounts: false }), '');
  assert.match(report({ account_id: 'ffffffff' }), /account_id/);
  assert.match(report({ account_id: ['a1b2c3d4'] }), /account_id/);
  assert.match(report({ account_id: 'a1b2c3d4', include_subaccounts: true }), /include_subaccounts/);
  const number = { country: 'GB', msisdn: '447700900000' };
  const rest = 'rest.nexmo.com';
  for (const url of ['/number/buy', '/number/cancel', '/number/update']) {
    assert.equal(check(rest, { url, form: { ...number, target_api_key: 'a1b2c3d4' } }), '', url);
    assert.match(
      check(rest, { url, form: { ...number, target_api_key: 'ffffffff' } }),
      /target_api_key/,
      url,
    );
    assert.match(check(rest, { url: `${url}?target_api_key=ffffffff`, form: number }), /target_api_key/, url);
  }
});

test('the credential is tested by a read, with whichever pair there is', () => {
  const byKey = custody.test(account, NOW);
  assert.equal(byKey.request.path, '/account/get-balance');
  assert.match(byKey.request.headers['authorization'] ?? '', /^Basic /);
  const byToken = custody.test(openAccount(FIELDS, { privateKey: REAL.privateKey }), NOW);
  assert.equal(byToken.request.path, '/v1/calls');
  assert.ok(parseJwt((byToken.request.headers['authorization'] ?? '').slice(7)));
  assert.throws(() => custody.test(openAccount({}, {}), NOW), /applicationId/);
});

test('our own requests get the credential that their API takes', () => {
  const scheme = (url: string, of = account) =>
    custody.authorize(wire('api.nexmo.com', { url }), of, NOW).headers['authorization']?.split(' ')[0];
  assert.equal(scheme('/v1/calls/u1'), 'Bearer', 'Voice takes nothing but a token');
  assert.equal(scheme('/v2/reports/records'), 'Basic', 'Reports take nothing but the key');
  assert.equal(scheme('/v1/calls/u1', openAccount(FIELDS, { apiSecret: 'x' })), 'Basic');
  assert.equal(scheme('/v2/reports/records', openAccount(FIELDS, { privateKey: REAL.privateKey })), 'Bearer');
});

test('secrets are declared as secrets, and nothing else is', () => {
  const secret = custody.fields.filter((field) => field.secret).map(({ name }) => name);
  assert.deepEqual(secret, ['apiSecret', 'privateKey']);
  assert.ok(
    custody.fields.every(({ required }) => !required),
    'either pair will do',
  );
  assert.ok(
    custody.test(account, NOW).accepts(answer(200, {})) &&
      !custody.test(account, NOW).accepts(answer(401, {})),
  );
});

test('account fields are checked', () => {
  const pattern = (name: string) => custody.fields.find((field) => field.name === name)?.pattern ?? /$^/;
  assert.match('a1b2c3d4', pattern('apiKey'));
  assert.match(REAL.privateKey, pattern('privateKey'));
  assert.doesNotMatch(REAL.publicKey, pattern('privateKey'));
  assert.match(APPLICATION, pattern('applicationId'));
  assert.doesNotMatch('../x', pattern('applicationId'));
});
