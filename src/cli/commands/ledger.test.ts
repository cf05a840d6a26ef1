import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownText } from './ledger.ts';

const row = {
  id: 'w0-3-17',
  at: '2026-11-26T10:11:12.000Z',
  key: 'key_a',
  app: 'app_a',
  account: 'acc_a',
  vendor: 'acme',
  operation: 'CreateMessage',
  action: 'message.send',
  country: 'SE',
  currency: 'USD',
  bound: '0.08',
  search: 'ongoing',
  nextLook: '2026-11-26T10:15:28.000Z',
  absentFrom: '2026-11-26T10:16:12.000Z',
} as const;

const nameOf = (id: string): string => (id === 'acc_a' ? 'main' : id);

test('unknown outcomes are a table, followed by what to do about those that are there', () => {
  const text = unknownText(
    [row, { ...row, id: 'w0-3-19', search: 'not-listed', nextLook: null, absentFrom: null }],
    nameOf,
  );
  assert.match(text, /^ID +TIME +ACCOUNT +OPERATION +TO +RESERVED +SEARCH +NEXT LOOK +NOT SENT FROM\n/);
  assert.match(
    text,
    /w0-3-17 +2026-11-26 10:11Z +main +CreateMessage +SE +0\.08 USD +ongoing +2026-11-26 10:15Z +2026-11-26 10:16Z\n/,
  );
  assert.match(text, /w0-3-19 .* not possible +- +-\n/);
  assert.match(text, /^ongoing: Ringfence looks for it/m);
  assert.match(text, /^not possible: the vendor has no list/m);
  assert.doesNotMatch(text, /account removed/);
});

test('one sentence says that no outcome is unknown', () => {
  assert.equal(unknownText([], nameOf), 'Every outcome is known.');
});
