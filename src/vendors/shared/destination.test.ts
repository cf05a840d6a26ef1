import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { barePhoneDestination, phoneDestination, readDestination, sipDestination } from './destination.ts';

const facts = {
  country: 'US',
  lineType: 'unknown',
  premium: false,
  satellite: false,
  operator: null,
  valid: true,
} as const;
const plan = { facts: () => facts };
const read = (text: string) => {
  const found = readDestination(text, plan);
  return found === null ? null : [found.destination.kind, found.destination.address, found.scheme];
};

test('each form of address is recognised', () => {
  assert.deepEqual(read('+15005550006'), ['phone', '+15005550006', null]);
  assert.deepEqual(read('whatsapp:+15005550006'), ['phone', '+15005550006', 'whatsapp']);
  assert.deepEqual(read('RCS:+15005550006'), ['phone', '+15005550006', 'rcs']);
  assert.deepEqual(read('messenger:1234567'), ['user', '1234567', 'messenger']);
  assert.deepEqual(read('client:alice'), ['client', 'alice', 'client']);
  assert.deepEqual(read('sip:Bob@PBX.Example:5060'), ['sip', 'sip:Bob@pbx.example:5060', 'sip']);
  assert.deepEqual(read('Ann@Example.org'), ['email', 'ann@example.org', null]);
});

test('two spellings of one number are one recipient', () => {
  assert.equal(phoneDestination('+1 (500) 555-0006', plan)?.address, '+15005550006');
});

test('a phone without country is not guessed, and neither is a trunk zero', () => {
  for (const text of [
    '5005550006',
    '',
    '+',
    '+0155',
    '+44 (0)20 79460000',
    '+1500555000A',
    '+1500,+1501',
    '00441234567',
  ])
    assert.equal(phoneDestination(text, plan), null, text);
});

test('vendors that leave the plus away get the same address', () => {
  assert.equal(barePhoneDestination('15005550006', plan)?.address, '+15005550006');
  assert.equal(barePhoneDestination('+15005550006', plan)?.address, '+15005550006');
  for (const zeros of [
    '0015005550006',
    '.0015005550006',
    '0-015005550006',
    ' 0 0 15005550006',
    '015005550006',
  ])
    assert.equal(barePhoneDestination(zeros, plan), null, zeros);
});

test('a SIP address names one user and one host', () => {
  for (const text of ['sip:bob', 'sip:a@b@c', 'sip:a b@c', 'sip:<a@b>', 'sip:@b', 'sip:a@'])
    assert.equal(sipDestination(text), null, text);
});

test('no text makes it throw, and addresses stay bounded', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const found = readDestination(text, plan);
      assert.ok(found === null || found.destination.address.length <= 2048);
    }),
  );
  assert.equal(readDestination('x'.repeat(1_000_000), plan), null);
});
