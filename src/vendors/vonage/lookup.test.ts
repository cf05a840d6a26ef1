import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from '../shared/wire-fixture.ts';
import { vonage } from './index.ts';
import { lookup } from './lookup.ts';

const JANUARY = { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 31) };
const FIELDS = { apiKey: 'a1b2c3d4', applicationId: 'app' };
const UUID = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';

test('a call and a verification are looked up where it is free', () => {
  assert.equal(lookup.fetch('call.create', UUID, FIELDS)?.path, `/v1/calls/${UUID}`);
  const verify = lookup.fetch('verify.start', 'abcdef0123456789', FIELDS);
  assert.equal(`${verify?.path}?${verify?.query}`, '/verify/search/json?request_id=abcdef0123456789');
});

test('messages are looked up in the report of their product', () => {
  const query = (id: string) => new URLSearchParams(lookup.fetch('message.send', id, FIELDS)?.query);
  assert.equal(query('0A0000001B0FE827').get('product'), 'SMS');
  assert.equal(query(UUID).get('product'), 'MESSAGES');
  assert.deepEqual([query(UUID).get('id'), query(UUID).get('account_id')], [UUID, 'a1b2c3d4']);
  assert.equal(
    lookup.fetch('message.send', UUID, { applicationId: 'app' }),
    null,
    'reports need the API key',
  );
  assert.equal(lookup.fetch('lookup', 'x', FIELDS), null);
  assert.equal(lookup.fetch('number.buy', 'x', FIELDS), null);
});

test('an id cannot leave its place in the path or the query', () => {
  assert.equal(lookup.fetch('call.create', '../x', FIELDS)?.path, '/v1/calls/..%2Fx');
  assert.ok(!lookup.fetch('message.send', 'a&account_id=b', FIELDS)?.query.includes('account_id=b'));
});

test('a call has its final price when it has ended', () => {
  const request = lookup.fetch('call.create', UUID, FIELDS);
  assert.ok(request);
  const call = {
    uuid: UUID,
    status: 'completed',
    to: { type: 'phone', number: '15005550006' },
    from: { type: 'phone', number: '15005550001' },
    price: '0.00450000',
    start_time: '2026-01-01T00:00:00.000Z',
    end_time: '2026-01-01T00:01:00.000Z',
  };
  const record = lookup.read('call.create', request, answer(200, call))?.records[0];
  assert.deepEqual(record, {
    id: UUID,
    to: '+15005550006',
    from: '15005550001',
    text: null,
    cost: { amount: 4500, currency: 'EUR' },
    final: true,
    createdAt: Date.UTC(2026, 0, 1),
  });
  const { price: _price, end_time: _end, ...running } = { ...call, status: 'answered' };
  const early = lookup.read('call.create', request, answer(200, running))?.records[0];
  assert.deepEqual([early?.cost, early?.final], [null, false]);
  assert.equal(lookup.read('call.create', request, answer(404, {})), null);
});

test('a verification costs its own price and that of its messages', () => {
  const request = lookup.fetch('verify.start', 'abcdef', FIELDS);
  assert.ok(request);
  const found = {
    request_id: 'abcdef',
    number: '15005550006',
    currency: 'EUR',
    price: '0.10',
    estimated_price_messages_sent: '0.0333',
    status: 'SUCCESS',
    date_submitted: '2026-01-01 00:00:00',
    date_finalized: '2026-01-01 00:01:00',
  };
  const read = (more: object) =>
    lookup.read('verify.start', request, answer(200, { ...found, ...more }))?.records[0];
  assert.deepEqual(
    [read({})?.cost?.amount, read({})?.final, read({})?.createdAt],
    [133_300, true, Date.UTC(2026, 0, 1)],
  );
  assert.equal(read({ status: 'IN PROGRESS' })?.final, false);
  assert.equal(read({ date_finalized: '' })?.final, false);
  assert.equal(lookup.read('verify.start', request, answer(200, { status: '101' })), null);
});

test('a list runs through all pages and then through the next product', () => {
  const first = lookup.list('message.send', JANUARY, FIELDS);
  assert.ok(first);
  assert.match(first.query, /product=SMS.*date_start=2026-01-01.*date_end=2026-01-31T00%3A00%3A01/);
  const record = {
    message_id: 'm',
    to: '15005550006',
    total_price: '0.03',
    currency: '',
    status: 'delivered',
    date_finalized: 'x',
  };
  const href = `https://elsewhere.example/v2/reports/records?cursor=c&product=SMS`;
  const page = lookup.read(
    'message.send',
    first,
    answer(200, { records: [record], _links: { next: { href } } }),
  );
  assert.deepEqual(page?.records[0]?.cost, { amount: 30_000, currency: 'EUR' });
  assert.equal(page?.records[0]?.final, true);
  assert.equal(page?.next?.host, 'api.nexmo.com', 'a link leads to no other host');
  const last = page?.next && lookup.read('message.send', page.next, answer(200, { records: [] }));
  assert.equal(new URLSearchParams(last?.next?.query).get('product'), 'MESSAGES');
  const end = last?.next && lookup.read('message.send', last.next, answer(200, { records: [] }));
  assert.equal(end?.next, null);
  assert.equal(lookup.read('message.send', first, answer(200, { error: 'x' })), null);
  assert.equal(lookup.read('message.send', first, answer(200, { records: [record, { to: '1' }] })), null);
});

test('calls are listed from their own endpoint, so that running ones are seen', () => {
  const request = lookup.list('call.create', JANUARY, FIELDS);
  assert.ok(request);
  assert.equal(request.path, '/v1/calls');
  const calls = [{ uuid: 'u1', status: 'ringing', to: { number: '15005550006' }, start_time: null }];
  const href = 'https://api.nexmo.com/v1/calls?record_index=100';
  const page = lookup.read(
    'call.create',
    request,
    answer(200, { _embedded: { calls }, _links: { next: { href } } }),
  );
  assert.deepEqual([page?.records[0]?.id, page?.records[0]?.final], ['u1', false]);
  const query = new URLSearchParams(page?.next?.query);
  assert.deepEqual([query.get('record_index'), query.get('order')], ['100', 'asc'], 'of the same list');
  assert.equal(query.get('date_start'), new Date(JANUARY.since).toISOString());
});

test('a list of calls ends where all are younger than what is looked for', () => {
  const request = lookup.list('call.create', JANUARY, FIELDS);
  assert.ok(request);
  const next = { href: '/v1/calls?record_index=100' };
  const nextAfter = (...times: readonly string[]) => {
    const calls = times.map((time) => ({ uuid: time, start_time: time }));
    const page = answer(200, { _embedded: { calls }, _links: { next } });
    return lookup.read('call.create', request, page)?.next ?? null;
  };
  assert.notEqual(nextAfter('2026-01-30T00:00:00Z', '2026-02-01T00:00:00Z'), null);
  assert.equal(nextAfter('2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z'), null);
});

test('an operation without a record of its own is not searched in lists', () => {
  const shows = (operation: string) => lookup.shows?.(operation) ?? true;
  assert.deepEqual(['sms.send', 'messages.send', 'voice.create_call', 'verify_legacy.start'].map(shows), [
    true,
    true,
    true,
    true,
  ]);
  assert.deepEqual(
    ['verify_legacy.control', 'verify.trigger_next_workflow', 'video.initiate_sip_call'].map(shows),
    [false, false, false],
  );
});

test('a running record is not final', () => {
  const request = lookup.list('call.create', JANUARY, { apiKey: 'a1b2c3d4' });
  assert.ok(request);
  const record = {
    call_id: 'c',
    total_price: '0.1',
    currency: 'EUR',
    status: 'submitted',
    date_end: '2026-01-01T00:00:00Z',
  };
  assert.equal(
    lookup.read('call.create', request, answer(200, { records: [record] }))?.records[0]?.final,
    false,
  );
});

test('links to the vendor lead back to the gateway, text does not change', () => {
  const body =
    '{"_links":{"next":{"href":"https://api.nexmo.com/v1/calls?x=1"}},"text":"see https://api.nexmo.com/x"}';
  assert.equal(
    vonage.rewriteLinks?.(body, (host) => `http://gateway/${host}`),
    body.replace('https://api.nexmo.com/v1', 'http://gateway/api.nexmo.com/v1'),
  );
});

test('reports are charged for, calls and verifications by their own endpoints are not', () => {
  const charged = (action: 'message.send' | 'call.create' | 'verify.start', id: string) => {
    const request = lookup.fetch(action, id, { apiKey: 'a1b2c3d4', applicationId: 'app' });
    return request !== null && lookup.isCharged?.(request) === true;
  };
  assert.deepEqual(
    [charged('message.send', 'm-1'), charged('call.create', 'c1'), charged('verify.start', 'abc')],
    [true, false, false],
  );
});
