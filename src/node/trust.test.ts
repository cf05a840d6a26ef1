import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tlsFixture } from '../tls/tls-fixture.ts';
import type { AccountRecord } from '../store/records.ts';
import { openTrust } from './trust.ts';

function setUp() {
  const { options } = tlsFixture([]);
  const hosts: string[] = [];
  const open = () =>
    openTrust({
      ...options,
      accounts: {
        list: () =>
          Promise.resolve(hosts.map((host) => ({ fields: host === '' ? {} : { host } }) as AccountRecord)),
      },
      registry: {
        hosts: ['*.acme.example'],
        find: (host) => (host.endsWith('.acme.example') ? ({} as never) : null),
      },
    });
  return { hosts, open };
}

test('a host outside the constraints gives a new certificate, one within them does not', async () => {
  const { hosts, open } = setUp();
  const trust = await open();
  assert.deepEqual(trust.part().hosts, ['*.acme.example']);
  hosts.push('', 'x.acme.example');
  assert.equal(await trust.refresh(), 'same');
  const before = trust.authority();
  hosts.push('own.example', 'own.example');
  assert.equal(await trust.refresh(), 'reissued');
  assert.deepEqual(trust.part().hosts, ['*.acme.example', 'own.example']);
  assert.notEqual(trust.authority().fingerprint, before.fingerprint);
  assert.ok(trust.authority().issue('own.example'));
  hosts.push('second.own.example');
  assert.equal(await trust.refresh(), 'changed');
});

test('a host whose account is gone is no longer registered, and the certificate stays', async () => {
  const { hosts, open } = setUp();
  hosts.push('own.example');
  const trust = await open();
  const before = trust.authority();
  hosts.length = 0;
  assert.equal(await trust.refresh(), 'changed');
  assert.deepEqual(trust.part().hosts, ['*.acme.example']);
  assert.equal(trust.authority().fingerprint, before.fingerprint);
});

test('what is no DNS name does not stop the start', async () => {
  const { hosts, open } = setUp();
  hosts.push('10.0.0.5', 'a-.example', 'own.example');
  assert.deepEqual((await open()).part().hosts, ['*.acme.example', 'own.example']);
});
