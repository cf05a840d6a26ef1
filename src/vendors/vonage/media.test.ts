import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, VIDEO, intent, problem } from './intent-fixture.ts';

const PROJECT = '/v2/project/01234567-89ab-cdef-0123-456789abcdef';

test('a broadcast is one with and without the slash that the SDK for Node writes', () => {
  for (const slash of ['', '/']) {
    const one = intent(VIDEO, {
      url: `${PROJECT}/broadcast${slash}`,
      json: { sessionId: 's', maxDuration: 600 },
    });
    assert.deepEqual([one.effects, one.callSeconds], [['write', 'spend'], 600]);
  }
  const json = { sessionId: 's', maxDuration: 600, maxduration: 36_000 };
  assert.match(problem(VIDEO, { url: `${PROJECT}/broadcast`, json }), /exactly so/);
  for (const place of ['broadcast', 'broadcast/', 'broadcast/1'])
    assert.ok(intent(VIDEO, { url: `${PROJECT}/${place}` }).effects.includes('pii'), 'where to watch it');
});

test('an archive that is transcribed is charged for that too', () => {
  const archive = (json: object) =>
    intent(VIDEO, { url: `${PROJECT}/archive`, json: { sessionId: 's', ...json } });
  assert.deepEqual(archive({}).extras, []);
  assert.deepEqual(archive({ hasTranscription: false }).extras, []);
  assert.deepEqual(archive({ hasTranscription: true }).extras, ['transcription']);
});

test('pictures of a message with many contents are counted, and the vendor fetches them', () => {
  const urls = ['https://one.example/a.png', 'https://two.example/b.png'];
  const content = urls.map((url) => ({ type: 'image', url }));
  const message = {
    channel: 'mms',
    message_type: 'content',
    to: '15005550006',
    from: '15005550001',
    content,
  };
  const one = intent(API, { url: '/v1/messages', json: message });
  assert.deepEqual([one.content?.media, one.callbacks], [2, urls]);
});

test('to send what is said elsewhere is an export, from a call, a script or a video session', () => {
  const uri = 'wss://x.example/audio';
  const socket = { type: 'websocket', uri, 'content-type': 'audio/l16;rate=16000' };
  const phone = { type: 'phone', number: '15005550006' };
  const from = { type: 'phone', number: '15005550001' };
  const rtmp = [{ id: 'a', serverUrl: 'rtmps://x.example/live', streamName: 's' }];
  for (const [host, url, json] of [
    [API, '/v1/calls', { to: [socket], from, answer_url: ['https://a.example'] }],
    [API, '/v1/calls', { to: [phone], from, ncco: [{ action: 'connect', endpoint: [socket] }] }],
    [VIDEO, `${PROJECT}/connect`, { sessionId: 's', token: 't', websocket: { uri } }],
    [VIDEO, `${PROJECT}/broadcast`, { sessionId: 's', outputs: { rtmp } }],
  ] as const) {
    const { effects } = intent(host, { url, json });
    for (const effect of ['pii', 'routing', 'export'] as const)
      assert.ok(effects.includes(effect), `${url} ${effect}`);
  }
  const plain = { to: [phone], from, answer_url: ['https://a.example'] };
  assert.ok(!intent(API, { url: '/v1/calls', json: plain }).effects.includes('export'));
});

test('media URLs of a custom message are callbacks; a link for people is none', () => {
  const custom = {
    type: 'template',
    components: [{ parameters: [{ type: 'image', image: { link: 'https://media.example/a' } }] }],
    contentMessage: { richCard: { fileUrl: 'https://media.example/b' } },
    action: { openUrlAction: { url: 'https://shop.example' } },
  };
  const message = { channel: 'whatsapp', message_type: 'custom', to: '15005550006', from: '15005550001' };
  const { callbacks } = intent(API, { method: 'POST', url: '/v1/messages', json: { ...message, custom } });
  assert.deepEqual(callbacks, ['https://media.example/a', 'https://media.example/b']);
});

test('the text of an SMS is a text, so that its segments can be counted', () => {
  const message = { channel: 'sms', message_type: 'text', to: '15005550006', from: '15005550001' };
  for (const text of [['x'.repeat(1000)], 1e30, { body: 'x'.repeat(1000) }])
    assert.match(problem(API, { method: 'POST', url: '/v1/messages', json: { ...message, text } }), /`text`/);
});
