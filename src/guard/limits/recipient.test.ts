import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recipientOf } from './recipient.ts';

const sip = (address: string): string => recipientOf({ kind: 'sip', address, phone: null });

test('a SIP address is one recipient, however it is written', () => {
  for (const other of [
    'sip:Ann@Pbx.example;x=1',
    'sip:Ann@pbx.example:5060',
    'sips:Ann@pbx.example',
    'sip:%41nn@pbx.example?subject=2',
    'sip:Ann;phone-context=3@pbx.example;transport=udp',
    'sip:Ann@pbx.example.',
    'sip:Ann@pbx.example.:5060',
  ])
    assert.equal(sip(other), 'sip:Ann@pbx.example', other);
  for (const other of ['sip:ann@pbx.example', 'sip:Ann@pbx2.example', 'sip:%4@pbx.example'])
    assert.notEqual(sip(other), 'sip:Ann@pbx.example', other);
});

test('other addresses are recipients as they stand', () => {
  for (const kind of ['email', 'client', 'user'] as const)
    assert.equal(recipientOf({ kind, address: 'sip:a@b;c', phone: null }), 'sip:a@b;c');
});
