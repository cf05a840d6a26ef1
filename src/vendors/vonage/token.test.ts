import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { verifyJwt } from '../shared/jwt.ts';
import { NOW, openAccount } from '../shared/wire-fixture.ts';
import { tokens } from './token.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const APPLICATION = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const account = openAccount({ applicationId: APPLICATION }, { privateKey });
const SECONDS = NOW / 1000;
const COMMON = { application_id: 'virtual', iat: SECONDS, exp: SECONDS + 600, jti: 'x' };
const USER = { ...COMMON, sub: 'alice', acl: { paths: { '/*/users/**': {}, '/*/legs/**': {} } } };
const VIDEO = {
  ...COMMON,
  scope: 'session.connect',
  session_id: '1_SESSION',
  role: 'publisher',
  initial_layout_class_list: '',
  sub: 'video',
  acl: { paths: { '/session/**': {} } },
  connection_data: 'x',
};

function exchanged(claims: Record<string, unknown>): Record<string, unknown> | null {
  const token = tokens.exchange(claims, account, NOW);
  if (token === null) return null;
  const verified = verifyJwt(token, { algorithm: 'RS256', key: publicKey, now: NOW });
  assert.ok(verified);
  return verified;
}

test('the token of a user is signed for the real application with the same grants', () => {
  const claims = exchanged(USER);
  assert.equal(claims?.['application_id'], APPLICATION);
  assert.deepEqual([claims?.['sub'], claims?.['acl'], claims?.['exp']], ['alice', USER.acl, USER.exp]);
});

test('the token of a video session keeps its session and role', () => {
  const claims = exchanged(VIDEO);
  for (const name of ['scope', 'session_id', 'role', 'connection_data', 'acl'] as const)
    assert.deepEqual(claims?.[name], VIDEO[name], name);
});

test('a token that asks for more than a client may have is refused', () => {
  const refused: Record<string, Record<string, unknown>> = {
    'no user': { ...USER, sub: undefined },
    'no acl': { ...USER, acl: undefined },
    everything: { ...USER, acl: { paths: { '/**': {} } } },
    'the API': { ...USER, acl: { paths: { '/v1/calls/**': {} } } },
    'no path': { ...USER, acl: { paths: {} } },
    'an acl of another form': { ...USER, acl: { paths: { '/*/users/**': {} }, extra: 1 } },
    'a claim that is not known': { ...USER, admin: true },
    'video claims without scope': { ...USER, session_id: 'x' },
    'another scope': { ...VIDEO, scope: 'session.admin' },
    'another role': { ...VIDEO, role: 'owner' },
    'no session': { ...VIDEO, session_id: undefined },
    'an empty session': { ...VIDEO, session_id: '' },
    'an endless session': { ...VIDEO, session_id: 'x'.repeat(1001) },
    'endless data': { ...VIDEO, connection_data: 'x'.repeat(1001) },
    'data that is no text': { ...VIDEO, connection_data: {} },
    'user paths in video': { ...VIDEO, acl: USER.acl },
    'no end': { ...USER, exp: undefined },
    'an end in the past': { ...USER, exp: SECONDS },
  };
  for (const [why, claims] of Object.entries(refused)) assert.equal(exchanged(claims), null, why);
});

test('a token lives a day at most', () => {
  assert.equal(exchanged({ ...USER, exp: SECONDS + 1_000_000 })?.['exp'], SECONDS + 86_400);
});

test('an account without an application exchanges nothing', () => {
  assert.equal(tokens.exchange(USER, openAccount({ apiKey: 'k' }, { apiSecret: 's' }), NOW), null);
  assert.equal(tokens.exchange(USER, openAccount({}, { privateKey }), NOW), null);
  assert.equal(tokens.exchange(USER, openAccount({ applicationId: APPLICATION }, {}), NOW), null);
});
