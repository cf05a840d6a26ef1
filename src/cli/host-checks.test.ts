import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkHosts } from './host-checks.ts';

const KNOWN = ['api.acme.example', '*.acme.example', 'sip.home.example'];
const listeners = (...hosts: readonly string[]) =>
  ['apps', 'proxy', 'tls', 'admin', ...hosts].map((name) => ({ name }));

test('a host of its own port that no vendor and no account has is told, with the nearest that there is', () => {
  const [found, ...more] = checkHosts(listeners('api.acne.example', 'api.acme.example'), KNOWN);
  assert.deepEqual(more, []);
  assert.equal(found?.name, 'host api.acne.example');
  assert.match(found.remedy, /^Did you mean api\.acme\.example\?/);
});

test('hosts of vendors, also by pattern, and of accounts are not told', () => {
  const all = listeners('api.acme.example', 'eu.acme.example', 'sip.home.example');
  assert.deepEqual(checkHosts(all, KNOWN), []);
  assert.equal(checkHosts(listeners('a.b.acme.example'), KNOWN).length, 1, 'a pattern is of one label');
});
