import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingBy, wire } from '../shared/wire-fixture.ts';
import type { Reading } from '../vendor.ts';
import { telnyx } from './index.ts';

const HOST = 'api.telnyx.com';

function read(url: string, json: object, method = 'POST'): Reading {
  return readingBy(telnyx, wire(HOST, { method, url: `/v2${url}`, json }));
}

const MAIL = { from: 'a@example.com', to: ['b@example.com'], subject: 'x' };
const DRAFTS = '/email_inboxes/i/drafts';

test('a mail to whom the request does not say is for as many as one request may name', () => {
  for (const url of ['/email_inboxes/i/messages/m/actions/reply_all', `${DRAFTS}/d/send`]) {
    const reading = read(url, {});
    assert.ok(reading.kind === 'intent' && reading.intent.quantity === 1000, url);
  }
  for (const url of ['/email_messages', '/email_inboxes/i/messages/m/actions/reply']) {
    const reading = read(url, MAIL);
    assert.ok(reading.kind === 'intent' && reading.intent.quantity === undefined, url);
  }
});

test('a draft has no more recipients than sending it is priced for', () => {
  const many = Array.from({ length: 501 }, (_, place) => `p${place}@example.com`);
  for (const [method, url] of [
    ['POST', DRAFTS],
    ['PUT', `${DRAFTS}/d`],
    ['PATCH', `${DRAFTS}/d`],
    ['POST', '/email_inboxes/i/messages/m/drafts'],
  ] as const) {
    assert.equal(read(url, { to: many, bcc: many }, method).kind, 'malformed', `${method} ${url}`);
    const fine = read(url, { to: many }, method);
    assert.ok(fine.kind === 'intent' && fine.intent.action === 'other', `${method} ${url}`);
    assert.ok(!fine.intent.effects.includes('spend'));
  }
});

test('no header of a mail adds a recipient', () => {
  for (const headers of [
    { Bcc: 'c@example.com' },
    { 'resent-to': 'c@example.com' },
    { 'X-A': 'b\r\nBcc: c@example.com' },
    { 'X-A: b\nBcc': 'c@example.com' },
    { ' cc': 'c@example.com' },
  ])
    for (const [url, json] of [
      ['/email_messages', { ...MAIL, headers }],
      ['/email_messages/batch', { messages: [{ ...MAIL, headers }] }],
      [DRAFTS, { ...MAIL, headers }],
    ] as const)
      assert.equal(read(url, json).kind, 'malformed', `${url} ${JSON.stringify(headers)}`);
  const headers = { 'X-Campaign': 'a b', 'List-Unsubscribe': '<mailto:u@example.com>' };
  assert.equal(read('/email_messages', { ...MAIL, headers }).kind, 'intent');
});

test('each mail of a batch has a sender of its own', () => {
  const messages = [MAIL, { ...MAIL, from: { email: 'bank@example.com' } }];
  const senders = (json: object) => {
    const reading = read('/email_messages/batch', json);
    assert.ok(reading.kind === 'intent', JSON.stringify(reading));
    return [reading.intent.sender, ...(reading.intent.furtherSenders ?? [])];
  };
  assert.deepEqual(senders({ messages }), ['a@example.com', 'bank@example.com']);
  assert.deepEqual(senders({ messages: [MAIL, { ...MAIL, from: ['bank@example.com'] }] }), [
    'a@example.com',
    '',
  ]);
  assert.deepEqual(senders({ from: 'a@example.com', messages: [messages[1]] }), [
    'a@example.com',
    'bank@example.com',
  ]);
});

test('no header of a mail names another sender', () => {
  for (const name of ['From', 'sender', 'Resent-From'])
    assert.equal(
      read('/email_messages', { ...MAIL, headers: { [name]: 'bank@example.com' } }).kind,
      'malformed',
      name,
    );
});

test('a mail that is sent later says when', () => {
  const at = '2026-01-31T08:00:00Z';
  for (const [url, json] of [
    ['/email_messages', { ...MAIL, send_at: at }],
    ['/email_messages', { ...MAIL, scheduled_at: at }],
    ['/email_messages/batch', { messages: [MAIL, { ...MAIL, scheduled_at: at }] }],
  ] as const) {
    const reading = read(url, json);
    assert.ok(reading.kind === 'intent' && reading.intent.doneAt === Date.parse(at), url);
  }
  const other = { ...MAIL, send_at: '2026-02-01T08:00:00Z' };
  const unclear = read('/email_messages/batch', { messages: [{ ...MAIL, send_at: at }, other] });
  assert.ok(unclear.kind === 'intent' && unclear.intent.doneAt === null);
  const now = read('/email_messages', MAIL);
  assert.ok(now.kind === 'intent' && now.intent.doneAt === undefined);
});

test('a mail that gets another time says which', () => {
  const change = (json: object) => read('/email_messages/m/schedule', json, 'PATCH');
  const at = '2026-01-31T03:00:00Z';
  const moved = change({ scheduled_at: at });
  assert.ok(moved.kind === 'intent' && moved.intent.doneAt === Date.parse(at));
  assert.deepEqual([moved.intent.channel, moved.intent.effects], ['email', ['write']]);
  const unclear = change({ scheduled_at: '2026-01-31 03:00' });
  assert.ok(unclear.kind === 'intent' && unclear.intent.doneAt === null);
  assert.equal(change({ scheduledAt: at }).kind, 'malformed');
});
