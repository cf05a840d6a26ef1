import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SipClient } from 'livekit-server-sdk';
import type { Intent } from '../../intent/intent.ts';
import { answer, issueSources, plan, serve, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import type { WireRequest } from '../wire.ts';
import { custody } from './credential.ts';
import { operations } from './facts.ts';
import { livekit } from './index.ts';
import { READERS } from './intents.ts';

const HOST = 'my-project.livekit.cloud';
const issued = custody.issue('hs256', { host: HOST }, issueSources());
const virtualKey = issued.publicId ?? '';
const call = (rpc: string, json: unknown = {}, headers: Record<string, string> = {}) =>
  wire(HOST, { url: `/twirp/livekit.${rpc.replace('.', '/')}`, json, headers });

function operationOf({ method, host, segments }: WireRequest) {
  const operation = operations.match(method, host, segments);
  assert.ok(operation, segments.join('/'));
  return operation;
}

function read(rpc: string, json: unknown, headers: Record<string, string> = {}): Reading {
  const request = call(rpc, json, headers);
  return livekit.readIntent(operationOf(request), request, plan);
}
function intent(rpc: string, json: unknown): Intent {
  const reading = read(rpc, json);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}
function problem(rpc: string, json: unknown, headers: Record<string, string> = {}): string {
  const reading = read(rpc, json, headers);
  assert.ok(reading.kind === 'malformed', 'readable');
  return reading.problem;
}
const to = (one: Intent) => one.destinations.map(({ address }) => address);

test('a call is read in either spelling of protobuf JSON, but not in both at once', () => {
  const camel = { sipTrunkId: 'ST_x', sipCallTo: '+15005550006', roomName: 'r1', maxCallDuration: '60s' };
  const snake = {
    sip_trunk_id: 'ST_x',
    sip_call_to: '+15005550006',
    room_name: 'r1',
    max_call_duration: '59.5s',
  };
  for (const json of [camel, snake]) {
    const one = intent('SIP.CreateSIPParticipant', json);
    assert.deepEqual(
      [one.action, one.channel, to(one), one.callSeconds],
      ['call.create', 'voice', ['+15005550006'], 60],
    );
  }
  assert.match(problem('SIP.CreateSIPParticipant', { ...camel, ...snake }), /twice/);
});

test('a second place for the destination is a second destination', () => {
  const base = { sipCallTo: '+15005550006' };
  const raw = intent('SIP.CreateSIPParticipant', {
    ...base,
    sipRequestUri: { raw: '<sip:+449001234567@carrier.example>' },
  });
  assert.deepEqual(to(raw), ['+15005550006', '+449001234567']);
  const values = intent('SIP.CreateSIPParticipant', {
    sip_request_uri: { values: { user: '449001234567', host: 'c.example' } },
  });
  assert.equal(values.destinations[0]?.phone?.premium, true);
  assert.match(problem('SIP.CreateSIPParticipant', { roomName: 'r' }), /missing/);
  assert.match(problem('SIP.CreateSIPParticipant', { sipCallTo: '0900123456' }), /international/);
  assert.match(problem('SIP.CreateSIPParticipant', { ...base, maxCallDuration: 60 }), /text/);
});

test('a number in the header by which some carriers go is a destination as well', () => {
  const dial = { sipTrunkId: 'ST_x', sipCallTo: '+15005550006', roomName: 'r' };
  for (const header of [
    { toUserOverride: '447700900000' },
    { to_user_override: '+447700900000' },
    { sipToHeader: { raw: '<sip:+447700900000@x.example>' } },
    { sip_to_header: { values: { user: '+447700900000', host: 'x.example' } } },
  ])
    assert.deepEqual(to(intent('SIP.CreateSIPParticipant', { ...dial, ...header })), [
      '+15005550006',
      '+447700900000',
    ]);
  for (const toUserOverride of ['1234', 'reception', '15005550006'])
    assert.deepEqual(to(intent('SIP.CreateSIPParticipant', { ...dial, toUserOverride })), ['+15005550006']);
});

test('a name in the header of a call, or nothing, is no destination', () => {
  const dial = { sipTrunkId: 'ST_x', sipCallTo: '+15005550006', roomName: 'r' };
  for (const sipToHeader of [
    {},
    { displayName: 'Support' },
    { raw: 'sip:support@x.example' },
    { values: { user: 'support', host: 'x.example' }, displayName: 'Support' },
  ])
    assert.deepEqual(to(intent('SIP.CreateSIPParticipant', { ...dial, sipToHeader })), ['+15005550006']);
});

test('the longest duration is written into a call in its one spelling', () => {
  const limit = (json: object, seconds: number) => {
    const request = call('SIP.CreateSIPParticipant', json);
    return JSON.parse(livekit.limit?.(operationOf(request), request, seconds).body.toString() ?? '');
  };
  assert.deepEqual(limit({ sipCallTo: '+1' }, 90), { sipCallTo: '+1', maxCallDuration: '90s' });
  assert.deepEqual(limit({ max_call_duration: '600s' }, 90), { maxCallDuration: '90s' });
  assert.deepEqual(limit({ maxCallDuration: '30s' }, 90), { maxCallDuration: '30s' });
  assert.deepEqual(limit({ maxCallDuration: '0s' }, 90), { maxCallDuration: '90s' }, 'zero is no limit');
  const room = call('RoomService.CreateRoom', { name: 'r' });
  assert.equal(livekit.limit?.(operationOf(room), room, 90), room);
});

test('a transfer dials somebody, a WhatsApp call too', () => {
  const transfer = intent('SIP.TransferSIPParticipant', { transferTo: 'tel:+447700900000', roomName: 'r' });
  assert.deepEqual(
    [transfer.action, to(transfer), transfer.fixedSeconds],
    ['call.create', ['+447700900000'], true],
  );
  const whatsapp = intent('Connector.DialWhatsAppCall', { whatsappToPhoneNumber: '15005550006' });
  assert.deepEqual([whatsapp.channel, to(whatsapp)], ['whatsapp', ['+15005550006']]);
});

test('a plain room is free; recordings and agents that start with it are not', () => {
  assert.ok(!intent('RoomService.CreateRoom', { name: 'r' }).effects.includes('spend'));
  for (const json of [{ egress: {} }, { agents: [{}] }, { roomPreset: 'p' }, { room_preset: 'p' }])
    assert.ok(intent('RoomService.CreateRoom', json).effects.includes('spend'), JSON.stringify(json));
  assert.equal(intent('RoomService.CreateRoom', { egress: {} }).action, 'recording.start');
  assert.deepEqual(
    intent('RoomService.CreateRoom', { egress: {}, agents: [{}] }).extras,
    ['agent'],
    'both cost',
  );
  assert.ok(intent('RoomService.CreateRoom', { replay_enabled: true }).effects.includes('spend'));
  assert.ok(!intent('RoomService.CreateRoom', { replayEnabled: false }).effects.includes('spend'));
  const egress = intent('Egress.StartWebEgress', {
    url: 'https://a.example',
    streamOutputs: [{ urls: ['rtmp://b.example'] }],
  });
  assert.deepEqual(
    [egress.action, egress.callbacks],
    ['recording.start', ['https://a.example', 'rtmp://b.example']],
  );
  assert.ok(intent('AgentDispatchService.CreateDispatch', { agentName: 'a' }).effects.includes('spend'));
});

test('numbers are bought for one country at a time', () => {
  const buy = intent('PhoneNumberService.PurchasePhoneNumber', {
    phone_numbers: ['+15005550006', '+15005550007'],
  });
  assert.deepEqual([buy.action, buy.destinations.length, buy.country], ['number.buy', 2, 'US']);
  assert.match(
    problem('PhoneNumberService.PurchasePhoneNumber', { phoneNumbers: ['+15005550006', '+447700900000'] }),
    /one country/,
  );
  assert.match(problem('PhoneNumberService.PurchasePhoneNumber', {}), /empty/);
});

test('a call has a body of a type that is known, and no query', () => {
  const refused = problem('SIP.CreateSIPParticipant', {}, { 'content-type': 'text/plain' });
  assert.match(refused, /application\/json, or application\/protobuf/);
  const query = { ...call('RoomService.ListRooms'), query: 'x=1' };
  assert.equal(livekit.readIntent(operationOf(query), query, plan).kind, 'malformed');
});

test('a call without a body is answered in its own type, so that must be JSON there, too', () => {
  const bare = wire(HOST, { method: 'POST', url: '/twirp/livekit.SIP/ListSIPOutboundTrunk' });
  const labelled = (type: string) => ({ ...bare, headers: { 'content-type': type } });
  for (const type of ['application/protobuf', 'Application/Protobuf; v=1', 'application/json, x/y'])
    assert.equal(livekit.readIntent(operationOf(bare), labelled(type), plan).kind, 'malformed', type);
  for (const request of [bare, labelled('application/json')])
    assert.equal(livekit.readIntent(operationOf(bare), request, plan).kind, 'intent');
});

test('hosts of the cloud and the placeholder are known, others are not', () => {
  assert.ok(operations.match('POST', '{project}.livekit.cloud', ['twirp', 'livekit.SIP', 'ListSIPTrunk']));
  for (const host of ['livekit.cloud', 'a.b.livekit.cloud', 'x.livekit.cloud.example.org', 'evil.example'])
    assert.equal(operations.match('POST', host, ['twirp', 'livekit.SIP', 'ListSIPTrunk']), null, host);
  assert.equal(
    operations.match('GET', HOST, ['settings', 'regions']),
    null,
    'the SDK is not told of other regions',
  );
});

test('each simulation and each agent of a room is charged', () => {
  const run = (json: unknown) => intent('AgentSimulation.CreateSimulationRun', json).quantity;
  assert.equal(run({ numSimulations: 200 }), 200);
  assert.equal(run({ num_simulations: '200' }), 200);
  assert.equal(run({ numSimulations: 2, scenarioGroup: { scenarios: [{}, {}, {}] } }), 3);
  assert.match(problem('AgentSimulation.CreateSimulationRun', { numSimulations: -1 }), /numSimulations/);
  const agents = [{ agentName: 'a' }, { agentName: 'b' }];
  assert.equal(intent('RoomService.CreateRoom', { name: 'r', agents }).quantity, 2);
  const recorded = intent('RoomService.CreateRoom', { name: 'r', agents, egress: { room: {} } });
  assert.deepEqual(recorded.extras, ['agent', 'agent']);
});

test('each kind of recording that a room starts is charged', () => {
  const start = (egress: object) => intent('RoomService.CreateRoom', { name: 'r', egress }).quantity;
  assert.equal(start({ room: {}, participant: {}, tracks: { filepath: 'f' } }), 3);
  assert.deepEqual([start({ tracks: {} }), start({})], [1, 1]);
});

test('changing who hears whom is routing, and changing what a participant may do is a guard', () => {
  for (const rpc of ['RoomService.ForwardParticipant', 'RoomService.MoveParticipant'])
    assert.deepEqual(intent(rpc, { room: 'r', destinationRoom: 'x' }).effects, ['write', 'routing'], rpc);
  const change = (json: object) => intent('RoomService.UpdateParticipant', { room: 'r', ...json }).effects;
  assert.ok(change({ permission: { hidden: true } }).includes('guard'));
  assert.deepEqual(change({ metadata: 'x' }), ['write', 'pii']);
});

test('every reader belongs to an operation, and none throws', () => {
  const known = new Set(operations.rows.map(({ id }) => id));
  for (const id of Object.keys(READERS)) assert.ok(known.has(id), id);
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.jsonValue({ maxDepth: 4 }), (id, json) => void read(id, json)),
    { numRuns: 1000 },
  );
});

test('requests that the SDK really sends are read', async () => {
  await using server = await serve(() => answer(200, { sipCallId: 'SCL_1' }));
  const client = new SipClient(server.origin, virtualKey, VIRTUAL);
  const options = { maxCallDuration: 60, fromNumber: '+15005550001' };
  await client.createSipParticipant('ST_x', '+15005550006', 'r1', options);
  const [seen] = server.seen;
  assert.ok(seen);
  const sent = { ...seen, host: HOST };
  assert.equal(custody.read(sent)?.kind, 'jwt');
  const reading = livekit.readIntent(operationOf(sent), sent, plan);
  assert.ok(reading.kind === 'intent');
  const { callSeconds, sender } = reading.intent;
  assert.deepEqual([to(reading.intent), callSeconds, sender], [['+15005550006'], 60, '+15005550001']);
});
