import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AccessToken } from 'livekit-server-sdk';
import { parseJwt, verifyJwt } from '../shared/jwt.ts';
import { answer, issueSources, NOW, openAccount, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import type { WireRequest } from '../wire.ts';
import { custody } from './credential.ts';
import { operations } from './facts.ts';

const HOST = 'my-project.livekit.cloud';
const account = openAccount(
  { apiKey: 'APIrealkey', host: HOST },
  { apiSecret: 'real-secret-of-the-project' },
);

const call = (rpc: string, json: unknown = {}, headers: Record<string, string> = {}) =>
  wire(HOST, { url: `/twirp/livekit.${rpc.replace('.', '/')}`, json, headers });

function operationOf({ method, host, segments }: WireRequest) {
  const operation = operations.match(method, host, segments);
  assert.ok(operation, segments.join('/'));
  return operation;
}

test('every app gets a key of its own, so that its tokens can be told apart', () => {
  const issued = custody.issue('hs256', { host: HOST, apiKey: 'APIrealkey' }, issueSources());
  assert.match(issued.publicId ?? '', /^API[a-f0-9]{12}$/);
  assert.equal(issued.verifier.reveal(), VIRTUAL);
  assert.equal(issued.parts['host'], HOST);
});

test('the snippet for Java names the host with the slash that its SDK demands, and no path, which it would drop', () => {
  const parts = { apiKey: 'APIown', apiSecret: 'own-secret', host: HOST };
  const java = custody.snippets(parts, 'http://127.0.0.1:4610').find(({ language }) => language === 'java');
  assert.match(
    java?.code ?? '',
    /createClient\("https:\/\/my-project\.livekit\.cloud\/", "APIown", "own-secret"\);$/,
  );
  assert.ok(!java?.code.includes(':4610'));
});

test('the host of an account is a DNS name, which a certificate can vouch for', () => {
  const pattern = custody.fields.find(({ name }) => name === 'host')?.pattern;
  assert.ok(pattern);
  for (const host of [HOST, 'livekit.acme.example', '1.a-b.example']) assert.match(host, pattern);
  for (const host of ['10.0.0.5', 'localhost', 'a-.example', '-a.example', 'A.example', 'a..example'])
    assert.doesNotMatch(host, pattern);
});

const issued = custody.issue('hs256', { host: HOST }, issueSources());
const virtualKey = issued.publicId ?? '';

/** A token as the vendor's SDK makes it for a call. */
async function appToken(video: object = {}, sip?: object): Promise<string> {
  const token = new AccessToken(virtualKey, VIRTUAL, { ttl: '10m' });
  token.addGrant(video);
  if (sip !== undefined) token.addSIPGrant(sip);
  return token.toJwt();
}

async function forwarded(rpc: string, video: object, sip?: object): Promise<Record<string, unknown>> {
  const token = await appToken(video, sip);
  const sent = custody.authorize(call(rpc, {}, { authorization: `Bearer ${token}` }), account, Date.now());
  const header = sent.headers['authorization'] ?? '';
  const claims = verifyJwt(header.slice(7), {
    algorithm: 'HS256',
    key: 'real-secret-of-the-project',
    now: Date.now(),
  });
  assert.ok(claims, 'signed with the real secret');
  assert.ok(!header.includes(token));
  return { ...claims };
}

test('the token of the SDK is found and verifies with the virtual secret', async () => {
  const token = await appToken({ roomCreate: true });
  const presented = custody.read(call('RoomService.CreateRoom', {}, { authorization: `Bearer ${token}` }));
  assert.deepEqual(presented, {
    kind: 'jwt',
    publicId: virtualKey,
    algorithm: 'HS256',
    jwt: parseJwt(token),
  });
  assert.ok(verifyJwt(token, { algorithm: 'HS256', key: issued.verifier.reveal(), now: Date.now() }));
});

test('a call is signed again for the real key with the least that it needs', async () => {
  const all = {
    roomCreate: true,
    roomList: true,
    roomAdmin: true,
    roomRecord: true,
    room: 'r1',
    hidden: true,
  };
  const create = await forwarded('RoomService.CreateRoom', all, { admin: true, call: true });
  assert.equal(create['iss'], 'APIrealkey');
  assert.deepEqual([create['video'], create['sip']], [{ roomCreate: true }, undefined]);
  const admin = await forwarded('RoomService.RemoveParticipant', all, { admin: true });
  assert.deepEqual(admin['video'], { roomAdmin: true, room: 'r1' });
  const dial = await forwarded('SIP.CreateSIPParticipant', all, { admin: true, call: true });
  assert.deepEqual([dial['video'], dial['sip']], [undefined, { call: true }]);
  const transfer = await forwarded('SIP.TransferSIPParticipant', all, { call: true });
  assert.deepEqual([transfer['video'], transfer['sip']], [{ roomAdmin: true, room: 'r1' }, { call: true }]);
  assert.ok(Number(create['exp']) - Date.now() / 1000 < 121);
});

test('a grant that the app’s token lacks is named', () => {
  const check = (rpc: string, claims: object) =>
    custody.checkClaims?.(operationOf(call(rpc)), { exp: 1, ...claims }) ?? null;
  assert.equal(check('RoomService.CreateRoom', { video: { roomCreate: true } }), null);
  assert.match(check('RoomService.CreateRoom', { video: { roomCreate: 'true' } }) ?? '', /video\.roomCreate/);
  assert.match(check('RoomService.SendData', { video: { roomAdmin: true } }) ?? '', /video\.room/);
  assert.match(check('SIP.CreateSIPParticipant', { sip: { admin: true } }) ?? '', /sip\.call/);
  assert.match(check('SIP.CreateSIPOutboundTrunk', { sip: { call: true } }) ?? '', /sip\.admin/);
  assert.match(check('Egress.StartWebEgress', {}) ?? '', /video\.roomRecord/);
  assert.match(check('RoomService.ListRooms', { exp: undefined, video: { roomList: true } }) ?? '', /exp/);
});

test('a token in the query is neither read nor passed on', () => {
  const request = { ...call('RoomService.ListRooms'), query: 'access_token=x.y.z' };
  assert.equal(custody.read(request), null);
  assert.equal(custody.authorize(request, account, NOW).query, '');
});

test('the secret is declared as one, and all fields are needed', () => {
  const declared = custody.fields.map(({ name, secret, required }) => [name, secret, required]);
  assert.deepEqual(declared, [
    ['apiKey', false, true],
    ['apiSecret', true, true],
    ['host', false, true],
  ]);
  const pattern = custody.fields[2]?.pattern ?? /$^/;
  for (const good of ['my-project.livekit.cloud', 'livekit.example.org']) assert.match(good, pattern);
  for (const bad of ['https://x.example', 'x', 'x.example:7880', 'X.example', '../x', '-x.example'])
    assert.doesNotMatch(bad, pattern);
});

test('a key works for its own project only', () => {
  assert.equal(custody.checkAccount?.(call('RoomService.ListRooms'), account.fields), null);
  const other = { ...call('RoomService.ListRooms'), host: 'other.livekit.cloud' };
  assert.match(custody.checkAccount?.(other, account.fields) ?? '', /my-project/);
});

test('the credential is tested by listing rooms', () => {
  const { request, accepts } = custody.test(account, NOW);
  assert.equal(operationOf(request).id, 'RoomService.ListRooms');
  const claims = verifyJwt((request.headers['authorization'] ?? '').slice(7), {
    algorithm: 'HS256',
    key: 'real-secret-of-the-project',
    now: NOW,
  });
  assert.deepEqual(claims?.['video'], { roomList: true });
  assert.ok(accepts(answer(200, {})) && !accepts(answer(401, {})));
});
