import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { intentBy, type RequestParts, wire } from '../shared/wire-fixture.ts';
import { twilio } from './index.ts';

const ROOT = `/2010-04-01/Accounts/AC${'f'.repeat(32)}`;

function intent(host: string, parts: RequestParts): Intent {
  return intentBy(twilio, wire(`${host}.twilio.com`, parts));
}

test('approving a verification is charged as a right code is; cancelling it is not', () => {
  const url = '/v2/Services/VA1/Verifications/VE1';
  const approved = intent('verify', { url, form: { Status: 'approved' } });
  assert.deepEqual([approved.action, approved.effects.includes('spend')], ['verify.check', true]);
  const canceled = intent('verify', { url, form: { Status: 'canceled' } });
  assert.deepEqual([canceled.action, canceled.effects], ['other', ['write', 'pii']]);
});

test('looking up the name of every caller of a number may cost', () => {
  const change = (form: Record<string, string>) =>
    intent('api', { url: `${ROOT}/IncomingPhoneNumbers/PN1.json`, form }).effects.includes('indirect');
  assert.ok(change({ VoiceCallerIdLookup: 'true' }));
  assert.ok(!change({ FriendlyName: 'x' }));
});

test('the text of a conversation, session or notification is counted as the messages that it becomes', () => {
  const Body = 'x'.repeat(400);
  const places: readonly [string, string][] = [
    ['conversations', '/v1/Conversations/CH1/Messages'],
    ['conversations', '/v1/Services/IS1/Conversations/CH1/Messages'],
    ['proxy', '/v1/Services/KS1/Sessions/KC1/Participants/KP1/MessageInteractions'],
    ['notify', '/v1/Services/IS1/Notifications'],
  ];
  for (const [host, url] of places)
    assert.equal(intent(host, { url, form: { Body } }).content?.segments, 3, url);
  const [host = '', url = ''] = places[0] ?? [];
  assert.equal(intent(host, { url, form: { ContentSid: 'HX1' } }).content?.segments, 24);
  assert.equal(intent('api', { url: `${ROOT}/Queues.json`, form: { FriendlyName: 'x' } }).content, null);
});

test('the recipient of a flow or of a Flex interaction is a destination', () => {
  const channel = intent('flex-api', {
    url: '/v1/Channels',
    form: { FlexFlowSid: 'FO1', Identity: 'x', Target: '+449012345678' },
  });
  assert.deepEqual(
    channel.destinations.map(({ address }) => address),
    ['+449012345678'],
  );
  const MediaProperties = JSON.stringify({ type: 'sms', address: '+449012345678' });
  const url = '/v1/Interactions/KD1/Channels/UO1/Participants';
  const invited = intent('flex-api', { url, form: { Type: 'customer', MediaProperties } });
  assert.equal(invited.destinations.length, 1);
});

test('a message that is to be sent later says when; without a zone, or in another form, nobody can tell', () => {
  const url = `${ROOT}/Messages.json`;
  const message = { To: '+15005550006', Body: 'x', MessagingServiceSid: 'MG1', ScheduleType: 'fixed' };
  const later = (SendAt: string) => intent('api', { url, form: { ...message, SendAt } }).doneAt;
  for (const time of ['08:00:00Z', '08:00:00.000Z', '08:00Z', '10:00:00+02:00', '10:00:00.000000+0200'])
    assert.equal(later(`2026-01-31T${time}`), Date.UTC(2026, 0, 31, 8), time);
  for (const text of ['2026-01-31T08:00:00', '2026-01-31', '1769846400', '2026-02-31T25:00:00Z'])
    assert.equal(later(text), null, text);
  assert.equal(intent('api', { url, form: message }).doneAt, undefined);
});

test('speech that a participant hears while waiting may be charged by the character', () => {
  const form = { To: '+15005550006', From: '+15005550001', WaitUrl: 'https://x.example' };
  const { extras } = intent('api', { url: `${ROOT}/Conferences/CF1/Participants.json`, form });
  assert.deepEqual(extras, ['conference', 'premium_speech']);
});

test('the code that installs a SIM is a secret', () => {
  for (const url of ['/v1/ESimProfiles', '/v1/ESimProfiles/HP1'])
    assert.ok(intent('supersim', { url }).effects.includes('secret'), url);
});

test('a document of the preview of hosted numbers can be deleted', () => {
  const url = '/HostedNumbers/AuthorizationDocuments/PX1';
  assert.deepEqual(intent('preview', { method: 'DELETE', url }).effects, ['delete', 'routing']);
});

test('a running call that is made to dial goes on itself, to nobody knows where: that is a further leg', () => {
  const change = (twiml: string) =>
    intent('api', { url: `${ROOT}/Calls/CA1.json`, form: { Twiml: `<Response>${twiml}</Response>` } }).extras;
  assert.deepEqual(change('<Dial>+15005550001</Dial>'), ['leg']);
  assert.deepEqual(change('<Dial record="true"><Client>a</Client></Dial>'), ['recording', 'leg']);
  // Without a recipient the price is that of a call to anywhere, which is this one.
  assert.deepEqual(change('<Pause/>'), []);
});

test('streams, transcripts, payments and applications of one script are charged each', () => {
  const extrasOf = (script: string) =>
    intent('api', {
      url: `${ROOT}/Calls.json`,
      form: { To: '+15005550006', From: '+15005550001', Twiml: `<Response>${script}</Response>` },
    }).extras;
  const fork = '<Start><Stream url="wss://a.example"/></Start>';
  assert.deepEqual(extrasOf(fork + fork + fork), ['stream', 'stream', 'stream']);
  assert.deepEqual(extrasOf('<Pay/><Pay/>'), ['payment', 'leg', 'payment']);
  const application = '<Application>AP1</Application>';
  assert.deepEqual(extrasOf(`<Dial>${application}${application}</Dial>`), ['leg', 'leg']);
});

test('recordings of a call, of its conference and of each part of its script are charged each', () => {
  const recordingsOf = (url: string, form: Readonly<Record<string, string>>) =>
    intent('api', { url, form: { To: '+15005550006', From: '+15005550001', ...form } }).extras.filter(
      (extra) => extra === 'recording',
    ).length;
  const calls = `${ROOT}/Calls.json`;
  const started = '<Start><Recording/></Start>';
  const dial =
    '<Dial record="true" recordingConfigurationId="x"><Conference record="true">a</Conference></Dial>';
  for (const [Twiml, most] of [
    [started, 1],
    [`${dial}<Record/>`, 3],
  ] as const) {
    assert.equal(recordingsOf(calls, { Twiml: `<Response>${Twiml}</Response>` }), most);
    assert.equal(recordingsOf(calls, { Twiml: `<Response>${Twiml}</Response>`, Record: 'true' }), most + 1);
  }
  for (const [Record, count] of [
    ['false', 0],
    ['do-not-record', 0],
    ['no', 1],
    ['off', 1],
    ['0', 1],
  ] as const)
    assert.equal(
      recordingsOf(calls, { Twiml: '<Response/>', Record }),
      count,
      `${Record}: in doubt it records`,
    );
  const both = { Record: 'true', RecordingConfigurationId: 'x', ConferenceRecord: 'true' };
  assert.equal(recordingsOf(`${ROOT}/Conferences/CF1/Participants.json`, both), 2);
});
