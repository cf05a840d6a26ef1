import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Intent } from '../../intent/intent.ts';
import { plan, type RequestParts, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { vonage } from './index.ts';
import { LEGACY, MODERN } from './intents.ts';

function read(host: string, parts: RequestParts): Reading {
  const request = wire(host, parts);
  const operation = operations.match(request.method, host, request.segments);
  assert.ok(operation, `${request.method} ${request.path}`);
  return vonage.readIntent(operation, request, plan);
}

function intent(host: string, parts: RequestParts): Intent {
  const reading = read(host, parts);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

function problem(host: string, parts: RequestParts): string {
  const reading = read(host, parts);
  assert.ok(reading.kind === 'malformed', 'readable');
  return reading.problem;
}

const REST = 'rest.nexmo.com';
const API = 'api.nexmo.com';
const VIDEO = 'video.api.vonage.com';
const to = (one: Intent) => one.destinations.map(({ address }) => address);

const SMS = { to: '15005550006', from: 'Acme', text: 'Hi & bye ü' };
test('an SMS reads the same from a query, a form and JSON', () => {
  const query = new URLSearchParams(SMS).toString();
  for (const parts of [
    { url: `/sms/json?${query}` },
    { url: '/sms/json', form: SMS },
    { url: '/sms/json', json: SMS },
  ]) {
    const one = intent(REST, parts);
    assert.equal(one.action, 'message.send');
    assert.equal(one.channel, 'sms');
    assert.deepEqual(to(one), ['+15005550006']);
    assert.deepEqual(one.content, { segments: 1, encoding: 'gsm7', media: 0, text: 'Hi & bye ü' });
    assert.ok(one.effects.includes('spend'), 'a GET spends as well');
  }
});

test('a recipient in two places, or twice, is refused', () => {
  assert.match(problem(REST, { url: '/sms/json?to=447700900000', form: SMS }), /query and in the body/);
  assert.match(problem(REST, { url: '/sms/json?to=15005550006&to=447700900000' }), /twice/);
  assert.match(problem(REST, { url: '/sms/json', json: { ...SMS, To: '447700900000' } }), /capitals/);
  assert.match(
    problem(REST, { url: '/sms/json', json: { ...SMS, to: ['1500555', '447700900000'] } }),
    /`to`/,
  );
  assert.match(problem(REST, { url: '/sms/json', json: { ...SMS, to: '15005550006,447700900000' } }), /`to`/);
});

test('a body in an encoding that is not known is refused', () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  assert.match(problem(REST, { url: '/sms/json', json: SMS, headers }), /content type/);
  assert.match(
    problem(REST, { url: '/sms/json', json: SMS, headers: { 'content-encoding': 'gzip' } }),
    /compression/,
  );
  assert.match(problem(REST, { method: 'GET', url: '/sms/json', json: SMS }), /no body/);
  const override = { 'x-http-method-override': 'DELETE' };
  assert.match(problem(API, { url: '/v1/calls', headers: override }), /not allowed/);
});

test('unicode and binary SMS are counted by what they occupy', () => {
  const sms = (extra: object) =>
    intent(REST, { url: '/sms/json', json: { ...SMS, ...extra } }).content?.segments;
  assert.equal(sms({ text: 'x'.repeat(160) }), 1);
  assert.equal(sms({ text: 'x'.repeat(161) }), 2);
  assert.equal(sms({ text: 'x'.repeat(71), type: 'unicode' }), 2);
  assert.equal(sms({ type: 'binary', body: 'ff'.repeat(140), udh: '00', text: undefined }), 3);
});

test('a Messages API text is an SMS, other channels keep their name', () => {
  const send = (json: object) => intent(API, { url: '/v1/messages', json });
  const sms = send({
    message_type: 'text',
    channel: 'sms',
    to: '15005550006',
    from: '1',
    text: 'x'.repeat(200),
  });
  assert.equal(sms.channel, 'sms');
  assert.equal(sms.content?.segments, 2);
  const whatsapp = send({
    message_type: 'image',
    channel: 'whatsapp',
    to: '447700900000',
    image: { url: 'https://x' },
  });
  assert.deepEqual([whatsapp.channel, whatsapp.content?.media], ['whatsapp', 1]);
  const messenger = send({ message_type: 'text', channel: 'messenger', to: '123456', text: 'hi' });
  assert.deepEqual([messenger.channel, messenger.destinations[0]?.kind], ['chat', 'user']);
  const email = send({
    channel: 'email',
    to: 'A@example.com',
    email: { cc: ['b@example.com'], bcc: ['c@example.com'] },
  });
  assert.deepEqual(to(email), ['a@example.com', 'b@example.com', 'c@example.com']);
});

test('each failover of a message is a charge of its own', () => {
  const json = {
    channel: 'rcs',
    message_type: 'text',
    to: '15005550006',
    text: 'hi',
    failover: [{ channel: 'sms', message_type: 'text', to: '447700900000', text: 'hi' }],
  };
  const one = intent(API, { url: '/v1/messages', json });
  assert.deepEqual(to(one), ['+15005550006', '+447700900000']);
  assert.deepEqual(one.extras, ['failover_sms']);
});

test('the vendor’s own protection stays visible as a parameter', () => {
  const json = {
    channel: 'sms',
    message_type: 'text',
    to: '15005550006',
    text: 'hi',
    trusted_recipient: true,
  };
  assert.equal(intent(API, { url: '/v1/messages', json }).parameters.get('trusted_recipient'), 'true');
  assert.match(
    problem(API, { url: '/v1/messages', json: { ...json, trusted_recipient: 'yes' } }),
    /true or false/,
  );
  assert.match(
    problem(API, { url: '/v1/messages', json: { ...json, trustedRecipient: true } }),
    /exactly so/,
  );
  const verify = { brand: 'B', workflow: [{ channel: 'sms', to: '15005550006' }] };
  assert.equal(
    intent(API, { url: '/v2/verify', json: { ...verify, fraud_check: false } }).parameters.get('fraud_check'),
    'false',
  );
  assert.match(problem(API, { url: '/v2/verify', json: { ...verify, fraud_check: 0 } }), /true or false/);
});

test('padding does not push a top-level field out of sight', () => {
  const padding = Object.fromEntries(Array.from({ length: 300 }, (_, place) => [`a${place}`, 'x']));
  const json = {
    aaa: padding,
    channel: 'sms',
    message_type: 'text',
    to: '15005550006',
    text: 'hi',
    trusted_recipient: true,
  };
  assert.equal(intent(API, { url: '/v1/messages', json }).parameters.get('trusted_recipient'), 'true');
  assert.match(problem(API, { url: '/v1/messages', json: { ...padding, ...json } }), /200/);
});

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

test('what a script costs besides is named', () => {
  const extras = (ncco: object[], more = {}) =>
    intent(API, { url: '/v1/calls', json: { ...CALL, ncco, ...more } }).extras;
  assert.deepEqual(extras([{ action: 'talk', text: 'x', premium: true }]), ['premium_speech']);
  assert.deepEqual(extras([{ action: 'conversation', name: 'c', record: true }]), ['recording']);
  assert.deepEqual(extras([{ action: 'input', speech: {} }]), ['speech_recognition', 'leg']);
  assert.deepEqual(extras([{ action: 'talk', text: 'x' }], { advanced_machine_detection: {} }), [
    'machine_detection',
  ]);
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
});

test('the gateway’s time limit is written where the vendor enforces it', () => {
  const limit = (method: string, url: string, json: object, seconds: number) => {
    const request = wire(API, { method, url, json });
    const operation = operations.match(method, API, request.segments);
    assert.ok(operation);
    const limited = vonage.limitCall?.(operation, request, seconds);
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
});

test('every step of a verification is a charge', () => {
  const v1 = (extra: object) =>
    intent(API, { url: '/verify/json', json: { number: '15005550006', brand: 'B', ...extra } });
  assert.deepEqual(
    [v1({}).channel, v1({}).destinations.length, v1({}).extras],
    ['sms', 1, ['voice', 'voice']],
  );
  assert.equal(v1({ workflow_id: 4 }).destinations.length, 2);
  assert.deepEqual(
    [v1({ workflow_id: 6 }).destinations.length, v1({ workflow_id: '7' }).channel],
    [1, 'voice'],
  );
  assert.match(
    problem(API, { url: '/verify/json', json: { number: '15005550006', brand: 'B', workflow_id: 8 } }),
    /1 to 7/,
  );
  const workflow = [
    { channel: 'silent_auth', to: '15005550006' },
    { channel: 'whatsapp', to: '15005550006', from: '1' },
    { channel: 'email', to: 'a@example.com' },
  ];
  const v2 = intent(API, { url: '/v2/verify', json: { brand: 'B', workflow } });
  assert.deepEqual(to(v2), ['+15005550006', 'a@example.com'], 'everybody who is reached');
  assert.deepEqual([v2.channel, v2.extras], ['silent', ['whatsapp', 'email']]);
});

test('pushing a verification on is a charge, cancelling it is not', () => {
  const control = (cmd: string) =>
    intent(API, { url: '/verify/control/json', json: { request_id: 'r', cmd } });
  assert.ok(control('trigger_next_event').effects.includes('spend'));
  assert.ok(!control('cancel').effects.includes('spend'));
  assert.ok(
    intent(API, { url: '/verify/control/json?request_id=r&cmd=trigger_next_event' }).effects.includes(
      'spend',
    ),
  );
  assert.equal(intent(API, { method: 'POST', url: '/v2/verify/r/next_workflow' }).action, 'verify.start');
  assert.equal(intent(API, { url: '/v2/verify/r', json: { code: '1234' } }).action, 'verify.check');
});

test('a look-up names its level, a purchase its country', () => {
  const lookup = intent(API, {
    url: '/ni/advanced/async/json?number=15005550006&cnam=true&callback=https://x',
  });
  assert.deepEqual([lookup.action, lookup.extras], ['lookup', ['advanced', 'caller_name']]);
  const buy = intent(REST, { url: '/number/buy', form: { country: 'gb', msisdn: '447700900000' } });
  assert.deepEqual([buy.action, buy.country, to(buy)], ['number.buy', 'GB', ['+447700900000']]);
  assert.match(problem(REST, { url: '/number/buy', form: { msisdn: '447700900000' } }), /country/);
});

test('members and media of conversations and video are seen', () => {
  const member = (channel: object) =>
    intent(API, { url: '/v1/conversations/c/members', json: { state: 'joined', channel } });
  assert.ok(!member({ type: 'app' }).effects.includes('spend'));
  const phone = member({ type: 'phone', to: { type: 'phone', number: '447700900000' } });
  assert.deepEqual([phone.action, to(phone)], ['call.create', ['+447700900000']]);
  const dial = intent(VIDEO, { url: '/v2/project/p/dial', json: { sip: { uri: 'sip:x@example.com' } } });
  assert.deepEqual([dial.action, to(dial)], ['call.create', ['sip:x@example.com']]);
  const archive = intent(VIDEO, { url: '/v2/project/p/archive', json: { sessionId: 's' } });
  assert.deepEqual([archive.action, archive.callSeconds], ['recording.start', 14_400]);
});

test('credentials are no parameters', () => {
  const one = intent(REST, { url: '/sms/json', form: { ...SMS, api_key: 'k', api_secret: 's' } });
  assert.ok(!one.parameters.has('api_secret'));
  const plain = intent(API, { url: '/v2/applications?api_key=k&api_secret=s&size=2' });
  assert.deepEqual([...plain.parameters], [['size', '2']]);
  assert.match(problem(REST, { url: '/sms/json', form: { ...SMS, sig: 'x' } }), /Signed requests/);
});

test('every reader belongs to an operation, and every spending operation that sends has a reader', () => {
  const known = new Map(operations.rows.map((one) => [one.id, one]));
  for (const id of [...Object.keys(LEGACY), ...Object.keys(MODERN)]) assert.ok(known.has(id), id);
  const unread = operations.rows.filter(
    ({ id, effects }) => effects.includes('spend') && !(id in LEGACY) && !(id in MODERN),
  );
  assert.deepEqual(
    unread.map(({ id }) => id),
    ['reports.create-async-report', 'reports.get-records', 'account.top_up'],
  );
});

test('regional hosts know the same operations, and api-eu its own besides', () => {
  for (const host of ['api-us.nexmo.com', 'api-eu.vonage.com', 'api-ap.vonage.com'])
    assert.equal(operations.match('POST', host, ['v1', 'calls'])?.id, 'voice.create_call', host);
  const insight = ['identity-insights', 'v1', 'requests'];
  assert.equal(operations.match('POST', 'api-eu.vonage.com', insight)?.id, 'identity_insights.requests');
  assert.equal(operations.match('POST', 'api-us.vonage.com', insight), null);
  assert.equal(operations.match('POST', 'evil.example', ['v1', 'calls']), null);
  assert.equal(operations.match('POST', 'rest.nexmo.com', ['v1', 'calls']), null);
});

test('no problem text repeats a number', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9+, ]{6,40}$/), (number) => {
      const reading = read(API, {
        url: '/v1/messages',
        json: { channel: 'sms', message_type: 'text', to: number },
      });
      assert.ok(reading.kind === 'intent' || !reading.problem.includes(number));
    }),
  );
});
