import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '../shared/wire-fixture.ts';
import type { WireRequest } from '../wire.ts';
import { lookup } from './lookup.ts';

const AC = `AC${'f'.repeat(32)}`;
const fields = { accountSid: AC };
const SINCE = Date.UTC(2026, 0, 1, 12);
const SPAN = { since: SINCE, until: SINCE + 60_000 };

function list(action: 'message.send' | 'call.create' | 'verify.start'): WireRequest {
  const request = lookup.list(action, SPAN, fields);
  assert.ok(request);
  return request;
}

function fetch(action: Parameters<typeof lookup.fetch>[0], id: string): string | null {
  const request = lookup.fetch(action, id, fields);
  return request === null ? null : `${request.host}${request.path}`;
}

const message = {
  sid: 'SM1',
  to: 'whatsapp:+15005550006',
  from: '+15005550001',
  body: 'Hi',
  status: 'delivered',
  price: '-0.00750',
  price_unit: 'USD',
  date_created: 'Thu, 01 Jan 2026 12:00:01 +0000',
};

test('each kind of record has its own place', () => {
  assert.equal(fetch('message.send', 'SM1'), `api.twilio.com/2010-04-01/Accounts/${AC}/Messages/SM1.json`);
  assert.equal(fetch('call.create', 'CA1'), `api.twilio.com/2010-04-01/Accounts/${AC}/Calls/CA1.json`);
  assert.equal(
    fetch('recording.start', 'RE1'),
    `api.twilio.com/2010-04-01/Accounts/${AC}/Recordings/RE1.json`,
  );
  assert.equal(fetch('verify.start', 'VL1'), 'verify.twilio.com/v2/Attempts/VL1');
  for (const id of ['parts:CA1', '../Keys', 'SM1/../../Keys', 'VE1', ''])
    assert.equal(fetch('call.create', id), null, id);
  assert.equal(fetch('lookup', 'SM1'), null);
  assert.equal(lookup.list('number.buy', SPAN, fields), null);
});

test('a record is read with its price, and is final when that cannot change', () => {
  const request = lookup.fetch('message.send', 'SM1', fields);
  assert.ok(request);
  const read = (changes: object) =>
    lookup.read('message.send', request, answer(200, { ...message, ...changes }))?.records[0];
  assert.deepEqual(read({}), {
    id: 'SM1',
    to: '+15005550006',
    from: '+15005550001',
    text: null,
    cost: { amount: 7500, currency: 'USD' },
    final: true,
    createdAt: SINCE + 1000,
  });
  assert.equal(read({ status: 'queued' })?.final, false);
  assert.deepEqual([read({ price: null })?.cost, read({ price: null })?.final], [null, false]);
  const failed = (error_code: number | null) => read({ price: null, status: 'failed', error_code });
  assert.deepEqual(
    [failed(30_003)?.cost?.amount, failed(30_003)?.final],
    [1000, true],
    'the fee of a failure',
  );
  assert.equal(failed(null)?.cost?.amount, 1000);
  assert.deepEqual([failed(30_008)?.cost?.amount, failed(30_008)?.final], [0, true], 'and those without');
  assert.equal(read({ price: null, status: 'canceled' })?.cost?.amount, 0);
  assert.equal(read({ messaging_service_sid: 'MG1' })?.from, null);
});

test('a list in which a record cannot be told from others, or that is none, is not understood', () => {
  const read = (body: object) => lookup.read('message.send', list('message.send'), answer(200, body));
  const undated = read({ messages: [{ ...message, date_created: 'yesterday' }] });
  assert.equal(undated?.records[0]?.createdAt, 0, 'it may be of any time');
  for (const body of [{ messages: [message, { ...message, sid: 7 }] }, { messages: {} }, {}])
    assert.equal(read(body), null);
});

test('a page of records without a time is not the last one', () => {
  const messages = [{ ...message, date_created: null }];
  const reply = answer(200, { messages, next_page_uri: '/2010-04-01/Messages.json?Page=1' });
  assert.notEqual(lookup.read('message.send', list('message.send'), reply)?.next, null);
});

test('a call that nobody answered costs nothing', () => {
  const request = lookup.fetch('call.create', 'CA1', fields);
  assert.ok(request);
  const reply = answer(200, { ...message, sid: 'CA1', to: 'client:alice', status: 'no-answer', price: null });
  const record = lookup.read('call.create', request, reply)?.records[0];
  assert.deepEqual([record?.to, record?.cost?.amount, record?.final], ['alice', 0, true]);
});

test('pages follow relative and absolute links, and end where the records are older', () => {
  const request = list('message.send');
  const page = (date: string, link: string) =>
    lookup.read(
      'message.send',
      request,
      answer(200, { messages: [{ ...message, date_created: date }], next_page_uri: link }),
    );
  const next = page(
    'Thu, 01 Jan 2026 13:00:00 +0000',
    `/2010-04-01/Accounts/${AC}/Messages.json?PageSize=500&Page=1`,
  )?.next;
  assert.equal(next?.host, 'api.twilio.com');
  assert.equal(next.query, 'PageSize=500&Page=1');
  assert.equal(next.segments.at(-1), 'Messages.json');
  assert.ok(next !== null && page('Thu, 01 Jan 2026 09:00:00 +0000', '/x')?.next === null);
  const old = lookup.read(
    'message.send',
    next,
    answer(200, {
      messages: [{ ...message, date_created: 'Thu, 01 Jan 2026 09:00:00 +0000' }],
      next_page_uri: '/x',
    }),
  );
  assert.equal(old?.next, null, 'the following pages know the end too');
});

test('a list is not called complete when its next page leads away', () => {
  for (const link of [
    'https://evil.example/x',
    '//evil.example/x',
    'http://api.twilio.com/x',
    '/a%2fb',
    '/a/../../b',
    'https://verify.twilio.com/x',
  ])
    assert.equal(
      lookup.read('message.send', list('message.send'), answer(200, { messages: [], next_page_uri: link })),
      null,
      link,
    );
});

test('attempts of verifications carry their price as an object', () => {
  const request = list('verify.start');
  assert.equal(request.query, 'PageSize=500&DateCreatedAfter=2026-01-01T12:00:00Z');
  const attempt = {
    sid: 'VL1',
    date_created: '2026-01-01T12:00:00Z',
    price: { value: '0.05', currency: 'usd' },
    channel_data: { to: '+15005550006' },
  };
  const read = lookup.read(
    'verify.start',
    request,
    answer(200, {
      attempts: [attempt, { ...attempt, sid: 'VL2', price: null }],
      meta: { next_page_url: 'https://verify.twilio.com/v2/Attempts?PageSize=500&Page=1' },
    }),
  );
  assert.deepEqual(read?.records[0]?.cost, { amount: 50_000, currency: 'USD' });
  assert.deepEqual([read.records[0]?.to, read.records[1]?.final], ['+15005550006', false]);
  assert.equal(read.next?.query, 'PageSize=500&Page=1');
});

test('a list is asked for again later when the answer is an error or no JSON', () => {
  for (const reply of [
    answer(500, {}),
    answer(404, {}),
    { status: 200, headers: {}, body: Buffer.from('<html>') },
  ])
    assert.equal(lookup.read('message.send', list('message.send'), reply), null);
});
