import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { operations } from './facts.ts';
import { API, intent, problem, read, REST, to, VIDEO } from './intent-fixture.ts';
import { LEGACY, MODERN } from './intents.ts';

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
  for (const name of [' to', 'to\0', '\ufeffto'])
    assert.match(problem(REST, { url: '/sms/json', form: { ...SMS, [name]: '447700900000' } }), /Names/);
  assert.match(problem(REST, { url: '/sms/json', json: { ...SMS, To: '447700900000' } }), /capitals/);
  for (const name of ['to[]', 'to[0]', 'to%00']) {
    assert.match(problem(REST, { url: '/sms/json', form: { ...SMS, [name]: '447700900000' } }), /no signs/);
    assert.match(problem(REST, { url: '/sms/json', json: { ...SMS, [name]: '447700900000' } }), /no signs/);
  }
  assert.match(
    problem(REST, { url: '/sms/json', json: { ...SMS, to: ['1500555', '447700900000'] } }),
    /`to`/,
  );
  assert.match(problem(REST, { url: '/sms/json', json: { ...SMS, to: '15005550006,447700900000' } }), /`to`/);
});

test('a parameter is none that a server may take for another, also of those that may be absent', () => {
  const start = { number: '15005550006', brand: 'B', workflow_id: '6' };
  assert.match(problem(API, { url: '/verify/json', form: { ...start, 'workflow.id': '3' } }), /no signs/);
  assert.match(problem(API, { url: '/ni/advanced/json?number=15005550006&real.time.data=true' }), /no signs/);
  const forwarding = { country: 'US', msisdn: '15005550006', voiceCallbackType: 'app' };
  for (const name of ['voiceCallbackType[]', '[voiceCallbackType]', 'target_api_key[0]'])
    assert.match(
      problem(REST, { url: '/number/update', form: { ...forwarding, [name]: 'tel' } }),
      /no signs/,
    );
  for (const name of ['account_id[]', '[account_id]', 'include_subaccounts[x]', 'account_id.0'])
    assert.match(problem(API, { url: `/v2/reports/records?product=SMS&${name}=other` }), /no signs/);
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

test('a card in an SMS is counted by its octets, not by its letters', () => {
  const card = { to: SMS.to, from: 'x', type: 'vcard', vcard: '日'.repeat(134) };
  assert.equal(intent(REST, { url: '/sms/json', json: card }).content?.segments, 3);
});

test('a Messages API text that is to be sent as unicode is counted so', () => {
  const text = { message_type: 'text', channel: 'sms', to: '15005550006', from: '1', text: 'x'.repeat(160) };
  const content = (more: object) => {
    const found = intent(API, { url: '/v1/messages', json: { ...text, ...more } }).content;
    return [found?.segments, found?.encoding];
  };
  assert.deepEqual(content({ sms: { encoding_type: 'unicode' } }), [3, 'ucs2']);
  for (const encoding_type of ['auto', 'text', undefined])
    assert.deepEqual(content({ sms: { encoding_type } }), [1, 'gsm7'], encoding_type);
  const spelled = { url: '/v1/messages', json: { ...text, sms: { encodingType: 'unicode' } } };
  assert.match(problem(API, spelled), /encoding_type/);
});

test('a type of SMS that is not known, or spelled otherwise, is refused', () => {
  for (const type of ['Unicode', 'x'])
    assert.match(problem(REST, { url: '/sms/json', form: { ...SMS, type } }), /`type`/);
});

test('a body that is not read is refused, also where only its fields matter to rules', () => {
  const json = { name: 'x' };
  const at = (type: string) =>
    problem(API, { url: '/v2/applications', json, method: 'POST', headers: { 'content-type': type } });
  assert.match(at('text/plain'), /application\/json/);
  assert.match(at(''), /application\/json/);
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
  const hidden = { ...json, channel: 'whatsapp', trusted_recipient: undefined, failover: [json] };
  assert.equal(
    intent(API, { url: '/v1/messages', json: hidden }).parameters.get('trusted_recipient'),
    'true',
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

test('a number that the vendor would read as one of another country is refused', () => {
  const paths = ['/verify/json', '/verify/psd2/json', '/ni/basic/json', '/ni/advanced/json'];
  for (const url of paths) {
    const at = (country: string) => ({ url, form: { number: '15005550006', brand: 'x', country } });
    assert.match(problem(API, at('GB')), /`country`/, url);
    assert.match(problem(API, at('US,GB')), /`country`/, url);
    for (const country of ['US', 'us', '', 'CA', 'pr'])
      assert.deepEqual(to(intent(API, at(country)))[0], '+15005550006', `${url} ${country}`);
  }
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

test('network look-ups name their number, where the request has one', () => {
  const check = intent('api-eu.vonage.com', {
    url: '/camara/sim-swap/v040/check',
    json: { phoneNumber: '+15005550006' },
  });
  assert.deepEqual([check.action, to(check), check.extras], ['lookup', ['+15005550006'], ['sim_swap']]);
  const verify = { url: '/camara/number-verification/v031/verify', json: { hashedPhoneNumber: 'x' } };
  assert.deepEqual(intent('api-eu.vonage.com', verify).destinations, []);
  const insights = { phone_number: '15005550006', insights: { format: {}, sim_swap: { period: 240 } } };
  const one = intent('api-eu.vonage.com', { url: '/identity-insights/v1/requests', json: insights });
  assert.deepEqual([to(one), one.extras], [['+15005550006'], ['format', 'sim_swap']]);
});

test('a video session that records everything is a recording, others are free', () => {
  const session = (parts: object) => intent(VIDEO, { method: 'POST', url: '/session/create', ...parts });
  for (const parts of [{ form: { archiveMode: 'always' } }, { json: { archiveMode: 'always' } }]) {
    const { action, effects, callSeconds } = session(parts);
    assert.deepEqual([action, effects.includes('spend'), callSeconds], ['recording.start', true, 14_400]);
  }
  for (const parts of [{}, { form: { archiveMode: 'manual', 'p2p.preference': 'disabled' } }])
    assert.ok(!session(parts).effects.includes('spend'));
  const query = { method: 'POST', url: '/session/create?archiveMode=always' };
  assert.match(problem(VIDEO, query), /not in the query/);
  assert.match(problem(VIDEO, { url: '/session/create', form: { archive_mode: 'always' } }), /exactly so/);
});

test('an event that records a call, or speaks in a premium voice, costs', () => {
  const event = (type: string, body: object = {}) =>
    intent(API, { url: '/v1/conversations/c/events', json: { type, body } });
  const record = event('audio:record', { transcription: { language: 'en' } });
  assert.deepEqual([record.action, record.extras], ['recording.start', ['transcription']]);
  for (const one of [record, event('audio:record'), event('audio:say', { text: 'x', premium: true })])
    assert.ok(one.effects.includes('spend'));
  for (const type of ['audio:record:stop', 'audio:say', 'audio:dtmf'])
    assert.ok(!event(type).effects.includes('spend'), type);
});

test('an event that is a message may be charged, others are not', () => {
  const event = (type: string) =>
    intent(API, { url: '/v1/conversations/c/events', json: { type, body: {} } });
  assert.deepEqual(
    [event('message').action, event('message').effects.includes('spend')],
    ['message.send', true],
  );
  assert.deepEqual([event('custom:x').action, event('custom:x').effects.includes('spend')], ['other', false]);
});

test('media processes run as long as the vendor lets them', () => {
  const start = (kind: string, json: object) => intent(VIDEO, { url: `/v2/project/p/${kind}`, json });
  assert.deepEqual(
    [start('broadcast', {}).callSeconds, start('broadcast', { maxDuration: 90 }).callSeconds],
    [14_400, 90],
  );
  assert.deepEqual([start('connect', {}).callSeconds, start('connect', {}).fixedSeconds], [86_400, true]);
});

test('members and media of conversations and video are seen', () => {
  const member = (channel: object) =>
    intent(API, { url: '/v1/conversations/c/members', json: { state: 'joined', channel } });
  assert.ok(!member({ type: 'app' }).effects.includes('spend'));
  const phone = member({ type: 'phone', to: { type: 'phone', number: '447700900000' } });
  assert.deepEqual([phone.action, to(phone)], ['call.create', ['+447700900000']]);
  assert.deepEqual([phone.callSeconds, phone.fixedSeconds], [86_400, true], 'nothing can shorten it');
  for (const channel of [
    { type: 'app', to: { type: 'phone', number: '447700900000' } },
    { type: 'phone', to: { type: 'app', user: 'x', number: '447700900000' } },
  ]) {
    const json = { state: 'joined', channel };
    assert.match(problem(API, { url: '/v1/conversations/c/members', json }), /must be the same/);
  }
  const dial = intent(VIDEO, { url: '/v2/project/p/dial', json: { sip: { uri: 'sip:x@example.com' } } });
  assert.deepEqual([dial.action, to(dial)], ['call.create', ['sip:x@example.com']]);
  assert.deepEqual([dial.callSeconds, dial.fixedSeconds], [86_400, true], 'nothing can shorten it');
  for (const json of [{ uri: 'sip:x@example.com' }, { sip: { uri: 'sip:x@example.com' }, Sip: {} }])
    assert.match(problem(VIDEO, { url: '/v2/project/p/dial', json }), /`sip/);
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

test('a URL that stands in the query and in the body is refused', () => {
  const url = '/account/settings?moCallBackUrl=https://x.example';
  assert.match(problem(REST, { url, form: { moCallBackUrl: 'https://y.example' } }), /query and in the body/);
});

test('a failover within a failover, which nobody would count, is refused', () => {
  const one = { channel: 'sms', message_type: 'text', to: '15005550006', from: 'x', text: 'Hi' };
  const inner = { ...one, to: '447700900000' };
  const json = { ...one, failover: [{ ...one, failover: [inner] }] };
  assert.match(problem(API, { url: '/v1/messages', json }), /`failover`/);
});

test('a failover counts as many segments as the longest of the messages', () => {
  const long = { channel: 'sms', message_type: 'text', to: '15005550006', from: 'x', text: 'x'.repeat(400) };
  const json = { ...long, channel: 'whatsapp', text: 'Hi', failover: [long] };
  const one = intent(API, { url: '/v1/messages', json });
  assert.deepEqual([one.channel, one.content?.segments, one.extras], ['whatsapp', 3, ['failover_sms']]);
});
