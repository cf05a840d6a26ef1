import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { domainsOf, isWithin, registeredHost } from './domains.ts';

test('domains are as narrow as the hosts, without repetition', () => {
  const hosts = ['api.acme.example', '*.cloud.example', 'API.acme.example', 'eu.cloud.example'];
  assert.deepEqual(domainsOf(hosts), ['api.acme.example', 'cloud.example']);
});

test('a name without a top-level domain, or that is no DNS name, is refused', () => {
  for (const host of [
    'com',
    '*.com',
    '*',
    '',
    '10.0.0.1',
    '::1',
    'a..example',
    '-a.example',
    'a b.example',
    'a.example.',
    '*.*.example.org',
    'é.example',
    `${'a'.repeat(64)}.example`,
  ])
    assert.throws(() => domainsOf([host]), { code: 'config_invalid' }, host);
});

test('a host is within its domain and what ends like it is not', () => {
  assert.ok(isWithin('api.acme.example', 'acme.example'));
  assert.ok(isWithin('acme.example', 'acme.example'));
  assert.ok(!isWithin('evilacme.example', 'acme.example'));
  assert.ok(!isWithin('acme.example.evil.example', 'acme.example'));
});

test('a name belongs to its exact entry, or to a wildcard of one label', () => {
  const hosts = new Set(['api.acme.example', '*.cloud.example']);
  const cases: readonly [string, string | null][] = [
    ['api.acme.example', 'api.acme.example'],
    ['API.ACME.example', 'api.acme.example'],
    ['a.cloud.example', '*.cloud.example'],
    ['a.b.cloud.example', null],
    ['cloud.example', null],
    ['.cloud.example', null],
    ['*.cloud.example', null],
    ['acme.example', null],
    ['api.acme.example.', null],
    ['', null],
    ['localhost', null],
  ];
  for (const [name, expected] of cases) assert.equal(registeredHost(name, hosts), expected, name);
});

test('no other text is taken for a registered host', () => {
  const hosts = new Set(['api.acme.example', '*.cloud.example']);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const found = registeredHost(`${text}.cloud.example`, hosts);
      assert.equal(found !== null, text !== '' && !text.includes('.') && !text.startsWith('*'));
    }),
  );
});
