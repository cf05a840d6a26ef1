import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';
const CALL = { to: '+15005550006', from: '+15005550001', connection_id: '1' };

function read(url: string, json: object): Reading {
  const request = wire(HOST, { method: 'POST', url: `/v2${url}`, json });
  const operation = operations.match('POST', HOST, request.segments);
  assert.ok(operation, url);
  return telnyx.readIntent(operation, request, plan);
}

const withTool = (tool: object) => ({ id: 'assistant-1', tools: [{ type: 'hangup', hangup: {} }, tool] });
const transfer = (targets: unknown) => withTool({ type: 'transfer', transfer: { from: '+1', targets } });

test('a number that an assistant in the request may call is a destination', () => {
  for (const [assistant, address] of [
    [transfer([{ to: '+447700900000', name: 'x' }]), '+447700900000'],
    [transfer([{ to: 'sip:+447700900000@sip.telnyx.com' }]), '+447700900000'],
    [withTool({ invite: { targets: [{ to: '+447700900000' }] } }), '+447700900000'],
    [withTool({ refer: { targets: [{ sip_address: 'sip:a@x.example' }] } }), 'sip:a@x.example'],
    [{ conversation_flow: { nodes: [transfer([{ to: '+447700900000' }])] } }, '+447700900000'],
  ] as const) {
    const dialled = read('/calls', { ...CALL, assistant });
    assert.ok(dialled.kind === 'intent', JSON.stringify(dialled));
    const addresses = dialled.intent.destinations.map((one) => one.address);
    assert.deepEqual(addresses, ['+15005550006', address]);
    for (const command of ['answer', 'ai_assistant_start', 'gather_using_ai']) {
      const started = read(`/calls/c1/actions/${command}`, { assistant });
      assert.ok(started.kind === 'intent' && started.intent.destinations[0]?.address === address, command);
    }
  }
});

test('an assistant in the request that may call nobody knows whom is refused', () => {
  for (const targets of ['{{ targets }}', [{ to: '{{number}}' }], [{ to: '252612345678' }], [], undefined])
    assert.equal(read('/calls', { ...CALL, assistant: transfer(targets) }).kind, 'malformed');
  const kept = read('/calls', { ...CALL, assistant: { id: 'assistant-1' } });
  assert.ok(kept.kind === 'intent' && kept.intent.extras.includes('leg'), 'one that is kept there is a leg');
});

test('a leg that listens to another call is an export', () => {
  const texml = { To: '+15005550006', From: '+15005550001', SuperviseCallSid: 'c9' };
  for (const [url, json] of [
    ['/calls', { ...CALL, supervise_call_control_id: 'c9', supervisor_role: 'monitor' }],
    ['/texml/Accounts/a/Calls', texml],
  ] as const) {
    const reading = read(url, json);
    assert.ok(reading.kind === 'intent' && reading.intent.effects.includes('export'), url);
  }
  assert.equal(read('/texml/Accounts/a/Calls', { ...texml, superviseCallSid: 'c9' }).kind, 'malformed');
});

test('a silent listener of a conference is an export; a participant who speaks is not', () => {
  const effectsOf = (url: string, json: object) => {
    const reading = read(url, json);
    assert.ok(reading.kind === 'intent', JSON.stringify(reading));
    return reading.intent.effects;
  };
  const places: readonly (readonly [string, (seat: object) => object])[] = [
    ['/conferences/c1/actions/join', (seat) => ({ call_control_id: 'v3:a', ...seat })],
    ['/conferences/c1/actions/update', (seat) => ({ call_control_id: 'v3:a', ...seat })],
    ['/calls', (seat) => ({ ...CALL, conference_config: { conference_name: 'x', ...seat } })],
  ];
  for (const [url, body] of places) {
    for (const role of ['monitor', 'whisper', 'MONITOR'])
      assert.ok(effectsOf(url, body({ supervisor_role: role })).includes('export'), `${url} ${role}`);
    for (const seat of [{}, { supervisor_role: 'none' }, { supervisor_role: 'barge' }])
      assert.ok(!effectsOf(url, body(seat)).includes('export'), url);
    assert.equal(read(url, body({ supervisorRole: 'monitor' })).kind, 'malformed', url);
  }
  assert.ok(effectsOf('/calls/c1/actions/switch_supervisor_role', { role: 'monitor' }).includes('export'));
});
