import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileNetworks, isNetwork } from './networks.ts';

test('an address is allowed when one of the networks holds it', () => {
  const allowed = compileNetworks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']);
  for (const address of ['10.0.0.0', '10.255.255.255', '192.0.2.7', '2001:db8:ffff::1', '::1'])
    assert.ok(allowed(address), address);
  for (const address of ['11.0.0.0', '9.255.255.255', '192.0.2.8', '2001:db9::', '::2', '::', '0.0.0.0'])
    assert.ok(!allowed(address), address);
});

test('an IPv4 caller on a dual-stack socket is an IPv4 caller', () => {
  const allowed = compileNetworks(['10.0.0.0/8']);
  assert.ok(allowed('::ffff:10.1.2.3'));
  assert.ok(allowed('::FFFF:10.1.2.3'));
  assert.ok(!allowed('::ffff:11.1.2.3'));
});

test('an IPv6 network does not let IPv4 in, even the whole of IPv6', () => {
  const allowed = compileNetworks(['::/0']);
  assert.ok(allowed('2001:db8::1'));
  assert.ok(!allowed('10.0.0.1'));
  assert.ok(!allowed('::ffff:10.0.0.1'));
});

test('the zone of an IPv6 address (`%eth0`) is ignored', () => {
  assert.ok(compileNetworks(['fe80::/10'])('fe80::1%eth0'));
});

test('text that is not an address is in no network', () => {
  const allowed = compileNetworks(['0.0.0.0/0', '::/0']);
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => !allowed(`x${text}`)));
  for (const text of ['', '10.0.0.1 ', '10.0.0', '010.0.0.1', '1.2.3.4/8', 'localhost', '::ffff:999.0.0.1'])
    assert.ok(!allowed(text), text);
});

test('membership agrees with arithmetic on the bits', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const address = fc.tuple(octet, octet, octet, octet);
  const toNumber = (parts: readonly number[]) => parts.reduce((sum, one) => sum * 256 + one, 0);
  fc.assert(
    fc.property(address, address, fc.integer({ min: 0, max: 32 }), (network, caller, length) => {
      const size = 2 ** (32 - length);
      const same = Math.floor(toNumber(network) / size) === Math.floor(toNumber(caller) / size);
      assert.equal(compileNetworks([`${network.join('.')}/${length}`])(caller.join('.')), same);
    }),
  );
});

test('a network that cannot be read is named', () => {
  for (const text of [
    '10.0.0.0/33',
    '10.0.0/8',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'a',
    '',
    '::ffff:1.2.3.4/96',
    'fe80::1%eth0',
    '10.0.0.0/1e1',
    '10.0.0.0/ 8',
  ]) {
    assert.equal(isNetwork(text), false, text);
    assert.throws(() => compileNetworks([text]), { code: 'input_invalid', message: /not a network/ }, text);
  }
});
