import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Intent } from '../../intent/intent.ts';
import { plan, readingBy, type RequestParts, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';
import { READERS } from './intents.ts';

const HOST = 'api.telnyx.com';

function read(parts: RequestParts): Reading {
  return readingBy(telnyx, wire(HOST, { ...parts, url: `/v2${parts.url}` }));
}

function intent(url: string, json: unknown, method = 'POST'): Intent {
  const reading = read(json === undefined ? { method, url } : { method, url, json });
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

function problem(url: string, json: unknown): string {
  const reading = read({ method: 'POST', url, json });
  assert.ok(reading.kind === 'malformed', 'readable');
  return reading.problem;
}

const to = (one: Intent) => one.destinations.map(({ address }) => address);
const SMS = { to: '+15005550006', from: '+15005550001', text: 'Hi & ü' };

test('every endpoint that sends is a message', () => {
  const paths = ['', '/long_code', '/number_pool', '/short_code', '/schedule', '/alphanumeric_sender_id'];
  for (const path of paths) {
    const one = intent(`/messages${path}`, SMS);
    assert.deepEqual([one.action, one.channel, to(one)], ['message.send', 'sms', ['+15005550006']], path);
    assert.ok(one.effects.includes('spend'), path);
  }
});

test('a group message has a charge for everybody in it', () => {
  const one = intent('/messages/group_mms', { ...SMS, to: ['+15005550006', '+447700900000'] });
  assert.deepEqual([one.channel, to(one)], ['mms', ['+15005550006', '+447700900000']]);
  const many = intent('/messages', { ...SMS, to: ['+15005550006', '+447700900000'] });
  assert.equal(many.destinations.length, 2, 'an endpoint for one recipient does not hide the second');
  assert.match(problem('/messages', { ...SMS, to: [] }), /empty/);
});

test('a group message of one is an MMS as well', () => {
  assert.equal(intent('/messages/group_mms', { ...SMS, to: [SMS.to] }).channel, 'mms');
});

test('a body that is not read is refused, also where only its fields matter to rules', () => {
  const json = { call_forwarding: { forwards_to: '+449000000000' } };
  const change = (type: string, text = JSON.stringify(json)): Reading => {
    const url = '/v2/phone_numbers/123/voice';
    const request = wire(HOST, { method: 'PATCH', url, json, headers: { 'content-type': type } });
    const operation = operations.match('PATCH', HOST, request.segments);
    assert.ok(operation);
    return telnyx.readIntent(operation, { ...request, body: Buffer.from(text) }, plan);
  };
  for (const type of ['', 'text/plain', 'application/vnd.api+json'])
    assert.equal(change(type).kind, 'malformed', type);
  const form = change('application/x-www-form-urlencoded', 'cnam_listing=x');
  assert.ok(form.kind === 'intent' && form.intent.parameters.get('cnam_listing') === 'x');
});

test('a form cannot hide lists, nested fields or another method from us', () => {
  const form = { to: SMS.to, from: SMS.from, text: 'x' };
  for (const name of ['media_urls[]', 'media_urls[0]', 'call[to]', '_method', ' type', '\ufefftype', ''])
    assert.equal(read({ url: '/messages', form: { ...form, [name]: 'MMS' } }).kind, 'malformed', name);
  assert.equal(read({ url: '/messages', form }).kind, 'intent');
});

test('segments and media are counted', () => {
  assert.equal(intent('/messages', { ...SMS, text: 'x'.repeat(161) }).content?.segments, 2);
  assert.equal(intent('/messages', { ...SMS, text: 'x'.repeat(71), encoding: 'ucs2' }).content?.segments, 2);
  const mms = intent('/messages', { ...SMS, media_urls: ['https://example.com/a.png'] });
  assert.deepEqual([mms.channel, mms.content?.media], ['mms', 1]);
  const typed = intent('/messages', { ...SMS, type: 'mms', text: 'x'.repeat(500) });
  assert.deepEqual([typed.channel, typed.content?.segments], ['mms', 1], 'an MMS is charged as one');
});

test('a picture message to where there are none is counted as the text message that it may become', () => {
  const media_urls = [`https://example.com/${'a'.repeat(100)}.png`];
  const abroad = intent('/messages', { ...SMS, to: '+449001234567', text: 'ж'.repeat(1600), media_urls });
  assert.deepEqual([abroad.channel, abroad.extras, abroad.content?.segments], ['mms', ['failover_sms'], 26]);
  assert.equal(abroad.content?.text?.length, 1600);
  const group = intent('/messages/group_mms', { ...SMS, to: ['+15005550006', '+447700900000'] });
  assert.deepEqual(group.extras, ['failover_sms']);
  assert.deepEqual(intent('/messages', { ...SMS, media_urls }).extras, []);
});

test('WhatsApp and RCS keep their channel, a fallback is priced besides', () => {
  const whatsapp = intent('/messages/whatsapp', {
    to: '+15005550006',
    from: '+15005550001',
    whatsapp_message: { type: 'text', text: { body: 'hi' } },
  });
  assert.deepEqual([whatsapp.channel, whatsapp.content?.text], ['whatsapp', 'hi']);
  const rcs = intent('/messages/rcs', {
    to: '+15005550006',
    agent_id: 'a',
    agent_message: {},
    messaging_profile_id: 'p',
    sms_fallback: { text: 'x'.repeat(161) },
  });
  assert.deepEqual([rcs.channel, rcs.extras, rcs.content?.segments], ['rcs', ['failover_sms'], 2]);
});

test('everybody in an e-mail is a recipient, also in a batch', () => {
  const mail = {
    from: 'a@example.com',
    to: ['b@example.com'],
    cc: [{ email: 'c@example.com', name: 'C' }],
    bcc: ['d@example.com'],
  };
  assert.deepEqual(to(intent('/email_messages', mail)), ['b@example.com', 'c@example.com', 'd@example.com']);
  assert.equal(intent('/email_messages/batch', { messages: [mail, mail] }).destinations.length, 6);
  const nested = intent('/email_messages/batch', { messages: [{ ...mail, ignore_suppression: true }] });
  assert.equal(nested.parameters.get('ignore_suppression'), 'true');
});

const CALL = { to: '+15005550006', from: '+15005550001', connection_id: '1' };
test('a call has a leg for each entry of `to`', () => {
  assert.deepEqual(to(intent('/calls', CALL)), ['+15005550006']);
  const both = intent('/calls', {
    ...CALL,
    to: ['+15005550006', 'sip:a@example.com;secure=srtp'],
    time_limit_secs: 120,
  });
  assert.deepEqual([both.destinations.map(({ kind }) => kind), both.callSeconds], [['phone', 'sip'], 120]);
  assert.deepEqual(
    to(intent('/calls', { ...CALL, to: '+18004247767,200' })),
    ['+18004247767'],
    'digits to play are no number',
  );
  assert.match(problem('/calls', { ...CALL, to: '+15005550006,+447700900000' }), /phone number/);
});

test('a number at the vendor’s own SIP host is a phone call', () => {
  const kind = (address: string) => intent('/calls', { ...CALL, to: address }).destinations[0];
  assert.equal(kind('sip:+449001234567@sip.telnyx.com;secure=true')?.phone?.premium, true);
  assert.equal(kind('sip:%2B449001234567@sip.telnyx.com')?.kind, 'phone');
  assert.equal(kind('sip:449001234567@SIP.Telnyx.com')?.kind, 'phone');
  assert.equal(kind('sip:449001234567@sip.telnyx.com.')?.kind, 'phone');
  assert.equal(kind('sip:449001234567@telnyx.com.example.org')?.kind, 'sip');
  for (const host of ['sip.telnyx.eu', 'sip.telnyx.com.au', 'sip-ca.telnyx.com', '185.246.41.140'])
    assert.equal(kind(`sip:449001234567@${host}`)?.kind, 'phone', host);
  assert.equal(kind('tel:+449001234567')?.kind, 'phone');
});

test('recordings, detection and other charged parts of a call are extras', () => {
  const extras = (more: object) => intent('/calls', { ...CALL, ...more }).extras;
  assert.deepEqual(extras({}), []);
  assert.deepEqual(extras({ record: 'record-from-answer', transcription: true }), [
    'recording',
    'transcription',
  ]);
  assert.deepEqual(extras({ answering_machine_detection: 'premium' }), ['machine_detection']);
  assert.deepEqual(extras({ answering_machine_detection: 'disabled', transcription: false }), []);
  assert.deepEqual(
    extras({ assistant: { id: 'a' } }),
    ['assistant', 'leg'],
    'an assistant may transfer the call',
  );
  const { callbacks } = intent('/calls', {
    ...CALL,
    webhook_urls: { 'call.hangup': ['https://a.example'] },
    stream_url: 'wss://b.example',
  });
  assert.deepEqual(callbacks, ['https://a.example', 'wss://b.example']);
});

test('transfer and refer dial somebody', () => {
  const transfer = intent('/calls/c1/actions/transfer', { to: '+447700900000', time_limit_secs: 60 });
  assert.deepEqual(
    [transfer.action, to(transfer), transfer.callSeconds],
    ['call.create', ['+447700900000'], 60],
  );
  const refer = intent('/calls/c1/actions/refer', { sip_address: 'sip:a@example.com' });
  assert.deepEqual([to(refer), refer.callSeconds, refer.fixedSeconds], [['sip:a@example.com'], 14_400, true]);
});

test('commands on a running call cost what they meter, and hanging up costs nothing', () => {
  const command = (name: string, json: object = {}) => intent(`/calls/c1/actions/${name}`, json);
  for (const name of ['hangup', 'reject', 'playback_stop', 'bridge', 'gather', 'send_dtmf'])
    assert.deepEqual(
      [command(name).action, command(name).effects.includes('spend')],
      ['call.modify', false],
      name,
    );
  for (const name of ['speak', 'transcription_start', 'ai_assistant_start', 'streaming_start', 'answer'])
    assert.deepEqual([command(name).action, command(name).effects.includes('spend')], ['other', true], name);
  const recording = command('record_start', { format: 'mp3', channels: 'single', max_length: 60 });
  assert.deepEqual(
    [recording.action, recording.callSeconds, recording.fixedSeconds],
    ['recording.start', 60, true],
  );
  const endless = command('record_start', { max_length: 0 });
  assert.equal(endless.callSeconds, 14_400);
});

test('connecting two calls costs something when it begins a recording', () => {
  const bridge = (json: object) => intent('/calls/c1/actions/bridge', { call_control_id: 'c2', ...json });
  const recorded = bridge({ record: 'record-from-answer', record_max_length: 600 });
  assert.deepEqual([recorded.action, recorded.callSeconds], ['recording.start', 600]);
  assert.ok(recorded.effects.includes('spend'));
  assert.equal(bridge({ record: 'record-from-answer' }).callSeconds, 14_400);
});

const TEXML = { To: '+15005550006', From: '+15005550001', Url: 'https://example.com/texml' };
test('a TeXML call counts the leg that its script may dial', () => {
  const call = (json: object) => intent('/texml/Accounts/a/Calls', json);
  const fetched = call({ ...TEXML, TimeLimit: 90 });
  assert.deepEqual([to(fetched), fetched.callSeconds, fetched.extras], [['+15005550006'], 90, ['leg']]);
  const { Url: _url, ...bare } = TEXML;
  assert.deepEqual(call(bare).extras, ['leg'], 'the application has a script of its own');
  const say = '<Response><Say voice="woman">Hi</Say><Hangup/></Response>';
  assert.deepEqual(call({ ...bare, Texml: say }).extras, []);
  for (const script of [
    '<Dial><Queue>q</Queue></Dial>',
    '<Dial action="u">+447700900000</Dial>',
    '<Dial><Number url="u">+447700900000</Number></Dial>',
    '<x:Other/>',
    '<Say/><Gather action="u"/>',
  ])
    assert.deepEqual(
      call({ ...bare, Texml: `<Response>${script}</Response>` }).extras.includes('leg'),
      true,
      script,
    );
  assert.deepEqual(call({ ...bare, Texml: '' }).extras, ['leg'], 'no script is that of the application');
  assert.match(problem('/texml/Accounts/a/Calls', { ...TEXML, to: '+447700900000' }), /exactly so/);
});

test('a video room that is recorded may cost, others do not', () => {
  const effects = (json: object) => intent('/rooms', json).effects;
  assert.ok(effects({ unique_name: 'x', enable_recording: true }).includes('indirect'));
  assert.deepEqual(effects({ unique_name: 'x' }), ['write']);
  assert.ok(intent('/rooms/r1', { enable_recording: true }, 'PATCH').effects.includes('indirect'));
});

test('a recording that ends with silence is charged as transcribed', () => {
  const silence = { max_length: 60, timeout_secs: 5 };
  assert.deepEqual(intent('/calls/c1/actions/record_start', silence).extras, ['transcription']);
  const bridge = { call_control_id: 'c2', record: 'record-from-answer', record_timeout_secs: 5 };
  assert.deepEqual(intent('/calls/c1/actions/bridge', bridge).extras, ['transcription']);
  const call = intent('/texml/Accounts/a/Calls', { ...TEXML, Record: true, RecordingTimeout: 5 });
  assert.deepEqual(call.extras, ['recording', 'transcription', 'leg']);
  assert.deepEqual(intent('/calls/c1/actions/record_start', { timeout_secs: 0 }).extras, []);
});

test('detection and a participant of a TeXML conference are charged besides the call', () => {
  const { Url: _url, ...bare } = TEXML;
  const detected = intent('/texml/Accounts/a/Calls', { ...TEXML, DeepfakeDetection: 'Enable' });
  assert.deepEqual(detected.extras, ['deepfake_detection', 'leg']);
  const one = intent('/texml/Accounts/a/Conferences/c/Participants', bare);
  assert.ok(one.extras.includes('conference') && one.extras.includes('leg'));
});

test('a TeXML script that stands in for a broken one may dial as well', () => {
  const { Url: _url, ...bare } = TEXML;
  const Texml = '<Response><Say>Hi</Say></Response>';
  const FallbackUrl = 'https://example.com/texml';
  assert.deepEqual(intent('/texml/Accounts/a/Calls', { ...bare, Texml, FallbackUrl }).extras, ['leg']);
  const change = intent('/texml/Accounts/a/Calls/c1', { FallbackUrl });
  assert.deepEqual([change.extras, change.effects.includes('spend')], [['leg'], true]);
});

test('a TeXML call without a limit of its own lasts as long as the vendor lets it', () => {
  const plain = intent('/texml/calls/1', TEXML);
  assert.deepEqual([plain.callSeconds, plain.fixedSeconds], [14_400, true]);
  assert.equal(intent('/texml/Accounts/a/Calls', TEXML).fixedSeconds, undefined);
});

test('a TeXML call is read from a form as well', () => {
  const reading = read({ url: '/texml/Accounts/a/Calls', form: TEXML });
  assert.ok(reading.kind === 'intent');
  assert.deepEqual(to(reading.intent), ['+15005550006']);
});

test('a call or message that an assistant makes later is bounded when it is scheduled', () => {
  const event = (json: object) =>
    intent('/ai/assistants/a/scheduled_events', {
      telnyx_agent_target: '+15005550001',
      telnyx_end_user_target: '+447700900000',
      scheduled_at_fixed_datetime: '2026-01-31T08:00:00Z',
      ...json,
    });
  const call = event({ telnyx_conversation_channel: 'phone_call', call_settings: { record: true } });
  assert.deepEqual(
    [call.action, to(call), call.extras],
    ['call.create', ['+447700900000'], ['assistant', 'leg', 'recording']],
  );
  const text = event({ telnyx_conversation_channel: 'sms_chat', text: 'hi' });
  assert.deepEqual([text.action, text.content?.segments], ['message.send', 10]);
  assert.equal(
    intent('/ai/assistants/a/chat/sms', { from: '+15005550001', to: '+15005550006' }).content?.segments,
    10,
  );
});

test('verifications and look-ups name their channel and type', () => {
  const start = (kind: string) =>
    intent(`/verifications/${kind}`, { phone_number: '+15005550006', verify_profile_id: 'p' });
  assert.deepEqual(
    ['sms', 'call', 'flashcall', 'whatsapp'].map((kind) => start(kind).channel),
    ['sms', 'voice', 'voice', 'whatsapp'],
  );
  assert.equal(
    intent('/verifications/by_phone_number/+15005550006/actions/verify', { code: '1' }).action,
    'verify.check',
  );
  const lookup = intent('/number_lookup/+15005550006?type=carrier&type=caller-name', undefined, 'GET');
  assert.deepEqual(
    [lookup.action, to(lookup), lookup.extras],
    ['lookup', ['+15005550006'], ['carrier', 'caller_name']],
  );
  assert.ok(lookup.effects.includes('spend'), 'a GET spends');
});

test('an order is bounded: numbers of one country, or one number', () => {
  const order = (...numbers: string[]) => ({
    phone_numbers: numbers.map((phone_number) => ({ phone_number })),
  });
  const two = intent('/number_orders', order('+15005550006', '+15005550007'));
  assert.deepEqual([two.action, two.destinations.length, two.country], ['number.buy', 2, 'US']);
  assert.match(problem('/number_orders', order('+15005550006', '+447700900000')), /one country/);
  assert.match(problem('/number_orders', {}), /empty/);
  const hidden = { ...order('+15005550006'), Phone_Numbers: order('+15005550006', '+15005550007') };
  assert.match(problem('/number_orders', hidden), /exactly so/);
  assert.match(problem('/advanced_orders', { country_code: 'US', quantity: 1, Quantity: 9 }), /exactly so/);
  const code = { phone_number: '+15005550006', verify_profile_id: 'v', Phone_number: '+447700900000' };
  assert.match(problem('/verifications/sms', code), /exactly so/);
  const pictures = { ...SMS, 'media_url\u017f': ['https://a.example/'] };
  assert.match(problem('/messages', pictures), /exactly so/);
  assert.equal(intent('/advanced_orders', { country_code: 'gb', quantity: 1 }).country, 'GB');
  assert.match(problem('/advanced_orders', { country_code: 'GB', quantity: 2 }), /one number/);
  assert.match(
    problem('/inexplicit_number_orders', { ordering_groups: [{ count_requested: '5', country_iso: 'US' }] }),
    /one number/,
  );
  assert.equal(
    intent('/inexplicit_number_orders', { ordering_groups: [{ count_requested: '1', country_iso: 'CA' }] })
      .country,
    'CA',
  );
});

test('a field that looks like a known one, or stands in the query, is refused', () => {
  assert.match(problem('/messages', { ...SMS, To: '+447700900000' }), /exactly so/);
  assert.match(problem('/messages?to=%2B447700900000', SMS), /not in the query/);
  assert.match(problem('/calls', { ...CALL, timeLimitSecs: 5 }), /exactly so/);
  assert.match(problem('/calls', { ...CALL, time_limit_secs: 99_999 }), /time_limit_secs/);
  assert.match(problem('/messages', { ...SMS, to: 15_005_550_006 }), /phone number/);
  assert.match(problem('/messages', { ...SMS, to: { $ne: '' } }), /text/);
});

test('the time limit is written into calls, in JSON and in a form', () => {
  const limit = (parts: RequestParts, seconds: number) => {
    const request = wire(HOST, parts);
    const operation = operations.match('POST', HOST, request.segments);
    assert.ok(operation);
    return telnyx.limit?.(operation, request, seconds).body.toString();
  };
  assert.deepEqual(JSON.parse(limit({ url: '/v2/calls', json: CALL }, 300) ?? ''), {
    ...CALL,
    time_limit_secs: 300,
  });
  const less = { ...CALL, time_limit_secs: 60 };
  assert.equal(JSON.parse(limit({ url: '/v2/calls', json: less }, 300) ?? '').time_limit_secs, 60);
  const zero = { ...CALL, time_limit_secs: 0 };
  assert.equal(JSON.parse(limit({ url: '/v2/calls', json: zero }, 300) ?? '').time_limit_secs, 300);
  assert.match(
    limit({ url: '/v2/texml/Accounts/a/Calls', form: { ...TEXML, TimeLimit: '900' } }, 300) ?? '',
    /TimeLimit=300/,
  );
  const speak = { url: '/v2/calls/c1/actions/speak', json: { payload: 'x' } };
  assert.equal(limit(speak, 300), JSON.stringify(speak.json), 'other commands have no such limit');
});

test('every reader belongs to an operation', () => {
  const known = new Set(operations.rows.map(({ id }) => id));
  for (const id of Object.keys(READERS)) assert.ok(known.has(id), id);
});

test('no request makes the reader throw, and every spending one stays spending unless it is harmless', () => {
  const rows = operations.rows.filter(({ method }) => method !== 'GET');
  fc.assert(
    fc.property(fc.constantFrom(...rows), fc.jsonValue({ maxDepth: 4 }), (operation, json) => {
      const url = operation.path.replaceAll(/\{[^}]*\}/g, 'x');
      const reading = telnyx.readIntent(operation, wire(HOST, { method: operation.method, url, json }), plan);
      if (reading.kind === 'intent' && operation.effects.includes('buy'))
        assert.ok(reading.intent.effects.includes('buy'));
    }),
    { numRuns: 2000 },
  );
});
