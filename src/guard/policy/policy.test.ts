import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros } from '../../kernel/money.ts';
import { subjectKeys } from '../limits/limit-rule.ts';
import { message, messageTo, phone, somebody } from '../intents-fixture.ts';
import { parsePolicy } from './document.ts';
import { compilePolicy } from './policy.ts';

const NOON = Date.parse('2026-11-25T12:00:00Z');

function decide(rules: string, intent = message, now = NOON) {
  const policy = compilePolicy(parsePolicy(`version: 1\nmode: enforce\nrules:\n${rules}`));
  const bound = { money: { amount: micros(80_000), currency: 'USD' }, count: 1, source: '' };
  const decision = policy.decide(somebody, intent, bound, now);
  return decision.ok ? `allowed by ${decision.rule}` : decision.refusal.message;
}

const ALLOW = '  - { id: home, effect: allow, what: { actions: [message.send] }, to: { countries: [DE] }';

describe('policy', () => {
  it('allows nothing by default', () => {
    assert.match(
      decide('  - { id: r, effect: allow, what: { effects: [read] } }'),
      /No rule allows message.send/,
    );
  });

  it('allows what a rule names', () => assert.equal(decide(`${ALLOW} }`), 'allowed by home'));

  it('wants a rule for every recipient', () => {
    const two = messageTo([phone('+4915215551234'), phone('+33612345678', { country: 'FR' })]);
    assert.match(decide(`${ALLOW} }`, two), /rule:home: \+33.*\(FR\) is not covered/);
  });

  it('takes the first rule that allows, whichever countries were asked for before', () => {
    const rules = [
      'french, effect: allow, what: { actions: [message.send] }, to: { countries: [FR] }',
      'served, effect: allow, what: { actions: [message.send] }, to: { prefixes: ["+4", "+1"] }',
      'german, effect: allow, what: { actions: [message.send] }, to: { countries: [DE, IT] }',
    ];
    const text = `version: 1\nmode: enforce\nrules:\n${rules.map((rule) => `  - { id: ${rule} }\n`).join('')}`;
    const policy = compilePolicy(parsePolicy(text));
    const ruleFor = (address: string, country: string | null): string => {
      const decision = policy.decide(somebody, messageTo([phone(address, { country })]), null, NOON);
      return decision.ok ? decision.rule : 'none';
    };
    for (let turn = 0; turn < 2; turn++) {
      assert.equal(ruleFor('+33612345678', 'FR'), 'french');
      assert.equal(ruleFor('+4915215551234', 'DE'), 'served');
      assert.equal(ruleFor('+393123456789', 'IT'), 'german');
      assert.equal(ruleFor('+12125551234', null), 'served');
      assert.equal(ruleFor('+34612345678', 'ES'), 'none');
    }
  });

  it('takes a number of no known country for one abroad when it refuses, and for none when it allows', () => {
    const international = messageTo([phone('+883130123456', { country: null, lineType: 'voip' })]);
    const any = '  - { id: any, effect: allow, what: { actions: [message.send] } }';
    const abroad = '  - { id: abroad, effect: deny, to: { notCountries: [DE] } }';
    assert.match(decide(`${any}\n${abroad}`, international), /rule:abroad denies/);
    assert.match(decide(`${any}\n${abroad}`), /allowed by any/);
    const allow =
      '  - { id: far, effect: allow, what: { actions: [message.send] }, to: { notCountries: [DE] } }';
    assert.match(decide(allow, international), /rule:far: .* is not covered/);
  });

  it('allows by what it says of numbers nothing that is none', () => {
    const dialled = messageTo([{ kind: 'sip', address: 'sip:+19005551234@pbx.example', phone: null }]);
    const allow = (to: string) =>
      decide(`  - { id: a, effect: allow, what: { actions: [message.send] }, to: ${to} }`, dialled);
    for (const to of ['{ notPrefixes: ["+1900"] }', '{ lineTypes: [mobile, unknown] }'])
      assert.match(allow(to), /rule:a: .* is not covered/, to);
    assert.equal(allow('{ kinds: [sip] }'), 'allowed by a');
  });

  it('names the condition that failed', () => {
    const long = messageTo([phone('+4915215551234')], {
      content: { segments: 4, encoding: 'gsm7', media: 0, text: 'x' },
    });
    assert.equal(
      decide(`${ALLOW}, limits: { maxSegments: 3 } }`, long),
      'rule:home: 4 segments, at most 3 allowed.',
    );
  });

  it('lets deny rules win', () => {
    assert.match(
      decide(`${ALLOW} }\n  - { id: no, effect: deny, to: { prefixes: ['+49152'] } }`),
      /rule:no denies/,
    );
  });

  it('means by a country also that of a number to buy', () => {
    const buy = messageTo([], { action: 'number.buy', effects: ['write', 'buy'], country: 'RU' });
    const bought = (to: string) =>
      decide(
        `  - { id: any, effect: allow, what: { actions: [number.buy] } }\n  - { id: no, effect: deny, to: ${to} }`,
        buy,
      );
    assert.equal(bought('{ countries: [RU] }'), 'rule:no denies number.buy to RU.');
    assert.match(bought('{ notCountries: [DE] }'), /rule:no denies/);
    assert.match(bought('{ countries: [DE] }'), /allowed by any/);
    const limits = (rest: string) =>
      compilePolicy(parsePolicy(`{ version: 1, mode: enforce, rules: [], limits: [{ id: l, ${rest} }] }`))
        .limits;
    const [limit] = limits('per: country, rate: 1/1h, to: { countries: [RU] }');
    assert.equal(limit?.covers(somebody, buy), true);
    assert.deepEqual(subjectKeys('country', somebody, buy), ['RU']);
  });

  it('refuses premium, satellite and invalid numbers unless a rule names them', () => {
    for (const facts of [{ premium: true }, { satellite: true }, { valid: false }]) {
      const intent = messageTo([phone('+4990012345', facts)]);
      assert.doesNotMatch(decide(`${ALLOW} }`, intent), /allowed/);
    }
    const premium = messageTo([phone('+4990012345', { premium: true })]);
    assert.match(
      decide(
        '  - { id: p, effect: allow, what: { actions: [message.send] }, to: { premium: true } }',
        premium,
      ),
      /allowed/,
    );
  });

  it('means a sender however its number is written', () => {
    const denied = (stated: string) =>
      `${ALLOW} }\n  - { id: no, effect: deny, from: { senders: ["${stated}"] } }`;
    const from = (sender: string) => messageTo([phone('+4915215551234')], { sender });
    for (const sender of ['+4915215550000', '4915215550000', '004915215550000', '+49 (1521) 555-0000'])
      for (const stated of ['+4915215550000', '4915215550000'])
        assert.match(decide(denied(stated), from(sender)), /rule:no denies/, `${sender} ${stated}`);
    assert.match(decide(denied('Shop'), from('Shop')), /rule:no denies/);
    assert.match(decide(denied('Shop'), from('+4915215550000')), /allowed/);
  });

  it('means every sender that recipients may see', () => {
    const allowed = `${ALLOW}, from: { senders: [Shop] } }`;
    const denied = `${ALLOW} }\n  - { id: no, effect: deny, from: { senders: [Bank] } }`;
    const from = (...furtherSenders: string[]) =>
      messageTo([phone('+4915215551234')], { sender: 'Shop', furtherSenders });
    for (const [senders, isAllowed] of [
      [[], true],
      [['Shop'], true],
      [['Shop', 'Bank'], false],
    ] as const)
      for (const policy of [allowed, denied])
        assert.equal(
          /allowed/.test(decide(policy, from(...senders))),
          isAllowed,
          `${senders.join(' ')} ${policy}`,
        );
    assert.doesNotMatch(decide(allowed, { ...from('Shop'), sender: null }), /allowed/);
  });

  it('compares the price with the limit of the rule', () => {
    assert.match(
      decide(`${ALLOW}, limits: { maxPrice: "0.07 USD" } }`),
      /may cost 0.08 USD, at most 0.07 allowed/,
    );
    assert.match(decide(`${ALLOW}, limits: { maxPrice: "0.08 USD" } }`), /allowed by home/);
    assert.match(decide(`${ALLOW}, limits: { maxPrice: "0.08 EUR" } }`), /price is in USD/);
  });

  it('keeps hours for what is to be done later as well', () => {
    const day = 'when: { hours: "08:00-20:00" }';
    const denied = `${ALLOW} }\n  - { id: no, effect: deny, when: { hours: "20:00-08:00" } }`;
    const after = (hours: number) =>
      messageTo([phone('+4915215551234')], { doneAt: NOON + hours * 3_600_000 });
    for (const policy of [`${ALLOW}, ${day} }`, denied]) {
      assert.match(decide(policy, after(1)), /allowed by home/);
      assert.doesNotMatch(decide(policy, after(9)), /allowed by/);
      assert.doesNotMatch(decide(policy, after(1), NOON + 9 * 3_600_000), /allowed by/);
    }
  });

  it('takes what nobody can tell the time of for a time that is not allowed, where a rule has hours', () => {
    const sometime = messageTo([phone('+4915215551234')], { doneAt: null });
    assert.match(decide(`${ALLOW} }`, sometime), /allowed by home/);
    assert.match(decide(`${ALLOW}, when: { hours: "08:00-20:00" } }`, sometime), /2026-01-31T08:00:00Z/);
    const denied = `${ALLOW} }\n  - { id: no, effect: deny, when: { hours: "20:00-08:00" } }`;
    assert.doesNotMatch(decide(denied, sometime), /allowed by/);
  });

  it('keeps hours in the time zone of the rule', () => {
    const rule = `${ALLOW}, when: { hours: "08:00-12:30", timezone: Europe/Berlin } }`;
    assert.match(decide(rule), /only allowed at 08:00-12:30 Europe\/Berlin/);
    assert.match(decide(rule, message, NOON - 3_600_000), /allowed by home/);
  });

  it('counts hours after midnight to the day on which they began', () => {
    const rule = `${ALLOW}, when: { hours: "22:00-06:00", days: [fri], timezone: Europe/Berlin } }`;
    const at = (time: string) => decide(rule, message, Date.parse(time)).startsWith('allowed');
    // 2026-11-27 is a Friday.
    assert.deepEqual(
      ['27T21:30', '28T04:30', '28T05:30', '28T21:30', '26T23:30', '27T04:30', '27T12:00'].map((time) =>
        at(`2026-11-${time}:00Z`),
      ),
      [true, true, false, false, false, false, false],
    );
  });

  it('covers an operation known by its effects only when all of them are named', () => {
    const secret = messageTo([], { action: 'other', effects: ['read', 'secret'], operation: 'FetchAccount' });
    assert.doesNotMatch(
      decide('  - { id: r, effect: allow, what: { effects: [read, pii] } }', secret),
      /allowed/,
    );
    assert.match(
      decide('  - { id: r, effect: allow, what: { effects: [read, secret] } }', secret),
      /allowed/,
    );
  });

  it('refuses callbacks to hosts that are not named', () => {
    const called = messageTo([phone('+4915215551234')], { callbacks: ['https://evil.example/x'] });
    assert.match(
      decide(`${ALLOW}, callbacks: { hosts: [shop.example] } }`, called),
      /callback host evil.example is not allowed/,
    );
  });

  it('refuses callbacks that two readers could take for two hosts', () => {
    const rule = `${ALLOW}, callbacks: { hosts: [shop.example] } }`;
    const to = (url: string) => decide(rule, messageTo([phone('+4915215551234')], { callbacks: [url] }));
    assert.doesNotMatch(to('https://user:word@shop.example/x'), /callback host/);
    for (const url of [
      'https://shop.example\\@evil.example/',
      'https://shop.exa\tmple@evil.example',
      'https://evil.example\0@shop.example',
      ' //x',
    ])
      assert.match(to(url), /callback host \? is not allowed/, url);
  });

  it('asks a rule once, however many destinations a request has', () => {
    let asked = 0;
    const app = (): string => `app ${++asked}`;
    const names = { app, key: () => undefined, account: () => undefined, replacedBy: () => null };
    const rules = `version: 1\nmode: enforce\nrules:
  - { id: a, effect: allow, who: { apps: [other] }, what: { actions: [message.send] } }
${ALLOW} }`;
    const destinations = Array.from({ length: 1000 }, (_, last) => phone(`+4915215551${last}`));
    assert.ok(
      compilePolicy(parsePolicy(rules), names).decide(somebody, messageTo(destinations), null, NOON).ok,
    );
    assert.equal(asked, 1);
  });

  it('observes instead of refusing in observe mode', () => {
    const policy = compilePolicy(parsePolicy('version: 1\nmode: observe\nrules: []'));
    const decision = policy.decide(somebody, message, null, NOON);
    assert.ok(decision.ok && decision.observed !== null);
    assert.match(decision.observed, /policy_denied/);
  });

  it('names the rule once in what it observes', () => {
    const deny = '  - { id: no-home, mode: observe, effect: deny, what: { actions: [message.send] } }';
    const policy = compilePolicy(parsePolicy(`version: 1\nmode: enforce\nrules:\n${ALLOW} }\n${deny}`));
    const decision = policy.decide(somebody, message, null, NOON);
    assert.match(
      (decision.ok ? decision.observed : null) ?? '',
      /^policy_denied: rule:no-home denies message\.send/,
    );
  });
});
