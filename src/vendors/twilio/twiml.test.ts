import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { twilio } from './index.ts';

const TO = '+15005550006';

function read(Twiml: string): Reading {
  const url = `/2010-04-01/Accounts/AC${'f'.repeat(32)}/Calls.json`;
  return readingBy(twilio, wire('api.twilio.com', { url, form: { To: TO, Twiml } }));
}

function call(twiml: string): Intent {
  const reading = read(twiml);
  assert.equal(reading.kind, 'intent', 'problem' in reading ? reading.problem : '');
  return reading.intent;
}

function problemOf(twiml: string): string {
  const reading = read(twiml);
  return reading.kind === 'malformed' ? reading.problem : '';
}

const addresses = (intent: Intent): readonly string[] =>
  intent.destinations.map(({ kind, address }) => `${kind} ${address}`);

test('everybody whom inline TwiML reaches is a destination', () => {
  const twiml = `<?xml version="1.0"?><Response><Dial record="record-from-answer"><Number url="https://w.example">+15005550001</Number>
    <Sip>sip:bob@pbx.example</Sip><Client>alice</Client><Conference>room</Conference></Dial>
    <Dial>&#43;449001234567</Dial><Sms to="+15005550002">x</Sms></Response>`;
  const intent = call(twiml);
  assert.deepEqual(addresses(intent), [
    `phone ${TO}`,
    'phone +15005550001',
    'sip sip:bob@pbx.example',
    'client alice',
    'phone +449001234567',
    'phone +15005550002',
  ]);
  assert.equal(intent.destinations[4]?.phone?.premium, true);
  assert.deepEqual(intent.extras, ['recording', 'leg', 'conference', 'sms']);
  assert.deepEqual(intent.callbacks, ['https://w.example']);
});

test('TwiML that goes on elsewhere, or that nobody knows, does not pass as harmless', () => {
  for (const inner of [
    '<Redirect>https://x.example</Redirect>',
    '<Gather><Say>1</Say></Gather>',
    '<Dial action="https://x.example"/>',
    '<Enqueue>q</Enqueue>',
    '<Record/>',
    '<Connect action="https://x.example"/>',
    '<Start action="https://x.example"/>',
    `<Dial><Number url="https://x.example">${TO}</Number></Dial>`,
    '<Dial><Client url="https://x.example">a</Client></Dial>',
    '<Dial><Queue url="https://x.example">q</Queue></Dial>',
  ])
    assert.ok(call(`<Response>${inner}</Response>`).extras.includes('leg'), inner);
  for (const document of [
    '<Response><Frobnicate/></Response>',
    '<Response><dial>+15005550001</dial></Response>',
    '<!DOCTYPE r [<!ENTITY n "+449001234567">]><Response><Dial>&n;</Dial></Response>',
    '<Response><Dial>+15005550001</Response>',
    '<Response><Dial>911</Dial></Response>',
    '<Response/><Response/>',
    'Response',
    `<Response>${'<Pause/>'.repeat(600)}</Response>`,
    `${'<Response>'.repeat(20)}${'</Response>'.repeat(20)}`,
  ])
    assert.match(problemOf(document), /must|Twiml|TwiML/, document.slice(0, 60));
});

test('whom TwiML dials stands there in one piece: a parser that takes the first piece would reach another', () => {
  for (const inner of [
    '<Dial>+1500<!-- -->5550006</Dial>',
    '<Dial><!--+449001234567-->+15005550006</Dial>',
    '<Dial>+15005550006<!-- -->00</Dial>',
    '<Dial><!-- -->+15005550006</Dial>',
    '<Dial>+1500<![CDATA[5550006]]></Dial>',
    '<Dial><Number>+1500<!-- -->5550006</Number></Dial>',
    '<Dial>+1500<Pause/>5550006</Dial>',
    '<Dial>+1500<Number>+15005550001</Number>5550006</Dial>',
    '<Dial><Sip>sip:+44<!-- -->9001234567@trunk.pstn.twilio.com</Sip></Dial>',
    '<Dial><Client>ali<!-- -->ce</Client></Dial>',
    '<Redirect>https://x.example<!-- -->.evil.example/</Redirect>',
    '<Dial>+1500<?pi ?>5550006</Dial>',
  ])
    assert.notEqual(problemOf(`<Response>${inner}</Response>`), '', inner);
  const fine =
    '<!-- who --><Response><!-- a --><Dial><!-- b --><Number>+15005550001</Number></Dial><Say>x<break/>y</Say></Response>';
  assert.deepEqual(addresses(call(fine)), [`phone ${TO}`, 'phone +15005550001']);
});

test('a client with parameters, dear voices and transcripts in TwiML are not overlooked', () => {
  const inside = (inner: string) => call(`<Response>${inner}</Response>`);
  const client = inside(
    '<Dial><Client><Identity>alice</Identity><Parameter name="a" value="b"/></Client></Dial>',
  );
  assert.deepEqual(addresses(client), [`phone ${TO}`, 'client alice']);
  for (const voice of [
    'Polly.Joanna-Neural',
    'Polly.Joanna-Generative',
    'Google.en-US-Chirp3-HD-Aoede',
    'Google.en-US-News-K',
  ])
    assert.deepEqual(inside(`<Say voice="${voice}" loop="0">x</Say>`).extras, ['premium_speech'], voice);
  for (const voice of ['alice', 'Polly.Joanna', 'Google.cmn-CN-Standard-A', ''])
    assert.deepEqual(inside(`<Say voice="${voice}">x</Say>`).extras, [], voice);
  const waiting = '<Dial><Conference waitUrl="https://x.example">r</Conference></Dial>';
  assert.deepEqual(inside(waiting).extras, ['conference', 'premium_speech']);
  assert.ok(inside('<Record transcribe="True"/>').extras.includes('transcription'));
});

test('TwiML in another encoding than UTF-8 is refused: another parser could see other elements', () => {
  const script = '<Response><Pause/></Response>';
  for (const rest of ['', ' encoding="UTF-8"', ` encoding='utf-8' standalone="yes" `])
    assert.equal(read(`<?xml version="1.0"${rest}?>${script}`).kind, 'intent', rest);
  for (const declaration of [
    '<?xml version="1.0" encoding="ISO-2022-JP"?>',
    '<?xml version="1.0" encoding="UTF-7"?>',
    '<?xml version="1.1"?>',
    '<?xml-stylesheet href="x"?>',
  ])
    assert.match(problemOf(declaration + script), /UTF-8/, declaration);
});

test('a recording configuration records, whichever verb names it', () => {
  for (const verb of ['Dial', 'Record'])
    assert.ok(
      call(`<Response><${verb} recordingConfigurationId="x"/></Response>`).extras.includes('recording'),
    );
  const none = call(`<Response><Dial recordingConfigurationId="">${TO}</Dial></Response>`);
  assert.ok(!none.extras.includes('recording'));
});

test('what the SDK for Node writes besides is known: echo, nested addresses, headers, applications', () => {
  assert.deepEqual(call('<Response><Echo/></Response>').extras, []);
  const sip = '<Sip><Uri>sip:a@b.example</Uri><Headers><Header name="x" value="y"/></Headers></Sip>';
  assert.deepEqual(addresses(call(`<Response><Dial>${sip}</Dial></Response>`)), [
    `phone ${TO}`,
    'sip sip:a@b.example',
  ]);
  const dialled = '<Sip><Uri>sip:+449012345678@trunk.pstn.twilio.com</Uri></Sip>';
  assert.deepEqual(addresses(call(`<Response><Dial>${dialled}</Dial></Response>`)), [
    `phone ${TO}`,
    'phone +449012345678',
  ]);
  const application = '<Application><ApplicationSid>AP1</ApplicationSid></Application>';
  assert.deepEqual(call(`<Response><Dial>${application}</Dial></Response>`).extras, ['leg']);
  assert.match(problemOf('<Response><Dial><Sip></Sip></Dial></Response>'), /Sip/);
});

test('text messages in a script are charged by the segment, and counted for the policy', () => {
  const text = 'x'.repeat(1600);
  const long = call(
    `<Response><Sms to="+15005550001">${text}</Sms><Sms to="+15005550001">a</Sms></Response>`,
  );
  assert.deepEqual([long.content?.segments, long.extras.filter((one) => one === 'sms').length], [12, 12]);
  const picture = '<Message to="+15005550001"><Body>a</Body><Media>https://x.example/a.png</Media></Message>';
  const { content, extras } = call(`<Response>${picture}</Response>`);
  assert.deepEqual([content?.segments, content?.media], [1, 1]);
  assert.deepEqual(extras, ['sms', 'sms'], 'a picture costs more than a text');
  const alone = call(
    '<Response><Message to="+15005550001"><Media>https://x.example/a.png</Media></Message></Response>',
  );
  assert.deepEqual([alone.content?.media, alone.extras], [1, ['sms']]);
  assert.equal(call('<Response><Pause/></Response>').content, null);
});
