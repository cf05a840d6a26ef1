import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as library from '@livekit/protocol';
import { wire } from '../shared/wire-fixture.ts';
import { translation } from './binary.ts';
import { operations } from './facts.ts';
import { MESSAGES } from './messages.ts';

const HOST = 'acme.livekit.cloud';

/** A call as the vendor's SDKs for Python, Go, Java and Rust make it. */
async function translate(call: string, body: Uint8Array) {
  const [service = '', method = ''] = call.split('.');
  const url = `/twirp/livekit.${service}/${method}`;
  const request = {
    ...wire(HOST, { method: 'POST', url }),
    headers: { authorization: 'Bearer x', 'content-type': 'application/protobuf' },
    body: Buffer.from(body),
  };
  const operation = operations.match('POST', HOST, request.segments);
  assert.ok(operation !== null && translation.applies(request), call);
  return translation.translate(operation, request);
}

async function problem(call: string, body: Uint8Array): Promise<string> {
  const result = await translate(call, body);
  assert.ok(result.kind === 'malformed', call);
  return result.problem;
}

const dial = library.CreateSIPParticipantRequest.fromJson({
  sipTrunkId: 'ST_1',
  sipCallTo: '+15005550006',
  roomName: 'r1',
  maxCallDuration: '60s',
});

test('a binary call is read, and sent, as the JSON that it means', async () => {
  const result = await translate('SIP.CreateSIPParticipant', dial.toBinary());
  assert.ok(result.kind === 'translated');
  const { headers, body } = result.request;
  assert.deepEqual(JSON.parse(body.toString()), {
    sipTrunkId: 'ST_1',
    sipCallTo: '+15005550006',
    roomName: 'r1',
    maxCallDuration: '60s',
  });
  assert.deepEqual(headers, {
    authorization: 'Bearer x',
    'content-type': 'application/json',
    accept: 'application/json',
  });
});

test('the answer to a binary call is a binary message, whatever the spelling of its JSON, and without fields that are not known yet', async () => {
  const result = await translate('SIP.CreateSIPParticipant', dial.toBinary());
  assert.ok(result.kind === 'translated');
  const { type, answer } = result.backward;
  assert.equal(type, 'application/protobuf');
  for (const text of ['{"sip_call_id":"SCL_1","new":{"a":1}}', '{"sipCallId":"SCL_1"}']) {
    const bytes = answer(Buffer.from(text));
    assert.equal(library.SIPParticipantInfo.fromBinary(bytes ?? Buffer.alloc(0)).sipCallId, 'SCL_1');
  }
  assert.equal(answer(Buffer.from('<html>')), null);
});

test('an enum value that is not known yet leaves the rest of an answer readable, also within a `oneof`', async () => {
  const result = await translate('Egress.ListEgress', new library.ListEgressRequest().toBinary());
  assert.ok(result.kind === 'translated');
  const roomComposite = { roomName: 'r', preset: 'H266_16K' };
  const items = [{ egressId: 'E1', status: 'NEW', roomComposite }, { egressId: 'E2' }];
  const bytes = result.backward.answer(Buffer.from(JSON.stringify({ items })));
  assert.deepEqual(library.ListEgressResponse.fromBinary(bytes ?? Buffer.alloc(0)).toJson(), {
    items: [{ egressId: 'E1', roomComposite: { roomName: 'r' } }, { egressId: 'E2' }],
  });
});

test('an attribute may have any name', async () => {
  const body = new library.RoomParticipantIdentity({ room: 'r', identity: 'i' }).toBinary();
  const result = await translate('RoomService.GetParticipant', body);
  assert.ok(result.kind === 'translated');
  const attributes = { case: 'x', getType: 'y' };
  const bytes = result.backward.answer(Buffer.from(JSON.stringify({ attributes })));
  assert.deepEqual(library.ParticipantInfo.fromBinary(bytes ?? Buffer.alloc(0)).attributes, attributes);
});

test('the last of two values of a field counts, for the gateway as for the vendor', async () => {
  const other = new library.CreateSIPParticipantRequest({ sipCallTo: '+447700900000' });
  const result = await translate(
    'SIP.CreateSIPParticipant',
    Buffer.concat([dial.toBinary(), other.toBinary()]),
  );
  assert.ok(result.kind === 'translated');
  assert.match(result.request.body.toString(), /"sipCallTo":"\+447700900000"/);
});

test('a field that is not known is refused by its number, at any depth', async () => {
  const unknown = Buffer.from([0xfa, 0xff, 0x01, 0x01, 0x78]); // Field 4095, a text.
  assert.match(
    await problem('SIP.CreateSIPParticipant', Buffer.concat([dial.toBinary(), unknown])),
    /not known, number 4095/,
  );
  const limit = Buffer.concat([Buffer.from([0x08, 0x09]), unknown]); // Nine seconds.
  const nested = Buffer.concat([Buffer.from([0x5a, limit.length]), limit]); // Field 11 is `maxCallDuration`.
  assert.match(await problem('SIP.CreateSIPParticipant', nested), /not known, number 4095/);
});

test('a small body of very many fields is refused, also where they are one list of names', async () => {
  const agents = Buffer.alloc(256 * 1024 - 20, Buffer.from([0x72, 0x00])); // Field 14, an empty message.
  const sources = library.UpdateParticipantRequest.fromJson({ permission: {} });
  if (sources.permission)
    sources.permission.canPublishSources = Array.from(
      { length: 250_000 },
      () => library.TrackSource.SCREEN_SHARE_AUDIO,
    );
  assert.match(await problem('RoomService.CreateRoom', agents), /more than/);
  assert.match(await problem('RoomService.UpdateParticipant', sources.toBinary()), /more than/);
});

test('a body that is damaged or too large, or of a call without published messages, is refused', async () => {
  assert.match(await problem('SIP.CreateSIPParticipant', Buffer.from([0x0a, 0xff])), /damaged/);
  const metadata = 'x'.repeat(300_000);
  const large = new library.CreateRoomRequest({ name: 'r', metadata });
  assert.match(await problem('RoomService.CreateRoom', large.toBinary()), /larger than/);
  const known = new library.ListRoomsRequest().toBinary();
  assert.match(await problem('CloudAgent.ListAgents', known), /Send JSON/);
});

test('JSON stays as it is', () => {
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'application/protobufx',
    undefined,
  ])
    assert.ok(!translation.applies({ headers: { 'content-type': type } }), type);
  assert.ok(translation.applies({ headers: { 'content-type': ' Application/Protobuf; v=1' } }));
});

test('each call with messages is an operation, and the library holds both', () => {
  const held = library as unknown as Readonly<Record<string, unknown>>;
  const calls = Object.entries(MESSAGES);
  assert.ok(calls.length > 50);
  for (const [call, messages] of calls) {
    const [service = '', method = ''] = call.split('.');
    assert.equal(operations.match('POST', HOST, ['twirp', `livekit.${service}`, method])?.id, call);
    for (const name of messages) assert.equal(typeof held[name], 'function', name);
  }
});
