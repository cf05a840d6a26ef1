import assert from 'node:assert/strict';
import { test } from 'node:test';
import twilio from 'twilio';
import { Secret } from '../../kernel/secret.ts';
import { NOW } from '../shared/wire-fixture.ts';
import type { WireRequest } from '../wire.ts';
import samples from './samples/webhooks.json' with { type: 'json' };
import { webhooks } from './webhook.ts';

const FORM = 'application/x-www-form-urlencoded';
const secret = new Secret('12345');
const URL_OF_APP = 'https://app.example/hook?tenant=7';

interface Delivery {
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly signature?: string;
}

function delivery({ body = '', type = FORM, signature }: Delivery): WireRequest {
  const headers = {
    'content-type': type,
    ...(signature === undefined ? {} : { 'x-twilio-signature': signature }),
  };
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { method: 'POST', host: '', path: '/', segments: [''], query: '', headers, body: bytes };
}

type Params = Readonly<Record<string, string | readonly string[]>>;

function formBody(params: Params): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    for (const one of typeof value === 'string' ? [value] : value) form.append(name, one);
  return form.toString();
}

function signed(request: WireRequest, url: string): WireRequest {
  return { ...request, headers: { ...request.headers, ...webhooks.sign(request, url, secret, NOW) } };
}

for (const sample of samples)
  test(`published vector: ${sample.name}`, () => {
    const body = sample.body ?? formBody(sample.params ?? {});
    const request = delivery({ body, signature: sample.signature, type: sample.contentType ?? FORM });
    assert.equal(webhooks.verify(request, sample.url, new Secret(sample.secret), NOW), sample.valid);
  });

test('all eighteen vectors are there', () => assert.equal(samples.length, 18));

test("a webhook signed for the app passes the vendor SDK's own validator, for forms and for JSON", () => {
  const params = { To: '+15005550006', Body: 'a;b & ü', Tag: ['b', 'a', 'b'] };
  const form = signed(delivery({ body: formBody(params) }), URL_OF_APP);
  const header = form.headers['x-twilio-signature'] ?? '';
  assert.equal(twilio.validateRequest('12345', header, URL_OF_APP, params), true);
  const body = '{"a":1}';
  const url = `${URL_OF_APP}&bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862`;
  const json = signed(delivery({ body, type: 'application/json' }), url);
  assert.equal(
    twilio.validateRequestWithBody('12345', json.headers['x-twilio-signature'] ?? '', url, body),
    true,
  );
});

test('a changed body, URL, name or secret is found', () => {
  const request = signed(delivery({ body: 'To=1&From=2' }), URL_OF_APP);
  assert.equal(webhooks.verify(request, URL_OF_APP, secret, NOW), true);
  for (const body of ['To=1&From=3', 'To=1', 'To=1&From=2&X=', ''])
    assert.equal(
      webhooks.verify({ ...request, body: Buffer.from(body) }, URL_OF_APP, secret, NOW),
      false,
      body,
    );
  assert.equal(webhooks.verify(request, 'https://app.example/hook?tenant=8', secret, NOW), false);
  assert.equal(webhooks.verify(request, 'http://app.example/hook?tenant=7', secret, NOW), false);
  assert.equal(webhooks.verify(request, URL_OF_APP, new Secret('54321'), NOW), false);
});

test('known weakness of the scheme: it does not sign where a name ends and its value begins', () => {
  const request = signed(delivery({ body: 'To=1&From=2' }), URL_OF_APP);
  assert.equal(
    webhooks.verify({ ...request, body: Buffer.from('To1=&From=2') }, URL_OF_APP, secret, NOW),
    true,
  );
});

test('parameters without a value are part of the signature', () => {
  const request = signed(delivery({ body: 'A=&B=1' }), URL_OF_APP);
  assert.equal(webhooks.verify({ ...request, body: Buffer.from('B=1') }, URL_OF_APP, secret, NOW), false);
});

test('a body that no signature covers is refused, whatever the header says', () => {
  const empty = signed(delivery({}), URL_OF_APP);
  assert.equal(webhooks.verify(empty, URL_OF_APP, secret, NOW), true);
  const json = { ...empty, body: Buffer.from('{"MessageStatus":"delivered"}') };
  for (const type of ['application/json', 'text/plain', ''])
    assert.equal(
      webhooks.verify(
        { ...json, headers: { ...empty.headers, 'content-type': type } },
        URL_OF_APP,
        secret,
        NOW,
      ),
      false,
    );
});

test('no signature, a short one and one of another length are refused without an exception', () => {
  for (const signature of [undefined, '', 'x', 'x'.repeat(100_000)])
    assert.equal(
      webhooks.verify(delivery(signature === undefined ? {} : { signature }), URL_OF_APP, secret, NOW),
      false,
    );
  assert.equal(webhooks.verify(delivery({ signature: 'x' }), 'not a url', secret, NOW), false);
});

test('an event is known by what is signed, never by the unsigned retry header', () => {
  const idOf = (body: string, token = 'a'): string | null =>
    webhooks.eventId({
      ...delivery({ body }),
      headers: { 'content-type': FORM, 'i-twilio-idempotency-token': token },
    });
  assert.equal(idOf('MessageSid=SM1&MessageStatus=sent'), 'SM1:sent');
  assert.equal(
    idOf('MessageSid=SM1&MessageStatus=sent', 'b'),
    idOf('MessageSid=SM1&MessageStatus=sent', 'c'),
  );
  assert.notEqual(idOf('MessageSid=SM1&MessageStatus=sent'), idOf('MessageSid=SM1&MessageStatus=delivered'));
  assert.equal(idOf('CallSid=CA1&SequenceNumber=2&CallStatus=ringing'), 'CA1:2');
  assert.equal(idOf('RecordingSid=RE1&RecordingStatus=completed&CallSid=CA1'), 'RE1:completed');
});

test('a call that asks what to do next may ask again', () => {
  const body = 'CallSid=CA1&CallStatus=in-progress&Digits=1';
  assert.equal(webhooks.eventId(delivery({ body })), null);
});
