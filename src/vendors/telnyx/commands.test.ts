import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { intentBy, readingBy, wire } from '../shared/wire-fixture.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function command(name: string, json: object): Intent {
  return intentBy(telnyx, wire(HOST, { method: 'POST', url: `/v2/calls/c1/actions/${name}`, json }));
}

const audio = 'wss://x.example/audio';
const EXPORTS = ['pii', 'routing', 'export'] as const;

test('an answered call costs what it starts, as one that is dialled does', () => {
  const { extras } = command('answer', { record: 'record-from-answer', transcription: true });
  assert.deepEqual(extras, ['recording', 'transcription']);
  const more = {
    deepfake_detection: { enabled: true },
    stream_url: audio,
    conversation_relay_config: { url: audio },
    assistant: { id: 'a' },
  };
  const parts = ['deepfake_detection', 'streaming', 'conversation_relay', 'assistant', 'leg'];
  const answered = command('answer', more);
  assert.deepEqual(answered.extras, parts);
  assert.deepEqual([answered.action, answered.channel, answered.callSeconds], ['other', 'voice', 14_400]);
  assert.deepEqual(command('answer', {}).extras, []);
});

test('an assistant may transfer the call, with whichever command it begins', () => {
  for (const name of ['ai_assistant_start', 'ai_assistant_join', 'gather_using_ai'])
    assert.deepEqual(command(name, { assistant: { tools: [{ type: 'transfer' }] } }).extras, ['leg'], name);
  assert.deepEqual(command('conversation_relay_start', { url: audio, assistant: { id: 'a' } }).extras, [
    'assistant',
    'leg',
  ]);
  assert.deepEqual(command('streaming_start', { stream_url: audio, enable_dialogflow: true }).extras, [
    'assistant',
    'leg',
  ]);
});

test('to send what is said in a call elsewhere is an export, with whichever request it begins', () => {
  for (const [name, json] of [
    ['answer', { stream_url: audio }],
    ['answer', { conversation_relay_config: { url: audio } }],
    ['conversation_relay_start', { url: audio }],
  ] as const)
    for (const effect of EXPORTS)
      assert.ok(command(name, json).effects.includes(effect), `${name} ${effect}`);
  for (const effect of EXPORTS) assert.ok(!command('answer', {}).effects.includes(effect), effect);
  const request = wire(HOST, {
    method: 'POST',
    url: '/v2/calls',
    json: { to: '+15005550006', from: '+15005550001', stream_url: audio },
  });
  const reading = readingBy(telnyx, request);
  for (const effect of EXPORTS)
    assert.ok(reading.kind === 'intent' && reading.intent.effects.includes(effect), effect);
});

test('a TeXML script that streams is an export as well', () => {
  const Texml = '<Response><Start><Stream url="wss://x.example/audio"/></Start></Response>';
  const json = { To: '+15005550006', From: '+15005550001', Texml };
  const request = wire(HOST, { method: 'POST', url: '/v2/texml/Accounts/a/Calls', json });
  const reading = readingBy(telnyx, request);
  assert.ok(reading.kind === 'intent' && reading.intent.effects.includes('export'));
});

test('a field that starts something charged is refused in another spelling, and in the query', () => {
  for (const url of ['/v2/calls/c1/actions/answer?record=x', '/v2/calls/c1/actions/answer']) {
    const json = url.includes('?') ? {} : { Stream_url: audio };
    const request = wire(HOST, { method: 'POST', url, json });
    assert.equal(readingBy(telnyx, request).kind, 'malformed', url);
  }
});

test('a TeXML script has an extra for each thing that it starts, and one for the leg that it may dial', () => {
  const extras = (url: string, script: string) => {
    const json = { To: '+15005550006', From: '+15005550001', Texml: `<Response>${script}</Response>` };
    return intentBy(telnyx, wire(HOST, { method: 'POST', url: `/v2/texml/Accounts/a/${url}`, json })).extras;
  };
  for (const [script, part] of [
    ['<Start><Stream url="wss://x.example"/></Start>', 'streaming'],
    ['<Start><Siprec connectorName="c"/></Start>', 'streaming'],
    ['<Start><Transcription/></Start>', 'transcription'],
    ['<Record transcription="true"/>', 'transcription'],
    ['<Connect><AIAssistant id="a"/></Connect>', 'assistant'],
    ['<AIGather assistantId="a"/>', 'assistant'],
    ['<Connect><ConversationRelay url="wss://x.example"/></Connect>', 'conversation_relay'],
    ['<Dial><Conference>c</Conference></Dial>', 'conference'],
  ] as const)
    for (const url of ['Calls', 'Calls/c1']) {
      const found = extras(url, script);
      assert.ok(found.includes(part) && found.includes('leg'), `${url} ${script}: ${found.join()}`);
    }
  assert.deepEqual(extras('Calls', '<Say>The stream of AI transcription="x"</Say>'), ['transcription']);
  assert.deepEqual(extras('Calls', '<Record transcription="false"/>'), ['recording', 'leg']);
});
