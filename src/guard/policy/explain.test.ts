import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicy } from './document.ts';

/** What is said of a policy, without the sentence that begins it. */
function problemsOf(source: string): readonly string[] {
  try {
    parsePolicy(source);
    return [];
  } catch (error) {
    return (error as Error).message.replace(/^The policy is not valid:\s/, '').split('\n');
  }
}

/** A rule by its lines, from line 6 on. */
const inRule = (...lines: readonly string[]) =>
  problemsOf(
    ['version: 1', 'mode: enforce', 'rules:', '  - id: a', '    effect: allow', ...lines]
      .map((line, place) => (place < 5 ? line : `    ${line}`))
      .join('\n'),
  );

/** One problem of a rule's line 6, without the line. */
const ofRule = (line: string) => inRule(line).join(' | ').replace('line 6: rules.0.', '');

describe('what is wrong with a policy', () => {
  it('is said in words for a person, with what is expected', () => {
    const cases: Readonly<Record<string, string>> = {
      'limits: { maxPrice: 0.10 }': 'limits.maxPrice: must be a decimal and a currency, such as "0.10 USD".',
      'limits: { maxSegments: 0 }': 'limits.maxSegments: must be at least 1.',
      'limits: { maxSegments: 1.5 }': 'limits.maxSegments: must be a whole number.',
      'what: { actions: [] }': 'what.actions: must have at least 1 item.',
      'to: { prefixes: [+49] }':
        'to.prefixes.0: must be + and digits that begin with a calling code, in quotes: "+49".',
      'to: { premium: yes }': 'to.premium: must be true or false.',
      'callbacks: [voice.example.com]': 'callbacks: must have fields, as `name: value`.',
      'who: { networks: [10.0.0.0/33] }':
        'who.networks.0: is not an address or CIDR block, such as 10.0.0.0/8.',
      'to:': 'to: is empty; give it a value or leave it out.',
    };
    for (const [line, said] of Object.entries(cases)) assert.equal(ofRule(line), said);
  });

  it('comes with the word that was probably meant', () => {
    const cases: Readonly<Record<string, RegExp>> = {
      'what: { actions: [message.snd] }':
        /^what\.actions\.0: must be one of message\.send, .*; did you mean "message\.send"\?$/,
      'what: { channels: [SMS] }': /did you mean "sms"\?$/,
      'to: { countries: [de] }':
        /^to\.countries\.0: must be two capital letters \(ISO 3166\); did you mean "DE"\?$/,
      'when: { days: [Monday] }': /; did you mean "mon"\?$/,
      'who: { apps: shop }': /^who\.apps: must be a list: \[shop\]\.$/,
      'who: { keys: 4711 }': /^who\.keys: must be a list: \[4711\]\.$/,
      'who: { apps: [4711] }': /^who\.apps\.0: must be text, in quotes: "4711"\.$/,
    };
    for (const [line, said] of Object.entries(cases)) assert.match(ofRule(line), said);
  });

  it('names the place where a field belongs, or the fields that there are', () => {
    assert.equal(
      ofRule('maxSegments: 2'),
      'maxSegments: unknown field "maxSegments"; it belongs to rules.limits.',
    );
    assert.equal(
      ofRule('what: { apps: [shop] }'),
      'what.apps: unknown field "apps"; it belongs to rules.who.',
    );
    assert.match(ofRule('foo: 1'), /^foo: unknown field "foo"; here can be id, effect, mode, who, /);
  });

  it('is told all at once, each with its line', () => {
    assert.deepEqual(inRule('who: { aps: [shop] }', 'to: { countries: [de] }', 'when: { hours: 8-20 }'), [
      'line 6: rules.0.who.aps: unknown field "aps", did you mean "apps"?',
      'line 7: rules.0.to.countries.0: must be two capital letters (ISO 3166); did you mean "DE"?',
      'line 8: rules.0.when.hours: must look like "08:00-20:00".',
    ]);
    const many = Array.from({ length: 14 }, (_, place) => `f${place}: 1`);
    assert.equal(inRule(...many).at(-1), 'and 4 more.');
  });

  it('has the line of what lacks a field', () => {
    assert.deepEqual(
      problemsOf('version: 1\nmode: enforce\nrules:\n  - id: a\n    effect: deny\n  - effect: allow\n'),
      ['line 6: rules.1.id: is missing.'],
    );
    assert.deepEqual(problemsOf('version: 1\nrules: []\n'), [
      'line 1: mode: is missing; it must be one of enforce, observe.',
    ]);
  });

  it('says what a document is that is none', () => {
    for (const source of ['hello', '[]', '7'])
      assert.deepEqual(problemsOf(source), ['line 1: the document: must have fields, as `name: value`.']);
  });

  it('tells of broken YAML once where it is', () => {
    assert.deepEqual(inRule('effect: deny'), ['line 6: this field stands there already.']);
    assert.deepEqual(problemsOf('version: 1\nrules:\n\t- id: a\n'), [
      'line 3: a tab cannot indent; use spaces.',
    ]);
    assert.match(problemsOf('rules: [\n').join(), /^line 2: Flow sequence .* end with a \]\.$/);
  });
});
