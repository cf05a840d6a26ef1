import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function read(url: string, json: object, method = 'POST'): Reading {
  const request = wire(HOST, { method, url: `/v2${url}`, json });
  const operation = operations.match(method, HOST, request.segments);
  assert.ok(operation, url);
  return telnyx.readIntent(operation, request, plan);
}

function hosts(url: string, json: object, method = 'POST'): readonly string[] {
  const reading = read(url, json, method);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent.callbacks;
}

test('addresses that the vendor will connect to are callbacks, whatever the operation', () => {
  const audio = 'wss://x.example/audio';
  assert.deepEqual(hosts('/calls/c1/actions/streaming_start', { stream_url: audio }), [audio]);
  assert.deepEqual(hosts('/calls/c1/actions/fork_start', { rx: 'udp:1', target: audio }), [audio]);
  assert.deepEqual(hosts('/calls/c1/actions/bridge', { call_control_id: 'c2', ringtone_url: audio }), [
    audio,
  ]);
  assert.deepEqual(hosts('/calls/c1/actions/answer', { webhook_url: 'x.example' }), ['x.example']);
  assert.deepEqual(hosts('/texml_applications/1', { voice_url: 'https://a' }, 'PATCH'), ['https://a']);
  const Texml = '<Response><Start><Stream url="&#x77;ss://x.example/audio"/></Start></Response>';
  const texml = {
    To: '+15005550006',
    From: '+15005550001',
    Texml,
    AsyncAmdStatusCallback: 'https://b.example',
  };
  assert.deepEqual(hosts('/texml/Accounts/a/Calls', texml), ['https://b.example', audio]);
});

test('an address in a script is found however it is written', () => {
  const script = (Redirect: string): object => ({
    To: '+15005550006',
    From: '+15005550001',
    Texml: `<?xml version="1.0"?><Response><Redirect>${Redirect}</Redirect></Response>`,
  });
  const call = '/texml/Accounts/a/Calls';
  const padding = '0'.repeat(3000);
  for (const url of [
    'https://x.example',
    'ht<!-- a --><!-- b -->tps://x.example',
    'ht&#10;tps://x.example',
    '\n  https://x.example\n',
  ])
    assert.deepEqual(hosts(call, script(url)), ['https://x.example'], url);
  assert.deepEqual(hosts(call, script(`https://y:${padding}@x.example`)), [`https://y:${padding}@x.example`]);
  for (const text of ['ht<![CDATA[tps://x.example]]>', 'ht<?a?>tps://x.example', '<!DOCTYPE a>'])
    assert.equal(read(call, script(text)).kind, 'malformed', text);
});
