import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Intent } from '../intent/intent.ts';
import { coversIntent } from './budgets/scope.ts';
import { parsePolicy } from './policy/document.ts';
import { compilePolicy } from './policy/policy.ts';
import { messageTo, phone, somebody } from './intents-fixture.ts';

const to = [phone('+4915215551234')];
/** A code by SMS, and as a call when nobody enters it. */
const code = messageTo(to, { action: 'verify.start', extras: ['voice'], content: null });
const message = messageTo(to, { channel: 'whatsapp', extras: ['failover_sms'] });
const chat = messageTo(to, { extras: ['failover_viber_service'] });
const picture = messageTo(to, { channel: 'mms', extras: ['failover_sms'] });
const call = messageTo(to, { action: 'call.create', channel: 'voice', extras: ['leg', 'recording'] });

function isAllowed(rules: string, intent: Intent): boolean {
  const policy = compilePolicy(parsePolicy(`{ version: 1, mode: enforce, rules: [${rules}] }`));
  return policy.decide(somebody, intent, null, 0).ok;
}

const allow = (channels: string): string =>
  `{ id: some, effect: allow, what: { effects: [spend], channels: [${channels}] } }`;
const deny = (channel: string): string =>
  `{ id: all, effect: allow, what: { effects: [spend] } }, { id: no, effect: deny, what: { channels: [${channel}] } }`;

test('a rule that names channels allows what goes in no other, fallbacks included', () => {
  for (const [intent, first, both] of [
    [code, 'sms', 'sms, voice'],
    [message, 'whatsapp', 'whatsapp, sms'],
    [chat, 'sms', 'sms, chat'],
  ] as const) {
    assert.equal(isAllowed(allow(first), intent), false, first);
    assert.equal(isAllowed(allow(both), intent), true, both);
  }
  assert.equal(isAllowed(allow('voice'), call), true);
});

test('a rule that allows picture messages allows the SMS that a vendor makes of one, and a rule that denies SMS does not', () => {
  assert.equal(isAllowed(allow('mms'), picture), true);
  assert.equal(isAllowed(allow('sms'), picture), false);
  assert.equal(isAllowed(deny('sms'), picture), false);
  assert.equal(isAllowed(allow('mms'), messageTo(to)), false);
});

test('a rule that denies a channel denies it as a fallback, too', () => {
  assert.equal(isAllowed(deny('voice'), code), false);
  assert.equal(isAllowed(deny('sms'), message), false);
  assert.equal(isAllowed(deny('email'), code), true);
});

test('limits and budgets of a channel count what may go in it', () => {
  const source = '{ id: slow, per: all, rate: 1/1h, what: { channels: [voice] } }';
  const [limit] = compilePolicy(
    parsePolicy(`{ version: 1, mode: enforce, rules: [], limits: [${source}] }`),
  ).limits;
  assert.equal(limit?.covers(somebody, code), true);
  assert.equal(limit?.covers(somebody, message), false);
  assert.equal(coversIntent({ channels: ['voice'] }, code), true);
  assert.equal(coversIntent({ channels: ['voice'] }, message), false);
});
