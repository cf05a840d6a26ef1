import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, type RequestParts, wire } from '../shared/wire-fixture.ts';
import { twilio } from './index.ts';

function read(host: string, parts: RequestParts) {
  return readingBy(twilio, wire(`${host}.twilio.com`, parts));
}

test('operations whose parameters begin in lower case, as the SDK for Node sends them, are read', () => {
  const order = { phoneNumber: '+15005550006', smsCapability: 'true', smsUrl: 'https://sms.example/' };
  const hosted = read('numbers', { url: '/v3/HostedNumbers/HostedNumberOrders', form: order });
  assert.ok(hosted.kind === 'intent', JSON.stringify(hosted));
  assert.deepEqual(
    hosted.intent.destinations.map(({ address }) => address),
    ['+15005550006'],
  );
  assert.deepEqual(hosted.intent.callbacks, ['https://sms.example/']);
  const typing = { channel: 'whatsapp', messageId: 'SM1' };
  assert.equal(read('messaging', { url: '/v2/Indicators/Typing.json', form: typing }).kind, 'intent');
  for (const [host, url] of [
    ['conversations', '/v2/Conversations?status=ACTIVE'],
    ['insights', '/v3/InsightsDomains/Conversations/QueryJobs?status=DONE'],
    ['intelligence', '/v3/Conversations?status=ACTIVE'],
    ['studio', '/v2/Flows/FW1/Executions?status=active'],
    ['voice', '/v3/Transcriptions?status=done'],
  ] as const)
    assert.equal(read(host, { url }).kind, 'intent', url);
});

test('no parameter makes another request of a read, or of a change', () => {
  const root = `/2010-04-01/Accounts/AC${'f'.repeat(32)}`;
  const send = '_method=POST&To=%2B449012345678&From=%2B15005550006&Body=x';
  for (const parts of [
    { url: `${root}/Messages.json?${send}` },
    { url: `${root}/Messages.json?${send.replace('_m', '_M')}` },
    { url: `${root}/Addresses/AD1.json`, form: { _method: 'DELETE' } },
  ])
    assert.equal(read('api', parts).kind, 'malformed', parts.url);
});

test('operations in lower case refuse a name in two spellings, and all others refuse lower case', () => {
  const twice = { phoneNumber: '+15005550006', PhoneNumber: '+449012345678' };
  assert.equal(
    read('numbers', { url: '/v3/HostedNumbers/HostedNumberOrders', form: twice }).kind,
    'malformed',
  );
  const preview = { phoneNumber: '+15005550006', SmsCapability: 'true' };
  assert.equal(
    read('preview', { url: '/HostedNumbers/HostedNumberOrders', form: preview }).kind,
    'malformed',
  );
});

test('a parameter is none of a list or object that a server may make of it', () => {
  const message = { To: '+15005550006', From: '+15005550001', Body: 'x' };
  const url = `/2010-04-01/Accounts/AC${'f'.repeat(32)}/Messages.json`;
  const lists = [
    'To[]',
    'To[0]',
    'to[x]',
    'Body[]',
    'MediaUrl[]',
    'StatusCallback[]',
    '[To]',
    ']To',
    'To]',
    '?To',
  ];
  for (const name of [...lists, 'To.', 'To.0', 'To.0.x']) {
    const reading = read('api', { url, form: { ...message, [name]: '+449012345678' } });
    assert.equal(reading.kind, 'malformed', name);
  }
});

test('no other account is named as one of a list', () => {
  for (const name of ['Subaccount[]', '[Subaccount]', 'IncludeSubaccounts[0]', 'Subaccount.0']) {
    const reading = read('insights', { url: `/v1/Voice/Summaries?${name}=AC${'e'.repeat(32)}` });
    assert.equal(reading.kind, 'malformed', name);
  }
});

test('times are compared as the SDK does', () => {
  const root = `/2010-04-01/Accounts/AC${'f'.repeat(32)}`;
  for (const name of ['StartTime%3E', 'StartTime%3C', 'StartTime'])
    assert.equal(read('api', { url: `${root}/Calls.json?${name}=2026-01-01` }).kind, 'intent', name);
});
