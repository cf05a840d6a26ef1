import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { plan, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { operations } from './facts.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';
const TEXML = { To: '+15005550006', From: '+15005550001' };

function read(url: string, json: object): Reading {
  const request = wire(HOST, { method: 'POST', url: `/v2${url}`, json });
  const operation = operations.match('POST', HOST, request.segments);
  assert.ok(operation, url);
  return telnyx.readIntent(operation, request, plan);
}

function intent(url: string, json: object): Intent {
  const reading = read(url, json);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

const to = (one: Intent) => one.destinations.map(({ address }) => address);

test('a number that a TeXML script dials is a destination, whatever the call itself goes to', () => {
  for (const [script, number] of [
    ['<Dial>+447700900000</Dial>', '+447700900000'],
    ['<Dial timeLimit="60"><Number>&#43;44 7700 900000</Number></Dial>', '+447700900000'],
    ['<Dial><Sip>sip:+447700900000@sip.telnyx.com</Sip></Dial>', '+447700900000'],
    ['<Refer><Sip>sip:a@x.example</Sip></Refer>', 'sip:a@x.example'],
  ] as const) {
    const Texml = `<Response>${script}</Response>`;
    const made = intent('/texml/Accounts/a/Calls', { ...TEXML, Texml });
    assert.deepEqual([to(made), made.extras], [['+15005550006', number], []], script);
    const changed = intent('/texml/Accounts/a/Calls/c1', { Texml });
    assert.deepEqual([changed.action, to(changed), changed.fixedSeconds], ['call.create', [number], true]);
    assert.ok(changed.effects.includes('spend'), script);
  }
});

test('a TeXML script is refused if the vendor could dial somebody else than was read', () => {
  for (const script of [
    '<Response><Dial>x</Dial></Response>',
    '<Response><Dial>00447700900000</Dial></Response>',
    '<Response><dial>+447700900000</dial></Response>',
    '<Response><x:Number>+447700900000</x:Number></Response>',
    '<Response><Dial>+447700900000</Response>',
    '<Response><Dial>+4477<!-- a -->00900000</Dial></Response>',
    '<Response><Dial><!-- a -->+447700900000</Dial></Response>',
    '<Response><Dial>+447700900000 <!-- a --></Dial></Response>',
    '<Response><Dial>+4477<Pause/>00900000</Dial></Response>',
    '<Response><Dial>+447700900000<Number>+447700900000</Number></Dial></Response>',
    '<Response>< Dial>+447700900000</Dial></Response>',
    '<Response><Dial callerId=+15005550001>+447700900000</Dial></Response>',
    '<Dial>+447700900000</Dial><Dial>+447700900001</Dial>',
  ])
    for (const url of ['/texml/Accounts/a/Calls', '/texml/Accounts/a/Calls/c1']) {
      const reading = read(url, { ...TEXML, Texml: script });
      assert.ok(reading.kind === 'malformed' && reading.problem.includes('`Texml'), script);
    }
});

test('a comment in a TeXML script that stands beside no text is let through', () => {
  const Texml = `<!-- a --><Response>
    <!-- b --><Dial><!-- c --><Number>+447700900000</Number> <!-- d --></Dial>
  </Response>`;
  assert.deepEqual(to(intent('/texml/Accounts/a/Calls/c1', { Texml })), ['+447700900000']);
});

test('a running TeXML call that gets another script may dial, one that ends does not', () => {
  const change = (json: object) => intent('/texml/Accounts/a/Calls/c1', json);
  assert.ok(!change({ Status: 'completed' }).effects.includes('spend'));
  assert.ok(!change({ Texml: '<Response><Say>Bye</Say></Response>' }).effects.includes('spend'));
  assert.deepEqual(change({ Texml: '<Response><Dial><Queue>q</Queue></Dial></Response>' }).extras, ['leg']);
  assert.deepEqual(change({ Url: 'https://example.com' }).extras, ['leg']);
  assert.equal(change({ Url: 'https://example.com' }).callSeconds, 14_400);
});

test('parts that may run side by side are each charged, others for as long as the call lasts', () => {
  const two = (inner: string) =>
    intent('/texml/Accounts/a/Calls/c1', { Texml: `<Response>${inner.repeat(2)}</Response>` });
  assert.deepEqual(two('<Start><Stream/></Start>').extras, ['streaming', 'streaming', 'leg']);
  assert.deepEqual(two('<Record/>').extras, ['recording', 'recording', 'leg']);
  assert.deepEqual(two('<Dial><Conference>c</Conference></Dial>').extras, ['conference', 'leg']);
  const called = intent('/texml/Accounts/a/Calls', { ...TEXML, Record: true, ConferenceRecord: true });
  assert.equal(called.extras.filter((extra) => extra === 'recording').length, 2);
});

test('a TeXML script that speaks with a premium voice is charged for it, one with a basic voice is not', () => {
  const said = (attributes: string) => {
    const Texml = `<Response><Say${attributes}>Hi</Say></Response>`;
    const made = intent('/texml/Accounts/a/Calls', { ...TEXML, Texml });
    const changed = intent('/texml/Accounts/a/Calls/c1', { Texml });
    assert.deepEqual(
      [changed.extras, changed.effects.includes('spend')],
      [made.extras, made.extras.length > 0],
    );
    return made.extras;
  };
  for (const voice of ['', ' voice=""', ' voice="man"', " voice='woman'"])
    assert.deepEqual(said(voice), [], voice);
  for (const voice of [
    'alice',
    'Polly.Joanna',
    'Polly.Joanna-Neural',
    'ElevenLabs.eleven_v3.Adam',
    '&#x61;lice',
  ])
    assert.deepEqual(said(` voice="${voice}" loop="0"`), ['premium_speech'], voice);
  assert.deepEqual(said(' Voice="alice"'), ['premium_speech'], 'some parsers take the other spelling');
});
