import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unreadable } from './reading.ts';
import { phoneOf, sipOf } from './recipients.ts';
import { plan } from './wire-fixture.ts';

test('a number whose + a form turned into a space is refused with the way to send it', () => {
  const to = new URLSearchParams('To=+15005550006').get('To') ?? '';
  assert.throws(() => phoneOf(to, 'To', plan), {
    message: /^`To` must be a phone number .* Its \+ became a space: in a form it is written %2B/,
  });
  assert.throws(() => phoneOf('5005550006', 'To', plan), { message: /such as \+15005550006\.$/ });
});

test('a SIP user counts as a phone only where a number is dialled', () => {
  const at = (address: string) => sipOf(address, 'to', { plan, dialsOut: /^pstn\.example$/ });
  for (const address of [
    'sip:+447700900000@pstn.example',
    'sips:447700900000@PSTN.example:5061;x=y',
    'sip:+447700900000;phone-context=a@pstn.example',
    'sip:%2B44%2D7700%2d900000@pstn.example',
    'sip:%2b447700900000%3Bx@pstn.example.',
    'sip:44.7700.900000@pstn.example',
  ])
    assert.deepEqual([at(address).kind, at(address).address], ['phone', '+447700900000'], address);
  assert.equal(at('sip:447700900000@office.example').kind, 'sip');
  for (const user of ['anna', '1001', '+x']) assert.equal(at(`sip:${user}@pstn.example`).kind, 'sip', user);
  for (const user of ['00447700900000', '0900123456', '+0900123456', '%2'])
    assert.throws(() => at(`sip:${user}@pstn.example`), Unreadable, user);
  assert.throws(() => at('+447700900000'), Unreadable);
});
