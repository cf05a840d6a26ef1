import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import type { WireRequest } from '../wire.ts';
import { limit } from './calls.ts';
import { facts, operations } from './facts.ts';
import { READ_OPERATIONS } from './intents.ts';
import { twilio } from './index.ts';

const AC = `AC${'f'.repeat(32)}`;
const ROOT = `/2010-04-01/Accounts/${AC}`;
const TO = '+15005550006';

function form(host: string, url: string, text: string): WireRequest {
  const request = wire(host, { url, form: {} });
  return { ...request, body: Buffer.from(text) };
}

function api(path: string, text: string): WireRequest {
  return form('api.twilio.com', ROOT + path, text);
}

function read(request: WireRequest): Reading {
  return readingBy(twilio, request);
}

function intentOf(request: WireRequest): Intent {
  const reading = read(request);
  assert.equal(reading.kind, 'intent', 'problem' in reading ? reading.problem : '');
  return reading.intent;
}

function problemOf(request: WireRequest): string {
  const reading = read(request);
  return reading.kind === 'malformed' ? reading.problem : '';
}

const addresses = (intent: Intent): readonly string[] =>
  intent.destinations.map(({ kind, address }) => `${kind} ${address}`);

test('every operation with a reader is in the table', () => {
  const ids = new Set(operations.rows.map(({ id }) => id));
  for (const id of READ_OPERATIONS) assert.ok(ids.has(id), id);
});

test('ids are unique, so a policy that names one allows nothing else', () => {
  assert.equal(new Set(operations.rows.map(({ id }) => id)).size, operations.rows.length);
});

test('a text message as the Node SDK sends it', () => {
  const body =
    'To=%2B15005550006&StatusCallback=https%3A%2F%2Fx.example%2Fcb&From=%2B15005550001&Body=Hi%20%26%20bye%20%C3%BC';
  const intent = intentOf(api('/Messages.json', body));
  assert.equal(intent.action, 'message.send');
  assert.equal(intent.channel, 'sms');
  assert.deepEqual(addresses(intent), [`phone ${TO}`]);
  assert.equal(intent.destinations[0]?.phone?.country, 'US');
  assert.deepEqual(intent.content, { segments: 1, encoding: 'gsm7', media: 0, text: 'Hi & bye ü' });
  assert.equal(intent.sender, '+15005550001');
  assert.deepEqual(intent.callbacks, ['https://x.example/cb']);
});

test('the channel comes from the recipient and the media', () => {
  const channelOf = (text: string) => intentOf(api('/Messages.json', text)).channel;
  assert.equal(channelOf('To=whatsapp%3A%2B15005550006&Body=x'), 'whatsapp');
  assert.equal(channelOf('To=rcs%3A%2B15005550006&Body=x'), 'rcs');
  assert.equal(channelOf('To=messenger%3A1234&Body=x'), 'chat');
  assert.equal(channelOf('To=%2B15005550006&MediaUrl=https%3A%2F%2Fa&MediaUrl=https%3A%2F%2Fb'), 'mms');
  assert.equal(channelOf('To=%2B15005550006&Body=x&SendAsMms=true'), 'mms');
});

test('a template has no text here, so it counts as the longest message', () => {
  const intent = intentOf(api('/Messages.json', 'To=%2B15005550006&ContentSid=HX1&MessagingServiceSid=MG1'));
  assert.deepEqual(intent.content, { segments: 24, encoding: 'ucs2', media: 0, text: null });
  assert.equal(intent.sender, 'MG1');
});

test('shortened links may be longer than the links', () => {
  const segments = (text: string): number | undefined =>
    intentOf(api('/Messages.json', text)).content?.segments;
  const body = encodeURIComponent(`${'x'.repeat(145)} http://a.b`);
  assert.equal(segments(`To=%2B15005550006&Body=${body}`), 1);
  assert.equal(segments(`To=%2B15005550006&Body=${body}&ShortenUrls=true`), 2);
});

test('a message that may leave as SMS is counted as one', () => {
  const body = encodeURIComponent('ж'.repeat(1600));
  const counted = (more: string) =>
    intentOf(api('/Messages.json', `To=whatsapp%3A%2B15005550006&Body=${body}${more}`)).content?.segments;
  assert.deepEqual([counted(''), counted('&FallbackFrom=%2B15005550001')], [1, 24]);
});

test('a picture message is counted as the text message that it becomes where carriers take no pictures', () => {
  const sent = (body: string) =>
    intentOf(
      api('/Messages.json', `To=%2B449001234567&MediaUrl=https%3A%2F%2Fa&Body=${encodeURIComponent(body)}`),
    );
  const long = sent('ж'.repeat(1600));
  assert.deepEqual([long.channel, long.extras, long.content?.segments], ['mms', ['failover_sms'], 25]);
  assert.equal(sent('x'.repeat(90)).content?.segments, 1);
  assert.equal(sent('x'.repeat(110)).content?.segments, 2, 'there is a link in it');
});

test('an operation that costs money takes no parameters in the query, even when its body is empty', () => {
  const request = { ...api('/Calls.json?To=%2B15005550006&Url=https%3A%2F%2Fx.example', ''), method: 'POST' };
  assert.match(problemOf(request), /in the body/);
});

test('a fallback by text message is a further price', () => {
  const intent = intentOf(
    api('/Messages.json', 'To=rcs%3A%2B15005550006&Body=x&FallbackFrom=%2B15005550001'),
  );
  assert.deepEqual(intent.extras, ['failover_sms']);
});

test('a recipient that is not one clear phone number is malformed', () => {
  for (const to of [
    '',
    'To=',
    'To=5005550006',
    'To=%2B1500555000A',
    'To=%2B15005550006%2C%2B15005550007',
    'To=sip%3Aa%40b',
    'To=bob%40example.org',
  ])
    assert.match(problemOf(api('/Messages.json', `${to}&Body=x`)), /`To`/, to);
});

test('a name with a blank or an invisible letter is malformed: the vendor might take it for the plain one', () => {
  for (const name of ['+To', 'To+', '%EF%BB%BFTo', 'To%00', '%C2%A0To', 'Reco%C2%ADrd', ''])
    assert.match(problemOf(api('/Messages.json', `To=%2B15005550006&Body=x&${name}=x`)), /Names/, name);
});

test('two recipients, or one spelled twice, are malformed: nobody knows which one the vendor takes', () => {
  assert.match(problemOf(api('/Messages.json', 'To=%2B15005550006&To=%2B449001234567&Body=x')), /twice/);
  assert.match(problemOf(api('/Messages.json', 'To=%2B15005550006&to=%2B449001234567')), /exactly/);
  assert.match(problemOf(api('/Messages.json', 'to=%2B15005550006&Body=x')), /exactly/);
  assert.match(problemOf(api('/Messages.json?To=%2B449001234567', 'Body=x')), /query/);
});

test('the switch that disarms the vendor cannot hide behind spelling or repetition', () => {
  const seen = intentOf(api('/Messages.json', 'To=%2B15005550006&Body=x&RiskCheck=disable'));
  assert.ok(facts.disarming.includes(`RiskCheck=${seen.parameters.get('RiskCheck')}`));
  assert.match(problemOf(api('/Messages.json', 'To=%2B15005550006&Body=x&riskCheck=disable')), /RiskCheck/);
  assert.match(
    problemOf(api('/Messages.json', 'To=%2B15005550006&RiskCheck=disable&RiskCheck=disable')),
    /twice/,
  );
});

test('a body of another type or an overridden method is malformed', () => {
  const request = api('/Messages.json', 'To=%2B15005550006&Body=x');
  for (const headers of [
    { 'content-type': 'application/json' },
    { 'content-type': 'multipart/form-data; boundary=x' },
    {},
    { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
    { 'content-type': 'application/x-www-form-urlencoded', 'x-http-method-override': 'DELETE' },
  ])
    assert.notEqual(problemOf({ ...request, headers }), '');
});

test('a call with a document elsewhere has a further leg, and its options have prices', () => {
  const intent = intentOf(
    api(
      '/Calls.json',
      'To=%2B15005550006&From=%2B15005550001&Url=https%3A%2F%2Fx.example&Record=true&MachineDetection=Enable&TimeLimit=90',
    ),
  );
  assert.equal(intent.action, 'call.create');
  assert.equal(intent.channel, 'voice');
  assert.equal(intent.callSeconds, 90);
  assert.deepEqual(intent.extras, ['leg', 'recording', 'machine_detection']);
});

test('a number before the @ of a domain of the vendor is a phone number', () => {
  const intent = intentOf(
    api('/Calls.json', `To=${encodeURIComponent('sip:+449001234567@x.pstn.twilio.com')}`),
  );
  assert.deepEqual(addresses(intent), ['phone +449001234567']);
  const own = intentOf(api('/Calls.json', `To=${encodeURIComponent('sip:+449001234567@pbx.example')}`));
  assert.deepEqual(addresses(own), ['sip sip:+449001234567@pbx.example']);
});

test('a participant of a conference is called, and charged as one besides the call', () => {
  const intent = intentOf(api('/Conferences/CF1/Participants.json', 'To=%2B15005550006&From=%2B15005550001'));
  assert.equal(intent.action, 'call.create');
  assert.deepEqual(addresses(intent), [`phone ${TO}`]);
  assert.deepEqual(intent.extras, ['conference']);
});

test('ending a call costs nothing; sending it elsewhere may dial', () => {
  const end = intentOf(api('/Calls/CA1.json', 'Status=completed'));
  assert.deepEqual([end.action, end.channel, end.effects], ['call.modify', null, ['write', 'pii']]);
  const move = intentOf(api('/Calls/CA1.json', 'Status=completed&Url=https%3A%2F%2Fx.example'));
  assert.deepEqual([move.channel, move.extras], ['voice', ['leg']]);
  assert.ok(move.effects.includes('indirect'));
  const dial = intentOf(
    api('/Calls/CA1.json', 'Twiml=%3CResponse%3E%3CDial%3E%2B15005550001%3C%2FDial%3E%3C%2FResponse%3E'),
  );
  assert.deepEqual(addresses(dial), ['phone +15005550001']);
});

test('the time limit is written where the vendor enforces it, over any that the app sent', () => {
  const limited = (path: string, text: string): string => {
    const request = api(path, text);
    const operation = operations.match('POST', request.host, request.segments);
    assert.ok(operation);
    return limit(operation, request, 60.9).body.toString();
  };
  assert.equal(limited('/Calls.json', 'To=%2B1&TimeLimit=90000&Url=x'), 'To=%2B1&TimeLimit=60&Url=x');
  assert.equal(limited('/Conferences/CF1/Participants.json', 'To=%2B1'), 'To=%2B1&TimeLimit=60');
  assert.equal(limited('/Calls/CA1.json', 'Url=x'), 'Url=x&TimeLimit=60');
  assert.equal(limited('/Calls/CA1.json', 'Status=completed'), 'Status=completed');
  assert.equal(limited('/Messages.json', 'To=%2B1'), 'To=%2B1');
});

test('a time limit that is not whole seconds of at most a day is malformed', () => {
  for (const seconds of ['0', '-1', '1.5', '86401', '1e4', 'x'])
    assert.match(
      problemOf(api('/Calls.json', `To=%2B15005550006&TimeLimit=${seconds}`)),
      /TimeLimit/,
      seconds,
    );
});

test('a verification names its channel and its recipient', () => {
  const verify = (text: string): WireRequest =>
    form('verify.twilio.com', '/v2/Services/VA1/Verifications', text);
  const channelOf = (text: string) => intentOf(verify(text)).channel;
  assert.equal(channelOf('To=%2B15005550006&Channel=sms'), 'sms');
  assert.equal(channelOf('To=%2B15005550006&Channel=call'), 'voice');
  assert.equal(channelOf('To=%2B15005550006&Channel=sna'), 'silent');
  assert.equal(channelOf('To=a%40b.example&Channel=email'), 'email');
  assert.deepEqual(intentOf(verify('To=%2B15005550006&Channel=auto')).extras, ['auto']);
  assert.match(problemOf(verify('To=a%40b.example&Channel=sms')), /`To`/);
  assert.match(problemOf(verify('To=%2B15005550006')), /`Channel`/);
  assert.match(problemOf(verify('To=%2B15005550006&Channel=telepathy')), /`Channel`/);
  const check = form('verify.twilio.com', '/v2/Services/VA1/VerificationCheck', 'To=%2B15005550006&Code=1');
  assert.equal(intentOf(check).action, 'verify.check');
});

test('a look-up is a GET that costs: each package has its price', () => {
  const get = (url: string): Intent => intentOf(wire('lookups.twilio.com', { url }));
  const two = get('/v2/PhoneNumbers/+15005550006?Fields=line_type_intelligence%2Csim_swap');
  assert.equal(two.action, 'lookup');
  assert.deepEqual(addresses(two), [`phone ${TO}`]);
  assert.deepEqual(two.extras, ['line_type_intelligence', 'sim_swap']);
  assert.ok(two.effects.includes('spend'));
  const old = get('/v1/PhoneNumbers/%2B15005550006?Type=carrier&Type=caller-name&AddOns=payfone');
  assert.deepEqual(old.extras, ['carrier', 'caller_name', 'add_on']);
  const several = get('/v1/PhoneNumbers/%2B15005550006?AddOns=a&AddOns=b&AddOns=c');
  assert.deepEqual(several.extras, ['add_on', 'add_on', 'add_on'], 'each is charged');
  assert.match(problemOf(wire('lookups.twilio.com', { url: '/v2/PhoneNumbers/5005550006' })), /PhoneNumber/);
  assert.match(
    problemOf(wire('lookups.twilio.com', { url: '/v2/PhoneNumbers/+15005550006?fields=sim_swap' })),
    /Fields/,
  );
});

test('a batch of look-ups is one charge a number', () => {
  const intent = intentOf(
    wire('lookups.twilio.com', {
      url: '/v2/batch/query',
      json: { phone_numbers: [{ phone_number: TO, fields: ['sim_swap'] }, { phone_number: '+15005550007' }] },
    }),
  );
  assert.deepEqual(addresses(intent), [`phone ${TO}`, 'phone +15005550007']);
  assert.deepEqual(intent.extras, ['sim_swap']);
});

test('a number is bought in a country, and costs what numbers that begin like it cost', () => {
  const buy = (path: string, text: string) => intentOf(api(`/IncomingPhoneNumbers${path}.json`, text));
  const known = buy('', 'PhoneNumber=%2B442079460000');
  assert.deepEqual([known.country, addresses(known)], ['GB', ['phone +442079460000']]);
  const any = buy('/Local', 'AreaCode=510');
  assert.deepEqual([any.country, addresses(any)], ['US', []]);
  assert.match(
    problemOf(api('/IncomingPhoneNumbers.json', 'PhoneNumber=%2B442079460000&AreaCode=510')),
    /not both/,
  );
  assert.equal(
    buy('/TollFree', 'PhoneNumber=%2B15005550006&VoiceUrl=https%3A%2F%2Fx').callbacks[0],
    'https://x',
  );
  assert.match(problemOf(api('/IncomingPhoneNumbers.json', 'FriendlyName=x')), /PhoneNumber/);
});

test('recipients are seen wherever products put them', () => {
  const at = (host: string, url: string, text: string) =>
    addresses(intentOf(form(`${host}.twilio.com`, url, text)));
  const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
  assert.deepEqual(at('studio', '/v2/Flows/FW1/Executions', 'To=%2B15005550006&From=%2B15005550001'), [
    `phone ${TO}`,
  ]);
  assert.deepEqual(at('proxy', '/v1/Services/KS1/Sessions/KC1/Participants', 'Identifier=%2B15005550006'), [
    `phone ${TO}`,
  ]);
  assert.deepEqual(
    at(
      'conversations',
      '/v1/Conversations/CH1/Participants',
      'MessagingBinding.Address=whatsapp%3A%2B15005550006',
    ),
    [`phone ${TO}`],
  );
  assert.deepEqual(
    at(
      'conversations',
      '/v1/ConversationWithParticipants',
      `Participant=${json({ messaging_binding: { address: TO } })}&Participant=${json({ messaging_binding: { address: '+15005550007' } })}`,
    ),
    [`phone ${TO}`, 'phone +15005550007'],
  );
  assert.deepEqual(
    at('notify', '/v1/Services/IS1/Notifications', `ToBinding=${json({ binding_type: 'sms', address: TO })}`),
    [`phone ${TO}`],
  );
  const caller = wire('numbers.twilio.com', { url: '/v1/CallerIds/SmsVerifications', json: { to: TO } });
  assert.deepEqual(addresses(intentOf(caller)), [`phone ${TO}`]);
});

test('a notification to everybody has a price of its own, because nobody knows how many they are', () => {
  const intent = intentOf(form('notify.twilio.com', '/v1/Services/IS1/Notifications', 'Tag=all&Body=x'));
  assert.deepEqual(intent.extras, ['audience']);
});

test('a worker who accepts a task costs nothing, an instruction to dial does', () => {
  const url = '/v1/Workspaces/WS1/Tasks/WT1/Reservations/WR1';
  const quiet = intentOf(form('taskrouter.twilio.com', url, 'ReservationStatus=accepted'));
  assert.ok(!quiet.effects.includes('indirect') && !quiet.effects.includes('spend'));
  const dial = intentOf(form('taskrouter.twilio.com', url, 'Instruction=call&CallTo=%2B449001234567'));
  assert.ok(dial.effects.includes('spend'));
  assert.deepEqual(addresses(dial), ['phone +449001234567']);
  for (const text of [
    'CallRecord=record-from-answer',
    'DequeueRecord=x',
    'Record=true',
    'ConferenceRecord=true',
  ])
    assert.deepEqual(
      intentOf(form('taskrouter.twilio.com', url, `Instruction=conference&To=%2B15005550006&${text}`)).extras,
      ['leg', 'recording'],
      text,
    );
  assert.deepEqual(
    intentOf(form('taskrouter.twilio.com', url, 'Instruction=dequeue&DequeueRecord=do-not-record')).extras,
    ['leg'],
  );
});

test('operations that only end or mute lose the effect that asks for a price', () => {
  const effects = (path: string, text: string) => intentOf(api(path, text)).effects;
  assert.ok(!effects('/Conferences/CF1.json', 'Status=completed').includes('indirect'));
  assert.ok(effects('/Conferences/CF1.json', 'AnnounceUrl=https%3A%2F%2Fx').includes('indirect'));
  assert.ok(!effects('/Conferences/CF1/Participants/CA1.json', 'Muted=true').includes('indirect'));
  assert.ok(!effects('/Calls/CA1/Recordings/RE1.json', 'Status=stopped').includes('indirect'));
  const transcript = (status: string) =>
    intentOf(form('video.twilio.com', '/v1/Rooms/RM1/Transcriptions/x', `Status=${status}`)).effects;
  assert.deepEqual([transcript('started').includes('indirect'), transcript('stopped')], [true, ['write']]);
  assert.ok(effects('/Calls/CA1/Recordings/RE1.json', 'Status=in-progress').includes('indirect'));
});

test('addresses in JSON are callbacks as well, however many fields stand before them', () => {
  const sink = JSON.stringify({ destination: 'https://x.example', method: 'POST' });
  const events = form('events.twilio.com', '/v1/Sinks', `SinkConfiguration=${encodeURIComponent(sink)}`);
  assert.deepEqual(intentOf(events).callbacks, ['https://x.example']);
  for (const name of ['sinkConfiguration', 'definition'])
    assert.match(problemOf(form('events.twilio.com', '/v1/Sinks', `${name}=%7B%7D`)), /spell it exactly so/);
  const crowd = Object.fromEntries(Array.from({ length: 250 }, (_, place) => [`n${place}`, 'x']));
  const json = { name: 'x', deep: { crowd, more: { webhook: 'https://y.example' } } };
  const assistant = intentOf(wire('assistants.twilio.com', { url: '/v1/Assistants', json }));
  assert.deepEqual(assistant.callbacks, ['https://y.example']);
});

test('a queued caller who is sent elsewhere cannot be limited, so the longest call counts', () => {
  const intent = intentOf(api('/Queues/QU1/Members/CA1.json', 'Url=https%3A%2F%2Fx.example'));
  assert.deepEqual([intent.action, intent.callSeconds, intent.fixedSeconds], ['call.modify', 14_400, true]);
  assert.deepEqual(intent.extras, ['leg']);
});

test('a script that sends what is said elsewhere is an export, as the request that does only that', () => {
  const call = (twiml: string, path = '/Calls.json') =>
    intentOf(api(path, `To=%2B15005550006&From=%2B15005550001&Twiml=${encodeURIComponent(twiml)}`)).effects;
  for (const verb of [
    '<Start><Stream url="wss://x.example/a"/></Start>',
    '<Connect><ConversationRelay url="wss://x.example/a"/></Connect>',
    '<Start><Siprec connectorName="c"/></Start>',
    '<Start><Stream connectorName="c"/></Start>',
  ])
    for (const effect of ['pii', 'routing', 'export'] as const)
      assert.ok(call(`<Response>${verb}</Response>`).includes(effect), `${verb} ${effect}`);
  const update = intentOf(
    api('/Calls/CA1.json', `Twiml=${encodeURIComponent('<Response><Start><Siprec/></Start></Response>')}`),
  );
  assert.ok(update.effects.includes('export'));
  assert.ok(!call('<Response><Say>Hi</Say></Response>').includes('export'));
});
