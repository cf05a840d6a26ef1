import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import { micros } from '../../kernel/money.ts';
import type { PhoneFacts } from '../../kernel/numbering/facts.ts';
import { subjectKeys } from '../limits/limit-rule.ts';
import type { Subject } from '../subject.ts';
import { message, messageTo, phone, somebody } from '../test-intents.ts';
import { parsePolicy } from './document.ts';
import { compilePolicy } from './policy.ts';
import { starterPolicy } from './starter-policy.ts';

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

  it('compares the price with the limit of the rule', () => {
    assert.match(
      decide(`${ALLOW}, limits: { maxPrice: "0.07 USD" } }`),
      /may cost 0.08 USD, at most 0.07 allowed/,
    );
    assert.match(decide(`${ALLOW}, limits: { maxPrice: "0.08 USD" } }`), /allowed by home/);
    assert.match(decide(`${ALLOW}, limits: { maxPrice: "0.08 EUR" } }`), /price is in USD/);
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

  it('observes instead of refusing in observe mode', () => {
    const policy = compilePolicy(parsePolicy('version: 1\nmode: observe\nrules: []'));
    const decision = policy.decide(somebody, message, null, NOON);
    assert.ok(decision.ok && decision.observed !== null);
    assert.match(decision.observed, /policy_denied/);
  });
});

describe('policy documents', () => {
  const problem = (source: string): string => {
    try {
      parsePolicy(source);
      return 'no problem';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('name an unknown field with its line and the nearest known one', () => {
    const source =
      'version: 1\nmode: enforce\nrules:\n  - id: a\n    effect: allow\n    to: { contries: [DE] }';
    assert.match(
      problem(source),
      /line 6: rules.0.to.contries: unknown field "contries", did you mean "countries"\?/,
    );
    const leaks = 'version: 1\nmode: enforce\nrules: []\nleaks: { respond: ask, repond: all }';
    assert.match(problem(leaks), /line 4: leaks.repond: unknown field "repond", did you mean "respond"\?/);
  });

  it('refuse aliases, so that no small file becomes a large one', () => {
    assert.match(problem('version: 1\nmode: enforce\nrules: [&a { id: x, effect: allow }, *a]'), /not valid/);
  });

  it('refuse tags, which would make a condition nothing', () => {
    const allow = (rest: string) =>
      problem(`{ version: 1, mode: enforce, rules: [{ id: a, effect: allow, ${rest} }] }`);
    for (const tagged of [
      'to: !!set {DE}',
      'who: !!set {apps}',
      'who: !!omap [apps: x]',
      'to: !own {premium: true}',
    ])
      assert.match(allow(tagged), /not valid/, tagged);
  });

  it('refuse prefixes and numbers that no calling code begins', () => {
    for (const to of ['prefixes: ["+0049"]', 'notPrefixes: ["+0"]', 'numbers: ["+004915215551234"]'])
      assert.match(
        problem(`{ version: 1, mode: enforce, rules: [{ id: a, effect: deny, to: { ${to} } }] }`),
        /must be \+ and digits/,
        to,
      );
  });

  it('refuse two rules of one name', () => {
    assert.match(
      problem('version: 1\nmode: enforce\nrules: [{ id: a, effect: allow }, { id: a, effect: deny }]'),
      /two rules/,
    );
  });

  it('refuse a call duration of nothing, which vendors take for no limit', () => {
    const limited = (duration: string) =>
      problem(
        `{ version: 1, mode: enforce, rules: [{ id: a, effect: allow, limits: { maxCallDuration: ${duration} } }] }`,
      );
    for (const nothing of ['0s', '0m', '000h']) assert.match(limited(nothing), /must be a number/, nothing);
    for (const some of ['1s', '10m', '05m', '100h']) assert.equal(limited(some), 'no problem', some);
  });

  it('refuse hours that are none', () => {
    for (const hours of ['08:00-08:00', '22:00-24:30'])
      assert.match(
        problem(`version: 1\nmode: enforce\nrules: [{ id: a, effect: deny, when: { hours: "${hours}" } }]`),
        /must look like/,
      );
  });

  it('refuse a network that is none, also one without the length after its slash', () => {
    const compile = (network: string) => () =>
      compilePolicy(
        parsePolicy(
          `{ version: 1, mode: enforce, rules: [{ id: a, effect: allow, who: { networks: ["${network}"] } }] }`,
        ),
      );
    for (const network of [
      '10.0.0.0/',
      '10.0.0.0/8/9',
      '10.0.0.0/0x8',
      '10.0.0.0/33',
      '::ffff:10.0.0.1',
      'fe80::1%eth0',
    ])
      assert.throws(compile(network), /is not an address or CIDR block/, network);
    for (const network of ['10.0.0.0/8', '10.1.1.1', '0.0.0.0/0', '::/0', 'fd00::/8', '::1'])
      assert.doesNotThrow(compile(network), network);
  });

  it('have a starter that is valid', () => assert.equal(problem(starterPolicy(['DE', 'AT'])), 'no problem'));

  describe('of the guide', () => {
    const guide = readFileSync(new URL('../../../docs/policy.md', import.meta.url), 'utf8');
    const [codes = '', centre = '', trial = '', ...more] = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(
      ([, example = '']) => example,
    );
    const policyOf = (source: string) => compilePolicy(parsePolicy(source));
    const judge = (source: string, subject: Partial<Subject>, intent: Intent) =>
      policyOf(source).decide({ ...somebody, ...subject }, intent, null, NOON);

    it('are valid', () => {
      assert.deepEqual([codes, centre, trial].map(problem), Array(3).fill('no problem'));
      assert.deepEqual(more, []);
    });

    it('let codes go to mobiles at home only', () => {
      const code = (facts: Partial<PhoneFacts>) =>
        messageTo([phone('+4915215551234', facts)], { sender: 'Shop' });
      assert.equal(judge(codes, { app: 'login' }, code({})).ok, true);
      assert.equal(judge(codes, { app: 'login' }, code({ lineType: 'fixed' })).ok, false);
      assert.equal(judge(codes, { app: 'login' }, code({ country: 'FR' })).ok, false);
      assert.equal(judge(codes, { app: 'shop' }, code({})).ok, false);
    });

    it('let agents call in their hours', () => {
      const call = {
        ...messageTo([phone('+12125550100', { country: 'US' })]),
        action: 'call.create',
      } as const;
      const agents = { app: 'centre', network: '10.1.2.3' };
      const at = (time: string) =>
        policyOf(centre).decide({ ...somebody, ...agents }, call, null, Date.parse(time)).ok;
      assert.equal(at('2026-11-25T14:00:00Z'), true);
      assert.equal(at('2026-11-25T11:00:00Z'), false);
    });

    it('try a rule without refusing', () => {
      const decision = judge(trial, {}, messageTo([phone('+498005551234', { lineType: 'toll-free' })]));
      assert.match(decision.ok ? (decision.observed ?? '') : 'refused', /no-toll-free/);
    });
  });
});
