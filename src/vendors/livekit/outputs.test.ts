import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { livekit } from './index.ts';

const HOST = 'my-project.livekit.cloud';

function read(rpc: string, json: unknown): Reading {
  return readingBy(livekit, wire(HOST, { url: `/twirp/livekit.${rpc.replace('.', '/')}`, json }));
}

function intent(rpc: string, json: unknown): Intent {
  const reading = read(rpc, json);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

const EXPORTS = ['pii', 'routing', 'export'] as const;
const exportsAll = ({ effects }: Intent): boolean => EXPORTS.every((effect) => effects.includes(effect));
const file = (storage: object) => ({ roomName: 'r', fileOutputs: [{ filepath: 'f', ...storage }] });

test('storage that a request names is an address like others, in whichever form', () => {
  for (const [storage, address] of [
    [{ s3: { bucket: 'theirs', accessKey: 'a', secret: 's' } }, 'https://theirs.s3.amazonaws.com'],
    [{ s3: { bucket: 'b', endpoint: 'x.example:9000' } }, 'https://x.example:9000'],
    [{ s3: { bucket: 'b', endpoint: 'http://x.example' } }, 'http://x.example'],
    [{ gcp: { bucket: 'theirs', credentials: '{}' } }, 'https://theirs.storage.googleapis.com'],
    [{ azure: { accountName: 'theirs', containerName: 'c' } }, 'https://theirs.blob.core.windows.net'],
    [{ azure: { account_name: 'theirs' } }, 'https://theirs.blob.core.windows.net'],
    [{ aliOSS: { bucket: 'b', endpoint: 'oss.example' } }, 'https://oss.example'],
  ] as const)
    for (const [rpc, json] of [
      ['Egress.StartRoomCompositeEgress', file(storage)],
      ['Egress.StartEgress', { room_name: 'r', outputs: [{ file: { filepath: 'f' }, storage }] }],
      ['RoomService.CreateRoom', { name: 'r', egress: { tracks: { filepath: 'f', ...storage } } }],
    ] as const) {
      const one = intent(rpc, json);
      assert.deepEqual(one.callbacks, [address], rpc);
      assert.ok(exportsAll(one), rpc);
    }
  for (const bucket of ['x.example/', 'a@b', 'a b', 'a#'])
    assert.equal(read('Egress.StartTrackEgress', { file: { s3: { bucket } } }).kind, 'malformed', bucket);
});

test('streaming to another place is an export; recording to the project’s own storage is not', () => {
  const urls = ['rtmp://x.example/live/k'];
  assert.ok(exportsAll(intent('Egress.StartWebEgress', { url: 'https://a', stream: { urls } })));
  assert.ok(exportsAll(intent('Egress.StartTrackEgress', { websocketUrl: 'wss://x.example' })));
  assert.ok(exportsAll(intent('Egress.UpdateStream', { egressId: 'e', addOutputUrls: urls })));
  const destinations = [{ id: 'd', url: urls[0] }];
  assert.ok(
    exportsAll(intent('Egress.StartEgress', { roomName: 'r', outputs: [{ stream: { destinations } }] })),
  );
  for (const name of ['addDestinations', 'add_destinations'])
    assert.ok(exportsAll(intent('Egress.UpdateStream', { egressId: 'e', [name]: destinations })), name);
  assert.ok(!exportsAll(intent('Egress.UpdateStream', { egressId: 'e', removeOutputUrls: urls })));
  assert.deepEqual(intent('Egress.StartRoomCompositeEgress', file({})).effects, ['write', 'spend']);
  assert.ok(!exportsAll(intent('Egress.StartWebEgress', { url: 'https://a', file: { filepath: 'f' } })));
});

test('a call over a trunk that the request itself describes goes to whom that names', () => {
  const call = { sipCallTo: '+15005550006', roomName: 'r', trunk: { hostname: 'sip.x.example' } };
  const one = intent('SIP.CreateSIPParticipant', call);
  assert.ok(one.effects.includes('routing'));
  assert.deepEqual(one.callbacks, ['https://sip.x.example']);
});

test('the host to which a trunk or private link leads is an address like others', () => {
  for (const [rpc, json] of [
    ['SIP.CreateSIPOutboundTrunk', { trunk: { address: 'sip.x.example:5061' } }],
    ['SIP.UpdateSIPOutboundTrunk', { replace: { address: 'sip.x.example:5061' } }],
    ['SIP.UpdateSIPOutboundTrunk', { update: { address: 'sip.x.example:5061' } }],
    ['SIP.CreateSIPTrunk', { outbound_address: 'sip.x.example:5061' }],
    ['CloudAgent.CreatePrivateLink', { endpoint: 'sip.x.example:5061' }],
    ['CloudAgent.CreatePrivateLink', { aws: { endpoint: 'sip.x.example:5061' } }],
  ] as const)
    assert.deepEqual(intent(rpc, json).callbacks, ['https://sip.x.example:5061'], rpc);
});

test('the host of a trunk may be an address of IPv6, or have parameters of SIP', () => {
  for (const [address, url] of [
    ['2001:db8::1', 'https://[2001:db8::1]'],
    ['[2001:db8::1]:5061', 'https://[2001:db8::1]:5061'],
    ['sip.x.example:5061;transport=tls', 'https://sip.x.example:5061'],
  ] as const)
    assert.deepEqual(intent('SIP.CreateSIPOutboundTrunk', { trunk: { address } }).callbacks, [url], address);
});

test('a rule for incoming calls may cost when it starts recordings or agents', () => {
  const rule = { dispatchRuleDirect: { roomName: 'r', pin: '1234' } };
  for (const json of [
    { rule, roomConfig: { egress: { room: {} } } },
    { dispatch_rule: { rule, room_config: { agents: [{ agentName: 'a' }] } } },
    { rule, roomPreset: 'p' },
  ])
    assert.ok(intent('SIP.CreateSIPDispatchRule', json).effects.includes('indirect'), JSON.stringify(json));
  assert.deepEqual(intent('SIP.CreateSIPDispatchRule', { rule, roomPreset: '' }).effects, [
    'write',
    'routing',
  ]);
  const replace = { rule, roomConfig: { agents: [] } };
  assert.ok(
    intent('SIP.UpdateSIPDispatchRule', { sipDispatchRuleId: 'i', replace }).effects.includes('indirect'),
  );
});

test('rules for incoming calls are answered with their PIN', () => {
  for (const rpc of ['SIP.ListSIPDispatchRule', 'SIP.UpdateSIPDispatchRule'])
    assert.ok(intent(rpc, {}).effects.includes('secret'), rpc);
});

test('every agent that joins an incoming call is charged', () => {
  const agents = [{ agentName: 'a' }, { agentName: 'b' }];
  for (const rpc of ['Connector.AcceptWhatsAppCall', 'Connector.ConnectTwilioCall'])
    assert.deepEqual(intent(rpc, { agents }).extras, ['agent', 'agent'], rpc);
  assert.deepEqual(
    intent('Connector.DialWhatsAppCall', { whatsappToPhoneNumber: '15005550006', agents }).extras,
    ['agent', 'agent'],
  );
});

test('credentials of storage are sealed in answers, in either spelling', () => {
  for (const field of [
    'credentials',
    'password',
    'turnPassword',
    'accessKey',
    'access_key',
    'assumeRoleExternalId',
  ])
    assert.ok(livekit.custody.sealedAnswerFields.includes(field), field);
});

test('an agent that is made or deployed carries credentials, and the answer a place to upload code to', () => {
  const effects = (method: string) =>
    operations.match('POST', 'p.livekit.cloud', ['twirp', 'livekit.CloudAgent', method])?.effects ?? [];
  for (const method of ['CreateAgent', 'DeployAgent', 'DeployAgentV2'])
    assert.ok(effects(method).includes('credential') && effects(method).includes('secret'), method);
  assert.ok(effects('CreateAgentV2').includes('credential'));
});
