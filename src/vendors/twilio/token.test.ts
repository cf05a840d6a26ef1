import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';
import { parseJwt, verifyJwt } from '../shared/jwt.ts';
import { NOW, openAccount } from '../shared/wire-fixture.ts';
import { tokens } from './token.ts';

const AC = `AC${'0'.repeat(32)}`;
const SK = `SK${'1'.repeat(32)}`;
const account = openAccount({ accountSid: AC, apiKeySid: SK }, { apiKeySecret: 'real0secret' });
const SECONDS = NOW / 1000;

/** Claims as the vendor's own SDK writes them, signed by the app with its virtual key. */
function claimsOf(
  add: (token: InstanceType<typeof twilio.jwt.AccessToken>) => void,
): Record<string, unknown> {
  const token = new twilio.jwt.AccessToken(AC, `SK${'9'.repeat(32)}`, 'virtual', {
    identity: 'alice',
    ttl: 600,
  });
  add(token);
  const claims = parseJwt(token.toJwt())?.claims;
  assert.ok(claims);
  return { ...claims, iat: SECONDS, exp: SECONDS + 600 };
}

const { VideoGrant, VoiceGrant, ChatGrant, SyncGrant, TaskRouterGrant } = twilio.jwt.AccessToken;
const video = (): Record<string, unknown> =>
  claimsOf((token) => token.addGrant(new VideoGrant({ room: 'r' })));
const change = (grants: object): Record<string, unknown> => ({
  ...video(),
  grants: { identity: 'alice', ...grants },
});

test('the same grants are signed with the real key, under the header that the vendor expects', () => {
  const claims = claimsOf((token) => {
    token.addGrant(new VideoGrant({ room: 'r' }));
    token.addGrant(
      new VoiceGrant({
        incomingAllow: true,
        outgoingApplicationSid: 'AP1',
        outgoingApplicationParams: { a: 1 },
      }),
    );
    token.addGrant(new ChatGrant({ serviceSid: 'IS1' }));
    token.addGrant(new SyncGrant({ serviceSid: 'IS2' }));
    token.addGrant(new TaskRouterGrant({ workspaceSid: 'WS1', workerSid: 'WK1', role: 'worker' }));
  });
  const token = tokens.exchange(claims, account, NOW);
  assert.ok(token !== null);
  assert.deepEqual(parseJwt(token)?.header, { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' });
  const real = verifyJwt(token, { algorithm: 'HS256', key: 'real0secret', now: NOW });
  assert.deepEqual(real, { ...claims, iss: SK, jti: `${SK}-${SECONDS}` });
});

test('a token lives a day at most, and not at all without an end', () => {
  const long = tokens.exchange({ ...video(), exp: SECONDS + 1e6 }, account, NOW) ?? '';
  assert.equal(parseJwt(long)?.claims['exp'], SECONDS + 86_400);
  const { exp: _exp, ...endless } = video();
  assert.equal(tokens.exchange(endless, account, NOW), null);
  assert.equal(tokens.exchange({ ...video(), exp: SECONDS }, account, NOW), null);
});

test('grants that are wider than a client needs, or unknown, are not signed', () => {
  for (const grants of [
    { video: {} },
    { chat: {} },
    { data_sync: {} },
    { task_router: { workspace_sid: 'WS1', worker_sid: 'WK1', role: 'admin' } },
    { voice: { everything: true } },
    { player: { playbackUrl: 'x' } },
    { constructor: {} },
    { video: 'r' },
    { identity: '' },
  ])
    assert.equal(tokens.exchange(change(grants), account, NOW), null, JSON.stringify(grants));
});

test('tokens of another account, with further claims, or for an account without API key are not signed', () => {
  assert.equal(tokens.exchange({ ...video(), sub: `AC${'2'.repeat(32)}` }, account, NOW), null);
  assert.equal(tokens.exchange({ ...video(), scope: 'scope:client:outgoing' }, account, NOW), null);
  assert.equal(tokens.exchange({ ...video(), nbf: 'now' }, account, NOW), null);
  const noKey = openAccount({ accountSid: AC }, { authToken: 'x' });
  assert.equal(tokens.exchange(video(), noKey, NOW), null);
});
