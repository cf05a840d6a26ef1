import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePolicy } from './document.ts';
import { checkReferences } from './references.ts';

const VENDORS = [{ id: 'acme', operations: { rows: [{ id: 'SendMessage' }] } }];

function check(rule: string): void {
  const source = `{ version: 1, mode: enforce, rules: [{ id: stop, effect: deny, ${rule} }] }`;
  checkReferences(parsePolicy(source), VENDORS);
}

test('a rule that names what does not exist is refused by name', () => {
  const cases = [
    ['to: { countries: [GB, UK] }', 'stop: there is no country "UK"'],
    ['to: { notCountries: [EN] }', 'stop: there is no country "EN"'],
    ['what: { vendors: [acne] }', 'stop: there is no vendor "acne"'],
    ['what: { operations: [SendMesage] }', 'stop: there is no operation "SendMesage"'],
  ] as const;
  for (const [rule, message] of cases)
    assert.throws(() => check(rule), { code: 'input_invalid', message: new RegExp(message) });
});

test('what was probably meant is named', () => {
  const cases = [
    ['to: { countries: [UK] }', /no country "UK"; did you mean "GB"\?$/],
    ['what: { vendors: [acne] }', /no vendor "acne"; did you mean "acme"\?$/],
    ['what: { operations: [SendMesage] }', /no operation "SendMesage"; did you mean "SendMessage"\?$/],
    ['what: { operations: [Buy] }', /no operation "Buy"; docs\/reference\/operations lists them\.$/],
  ] as const;
  for (const [rule, message] of cases) assert.throws(() => check(rule), { message });
});

test('a callback host that no URL has is refused: nothing would ever fit it', () => {
  const rule = (host: string) => () => {
    const hosts = JSON.stringify([host]);
    const source = `{ version: 1, mode: enforce, rules: [{ id: a, effect: allow, callbacks: { hosts: ${hosts} } }] }`;
    checkReferences(parsePolicy(source), VENDORS);
  };
  for (const host of ['voice.example.com', 'Voice.Example.com', '192.0.2.1', '[2001:db8::1]', 'localhost'])
    assert.doesNotThrow(rule(host), host);
  const refused = [
    ['https://voice.example.com/twiml', /a: callbacks\.hosts: .* did you mean "voice\.example\.com"\?$/],
    ['voice.example.com:8443', /did you mean "voice\.example\.com"\?$/],
    ['*.example.com', /is not a host name, whole and without port, such as voice\.example\.com\.$/],
    ['voice example.com', /is not a host name/],
  ] as const;
  for (const [host, message] of refused) assert.throws(rule(host), { code: 'input_invalid', message }, host);
});

test('all that does not exist is told at once, in the order of the document', () => {
  const source =
    '{ version: 1, mode: enforce, rules: [{ id: a, effect: deny, what: { vendors: [acne] }, to: { countries: [GB, UK, EN] } }, { id: b, effect: allow, callbacks: { hosts: [a b] } }], limits: [{ id: c, per: app, rate: 1/1m, to: { countries: [UK] } }] }';
  assert.throws(
    () => checkReferences(parsePolicy(source), VENDORS),
    ({ message }: Error) => {
      const told = message.split('\n').map((line) => /^\w: .*? "[\w ]+"/.exec(line)?.[0] ?? line);
      assert.deepEqual(told, [
        'The policy is not valid:',
        'a: there is no vendor "acne"',
        'a: there is no country "UK"',
        'a: there is no country "EN"',
        'b: callbacks.hosts: "a b"',
        'c: there is no country "UK"',
      ]);
      return true;
    },
  );
});

test('a limit that names a country that does not exist is refused', () => {
  const limits = '[{ id: slow, per: app, rate: 1/1m, to: { countries: [UK] } }]';
  const source = `{ version: 1, mode: enforce, rules: [], limits: ${limits} }`;
  assert.throws(() => checkReferences(parsePolicy(source), VENDORS), {
    message: /slow: there is no country/,
  });
});

test('apps, keys and accounts may come later', () => {
  check('who: { apps: [later], keys: [later] }, what: { accounts: [later], vendors: [acme] }');
  check('what: { operations: [SendMessage] }, to: { countries: [GB, XK] }');
});
