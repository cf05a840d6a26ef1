import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Intent } from '../../intent/intent.ts';
import type { PhoneFacts } from '../../kernel/numbering/facts.ts';
import type { Subject } from '../subject.ts';
import { messageTo, phone, somebody } from '../intents-fixture.ts';
import { defaultPrices } from '../prices/default-prices.ts';
import { createPriceBook } from '../prices/price-book.ts';
import { parsePolicy } from './document.ts';
import { compilePolicy } from './policy.ts';
import { starterPolicy } from './starter-policy.ts';

const NOON = Date.parse('2026-11-25T12:00:00Z');

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

  it('tell what is wrong in the order of the lines', () => {
    const source = [
      'version: 1',
      'mood: enforce',
      'mode: enforce',
      'rules:',
      '  - { id: A, effect: allow }',
      '  - id: b',
      '    efect: allow',
      '    effect: alow',
      '    to: { countries: [de] }',
      '    about: x',
      'end: 1',
    ].join('\n');
    const lines = [...problem(source).matchAll(/^line (\d+): /gm)].map(([, line]) => Number(line));
    assert.deepEqual(lines, [2, 5, 7, 8, 9, 10, 11]);
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

  it('refuse letters that YAML has not, also in comments: PostgreSQL takes no NUL', () => {
    const policy = (comment: string) => problem(`version: 1 # ${comment}\nmode: enforce\nrules: []\n`);
    for (const letter of ['\0', '\u001b', '\ud800']) assert.match(policy(letter), /line 1: .*U\+/, letter);
    assert.equal(policy('\t\u{1f680} für \u0645\u06cc\u200c'), 'no problem');
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

    it('let codes and verifications go at the coarse prices that an account comes with', () => {
      const prices = createPriceBook(defaultPrices({ vendor: 'acme', account: null, currency: 'USD' }));
      const login = { ...somebody, app: 'login' };
      for (const details of [
        { sender: 'Shop' },
        { action: 'verify.start', sender: null, content: null },
      ] as const) {
        const intent = messageTo([phone('+4915215551234')], details);
        const bound = prices.bound(intent, login, 0, NOON);
        assert.ok(bound.ok);
        assert.ok(policyOf(codes).decide(login, intent, bound.value, NOON).ok, JSON.stringify(details));
      }
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
