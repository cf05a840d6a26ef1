import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wire } from '../shared/wire-fixture.ts';
import { operations } from './facts.ts';
import { vonage } from './index.ts';
import { API, intent, problem, REST, to, VIDEO } from './intent-fixture.ts';

const CALL = {
  to: [{ type: 'phone', number: '15005550006' }],
  from: { type: 'phone', number: '15005550001' },
};
test('a call lists everybody it may dial', () => {
  const ncco = [
    { action: 'talk', text: 'x' },
    {
      action: 'connect',
      endpoint: [
        { type: 'phone', number: '447700900000' },
        { type: 'sip', uri: 'sip:a@example.com' },
      ],
    },
    { action: 'record', eventUrl: ['https://example.com/rec'] },
  ];
  const one = intent(API, { url: '/v1/calls', json: { ...CALL, ncco, length_timer: 60 } });
  assert.deepEqual(to(one), ['+15005550006', '+447700900000', 'sip:a@example.com']);
  assert.equal(one.sender, '15005550001');
  assert.equal(one.callSeconds, 60);
  assert.deepEqual(one.extras, ['recording']);
  assert.deepEqual(one.callbacks, ['https://example.com/rec']);
});

test('a script that lives elsewhere may dial one more leg', () => {
  const fetched = intent(API, {
    url: '/v1/calls',
    json: { ...CALL, answer_url: ['https://example.com/ncco'] },
  });
  assert.deepEqual(fetched.extras, ['leg']);
  assert.deepEqual(fetched.callbacks, ['https://example.com/ncco']);
  const both = { ...CALL, answer_url: ['https://example.com'], ncco: [{ action: 'talk', text: 'x' }] };
  assert.deepEqual(
    intent(API, { url: '/v1/calls', json: both }).extras,
    ['leg'],
    'either script may be taken',
  );
  assert.deepEqual(
    intent(API, { url: '/v1/calls', json: CALL }).extras,
    ['leg'],
    'the application has its own script',
  );
  const scripts = [
    [{ action: 'notify', payload: {}, eventUrl: ['https://x'] }],
    [
      { action: 'input', type: ['dtmf'] },
      { action: 'input', type: ['dtmf'] },
    ],
    [{ action: 'connect', eventType: 'synchronous', endpoint: [] }],
    [{ action: 'something-new' }],
  ];
  for (const ncco of scripts)
    assert.deepEqual(
      intent(API, { url: '/v1/calls', json: { ...CALL, ncco } }).extras,
      ['leg'],
      JSON.stringify(ncco),
    );
});

test('an action that some servers would take for another is refused', () => {
  const endpoint = [{ type: 'phone', number: '447700900000' }];
  for (const action of ['Connect', 'CONNECT', ' connect', 'connect ', 'con\u200bnect'])
    assert.match(
      problem(API, { url: '/v1/calls', json: { ...CALL, ncco: [{ action, endpoint }] } }),
      /`action`/,
      action,
    );
});

test('recordings, premium voices and other charged parts of a script are extras', () => {
  const extras = (ncco: object[], more = {}) =>
    intent(API, { url: '/v1/calls', json: { ...CALL, ncco, ...more } }).extras;
  assert.deepEqual(extras([{ action: 'talk', text: 'x', premium: true }]), ['premium_speech']);
  assert.deepEqual(extras([{ action: 'conversation', name: 'c', record: true }]), ['recording']);
  assert.deepEqual(extras([{ action: 'input', speech: {} }]), ['speech_recognition', 'leg']);
  assert.deepEqual(extras([{ action: 'talk', text: 'x' }], { advanced_machine_detection: {} }), [
    'machine_detection',
  ]);
  for (const name of ['advancedMachineDetection', 'advanced_machine_detection'])
    assert.deepEqual(extras([{ action: 'talk', text: 'x', [name]: {} }]), ['machine_detection'], name);
});

test('a number behind a SIP address of the vendor is a phone', () => {
  const call = (uri: string) =>
    intent(API, { url: '/v1/calls', json: { ...CALL, to: [{ type: 'sip', uri }] } }).destinations[0];
  assert.deepEqual(call('sip:+449001234567@sip.nexmo.com')?.kind, 'phone');
  assert.equal(call('sip:+449001234567@sip.nexmo.com')?.phone?.premium, true);
  assert.equal(call('sip:449001234567@pbx.example.com')?.kind, 'sip');
  assert.equal(call('tel:+449001234567')?.kind, 'phone');
});

test('fields that only look like the known ones are refused', () => {
  const calls = [
    { ...CALL, To: [] },
    { ...CALL, lengthTimer: 5 },
    { ...CALL, Ncco: [] },
    { ...CALL, answerUrl: 'x' },
  ];
  for (const json of calls) assert.match(problem(API, { url: '/v1/calls', json }), /exactly so/);
  const endpoint = { to: [{ type: 'phone', number: '15005550006', Number: '447700900000' }] };
  assert.match(problem(API, { url: '/v1/calls', json: endpoint }), /`number` exactly so/);
  assert.match(problem(API, { url: '/v1/calls?to=1', json: CALL }), /not in the query/);
  assert.match(problem(API, { url: '/v1/calls', json: { to: [] } }), /at least one/);
  assert.match(problem(API, { url: '/v1/calls', json: { ...CALL, length_timer: 7201 } }), /length_timer/);
});

test('a script of its own for the called party, and transcripts, are not overlooked', () => {
  const onAnswer = { url: 'https://example.com/whisper', ringbackTone: 'https://example.com/tone' };
  const endpoint = [{ type: 'phone', number: '447700900000', onAnswer }];
  const call = (action: object) => intent(API, { url: '/v1/calls', json: { ...CALL, ncco: [action] } });
  const whispered = call({ action: 'connect', endpoint });
  assert.deepEqual(whispered.extras, ['leg']);
  assert.deepEqual(whispered.callbacks, [onAnswer.url, onAnswer.ringbackTone]);
  const first = { ...CALL, to: endpoint, ncco: [{ action: 'talk', text: 'x' }] };
  assert.deepEqual(intent(API, { url: '/v1/calls', json: first }).extras, ['leg'], 'of the call itself');
  const spelled = [
    { action: 'connect', endpoint: [{ ...endpoint[0], onAnswer: undefined, on_answer: onAnswer }] },
  ];
  assert.match(problem(API, { url: '/v1/calls', json: { ...CALL, ncco: spelled } }), /`onAnswer` exactly so/);
  const transcription = { eventUrl: ['https://example.com/text'] };
  const talk = call({ action: 'conversation', name: 'x', record: true, transcription });
  assert.deepEqual([talk.extras, talk.callbacks], [['recording', 'transcription'], transcription.eventUrl]);
});

test('addresses that the vendor will connect to are callbacks, whatever the operation', () => {
  const hosts = (host: string, parts: Parameters<typeof intent>[1]) => intent(host, parts).callbacks;
  const audio = 'wss://x.example/audio';
  const endpoint = [{ type: 'websocket', uri: audio }];
  assert.deepEqual(
    hosts(API, { url: '/v1/calls', json: { ...CALL, ncco: [{ action: 'connect', endpoint }] } }),
    [audio],
  );
  const project = '/v2/project/a';
  const connect = { sessionId: 's', token: 't', websocket: { uri: audio } };
  assert.deepEqual(hosts(VIDEO, { url: `${project}/connect`, json: connect }), [audio]);
  const rtmp = [{ serverUrl: 'rtmps://x.example/live', streamName: 's' }];
  const broadcast = { sessionId: 's', outputs: { rtmp } };
  assert.deepEqual(hosts(VIDEO, { url: `${project}/broadcast`, json: broadcast }), [
    'rtmps://x.example/live',
  ]);
  const webhooks = { answer_url: { address: 'https://x.example', http_method: 'GET' } };
  const application = { name: 'x', capabilities: { voice: { webhooks } } };
  assert.deepEqual(hosts(API, { method: 'PUT', url: '/v2/applications/a', json: application }), [
    'https://x.example',
  ]);
  const settings = { moCallBackUrl: 'x.example' };
  assert.deepEqual(hosts(REST, { url: '/account/settings', form: settings }), ['x.example']);
  const image = {
    message_type: 'image',
    channel: 'mms',
    to: '15005550006',
    from: '1',
    image: { url: audio },
  };
  assert.deepEqual(hosts(API, { url: '/v1/messages', json: image }), [audio]);
});

test('ending a call is free, transferring it is not', () => {
  const change = (json: object) => intent(API, { method: 'PUT', url: '/v1/calls/u1', json });
  assert.ok(!change({ action: 'hangup' }).effects.includes('spend'));
  const away = change({ action: 'transfer', destination: { type: 'ncco', url: ['https://example.com'] } });
  assert.deepEqual([away.action, away.extras, away.callSeconds], ['call.modify', ['leg'], 7200]);
  assert.ok(away.effects.includes('spend'));
  const talk = { type: 'ncco', ncco: [{ action: 'talk', text: 'bye' }] };
  assert.ok(!change({ action: 'transfer', destination: talk }).effects.includes('spend'));
  const ncco = [{ action: 'connect', endpoint: [{ type: 'phone', number: '447700900000' }] }];
  const inline = change({ action: 'transfer', destination: { type: 'ncco', ncco } });
  assert.deepEqual([inline.action, to(inline), inline.callSeconds], ['call.create', ['+447700900000'], null]);
  assert.match(problem(API, { method: 'PUT', url: '/v1/calls/u1', json: { action: 'fly' } }), /`action`/);
  const both = { action: 'transfer', destination: { ...talk, url: ['https://example.com'] } };
  assert.match(problem(API, { method: 'PUT', url: '/v1/calls/u1', json: both }), /`ncco` or `url`/);
});

test('speech into a call is free unless the voice is a premium one', () => {
  const talk = (json: object) => intent(API, { method: 'PUT', url: '/v1/calls/u1/talk', json });
  assert.deepEqual(
    [talk({ text: 'x' }).action, talk({ text: 'x' }).effects.includes('spend')],
    ['call.modify', false],
  );
  const premium = talk({ text: 'x', premium: true });
  const hidden = { method: 'PUT', url: '/v1/calls/u1/talk', json: { text: 'x', Premium: true } };
  assert.match(problem(API, hidden), /exactly so/);
  assert.deepEqual([premium.action, premium.effects.includes('spend')], ['other', true]);
  const stream = intent(API, {
    method: 'PUT',
    url: '/v1/calls/u1/stream',
    json: { stream_url: ['https://a.example'] },
  });
  assert.deepEqual([stream.effects.includes('spend'), stream.callbacks], [false, ['https://a.example']]);
});

test('the gateway’s time limit is written where the vendor enforces it', () => {
  const limit = (method: string, url: string, json: object, seconds: number) => {
    const request = wire(API, { method, url, json });
    const operation = operations.match(method, API, request.segments);
    assert.ok(operation);
    const limited = vonage.limit?.(operation, request, seconds);
    assert.ok(limited);
    return JSON.parse(limited.body.toString());
  };
  const ncco = [
    { action: 'connect', endpoint: [], limit: 9000 },
    { action: 'talk', text: 'x' },
  ];
  assert.deepEqual(limit('POST', '/v1/calls', { ...CALL, ncco, length_timer: '600' }, 300), {
    ...CALL,
    length_timer: 300,
    ncco: [
      { action: 'connect', endpoint: [], limit: 300 },
      { action: 'talk', text: 'x' },
    ],
  });
  assert.equal(limit('POST', '/v1/calls', { ...CALL, length_timer: 60 }, 300).length_timer, 60);
  assert.equal(limit('POST', '/v1/calls', CALL, 99_999).length_timer, 7200);
  const transfer = { action: 'transfer', destination: { type: 'ncco', ncco } };
  assert.equal(limit('PUT', '/v1/calls/u1', transfer, 30).destination.ncco[0].limit, 30);
  const open = {
    action: 'transfer',
    destination: { type: 'ncco', ncco: [{ action: 'connect', endpoint: [] }] },
  };
  assert.equal(limit('PUT', '/v1/calls/u1', open, 30).destination.ncco[0].limit, 30);
  const empty = {
    action: 'transfer',
    destination: { ncco: [{ action: 'connect', endpoint: [], limit: '' }] },
  };
  assert.equal(
    limit('PUT', '/v1/calls/u1', empty, 30).destination.ncco[0].limit,
    30,
    'no limit is not one of 0',
  );
});
