import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan, wire } from '../shared/wire-fixture.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function hosts(url: string, json: object, method = 'POST'): readonly string[] {
  const request = wire(HOST, { method, url: `/v2${url}`, json });
  const operation = operations.match(method, HOST, request.segments);
  assert.ok(operation, url);
  const reading = telnyx.readIntent(operation, request, plan);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent.callbacks;
}

test('addresses that the vendor will connect to are callbacks, whatever the operation', () => {
  const audio = 'wss://x.example/audio';
  assert.deepEqual(hosts('/calls/c1/actions/streaming_start', { stream_url: audio }), [audio]);
  assert.deepEqual(hosts('/calls/c1/actions/fork_start', { rx: 'udp:1', target: audio }), [audio]);
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
