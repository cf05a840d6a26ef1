import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Micros } from '../kernel/money.ts';
import { describeRecord } from './describe.ts';
import { intent } from './journal-fixture.ts';
import type { JournalRecord, RefusalRecord } from './records.ts';

const text = (record: JournalRecord): string => describeRecord(record).text;

test('a request is told in one line: who, what, where to, by which rule, at most how much', () => {
  const record = { ...intent(5), bound: 7_900 as Micros, currency: 'USD' };
  assert.equal(describeRecord(record).at, 5);
  assert.equal(
    text(record),
    'allow    app_a CreateMessage to +46•••••12 [SE] (key key_a from 127.0.0.1) by rule:any, at most 0.0079 USD',
  );
  assert.match(
    text({ ...record, observed: 'policy_denied rule:x' }),
    /\(observed only: policy_denied rule:x\)$/,
  );
});

test('a refusal names code, rule and message', () => {
  const {
    rule: _rule,
    bound: _bound,
    currency: _currency,
    reserves: _reserves,
    fingerprints: _prints,
    ...facts
  } = intent(1);
  const record: RefusalRecord = {
    ...facts,
    type: 'refusal',
    code: 'policy_denied',
    rule: 'rule:home',
    message: 'Not there.',
  };
  assert.match(text(record), /^refuse .* by rule:home: policy_denied: Not there\.$/);
});

test('a request whose key was not accepted names no app; the rule names a key that is known', () => {
  const record = {
    ...intent(1),
    type: 'refusal',
    app: '',
    key: '',
    code: 'key_unknown',
    rule: 'key',
    message: 'No.',
  };
  assert.match(
    text(record as unknown as RefusalRecord),
    /^refuse {3}CreateMessage to .*\(no accepted key, from 127\.0\.0\.1\) by key: key_unknown: No\.$/,
  );
  const away = { ...record, code: 'key_network', rule: 'key:key_a' } as unknown as RefusalRecord;
  assert.match(text(away), /\(no accepted key, from 127\.0\.0\.1\) by key:key_a: key_network/);
});

test('every kind of record has a line of its own', () => {
  const amount = 1_000_000 as Micros;
  const records: JournalRecord[] = [
    { type: 'open', at: 1, node: 'w0', epoch: 3, previous: '', boot: 'b', version: '0.1.0' },
    {
      type: 'outcome',
      at: 1,
      of: 7,
      status: 201,
      costs: true,
      state: 'committed',
      amount,
      settled: false,
      spent: [],
      resourceIds: ['SM1'],
    },
    { type: 'settlement', at: 1, of: { node: 'w0', epoch: 3, position: 7 }, state: 'committed', amount },
    {
      type: 'settlement',
      at: 1,
      of: { node: 'w0', epoch: 3, position: 8 },
      state: 'committed',
      amount,
      atBound: true,
    },
    { type: 'admin', at: 1, actor: 'cli', act: 'keys.revoke', target: 'key_a', detail: { reason: 'lost' } },
    { type: 'admin', at: 1, actor: 'cli', act: 'budget.put', target: 'day', detail: { limit: 20_000_000 } },
    { type: 'incident', at: 1, what: 'budget_overrun', detail: {} },
    { type: 'checkpoint', at: 1, head: 'ab'.repeat(32), signature: 'x' },
    { type: 'close', at: 1 },
  ];
  assert.deepEqual(records.map(text), [
    'open     w0 epoch 3, version 0.1.0',
    'outcome  of 7: committed 1.00 (bound), status 201 SM1',
    'settle   w0-3-7: committed 1.00',
    'settle   w0-3-8: committed 1.00 (bound, no price)',
    'admin    cli: keys.revoke key_a {"reason":"lost"}',
    'admin    cli: budget.put day {"limit":"20.00"}',
    'incident budget_overrun',
    'signed   head abababababababab…',
    'close',
  ]);
});

test('text from outside cannot control the terminal or hide what follows', () => {
  const evil = 'a\u001b[2Jb\r\nc\u009bd\u202ee\u2028f\u0000';
  const line = text({ type: 'incident', at: 1, what: evil, detail: { evil } });
  assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  assert.match(line, /a\\u\{1b\}\[2Jb\\u\{d\}\\u\{a\}c\\u\{9b\}d\\u\{202e\}e\\u\{2028\}f/);
});

test('a record of another version, or one that lacks members, is told as it stands', () => {
  const types = [
    'open',
    'intent',
    'refusal',
    'outcome',
    'settlement',
    'admin',
    'incident',
    'checkpoint',
    'later',
  ];
  for (const type of types) {
    const record = { type, at: 1, note: '\u001b[2J' } as unknown as JournalRecord;
    assert.match(text(record), new RegExp(`\\b${type}\\b`));
    assert.doesNotMatch(text(record), /\p{Cc}/u);
  }
});
