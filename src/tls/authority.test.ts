import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import { test } from 'node:test';
import { AUTHORITY_CERTIFICATE_SETTING, AUTHORITY_KEY_SETTING, loadOrCreateAuthority } from './authority.ts';
import { tlsFixture } from './tls-fixture.ts';
import { loadX509 } from './x509-oracle.ts';

const x509 = await loadX509();

const HOSTS = ['api.acme.example', '*.cloud.example'];
const DAY = 86_400_000;

test('the authority can sign for the registered domains and nothing else', async () => {
  const { options, clock } = tlsFixture(HOSTS);
  const { authority, state } = await loadOrCreateAuthority(options);
  assert.equal(state, 'created');
  const parsed = new x509.X509Certificate(authority.certificate);
  assert.ok(await parsed.verify({ publicKey: await parsed.publicKey.export(), signatureOnly: true }));
  assert.equal(parsed.subject, parsed.issuer);
  const basic = parsed.getExtension(x509.BasicConstraintsExtension);
  assert.deepEqual([basic?.critical, basic?.ca, basic?.pathLength], [true, true, 0]);
  const usage = parsed.getExtension(x509.KeyUsagesExtension);
  assert.deepEqual([usage?.critical, usage?.usages], [true, x509.KeyUsageFlags.keyCertSign]);
  const extended = parsed.getExtension(x509.ExtendedKeyUsageExtension);
  assert.deepEqual([...(extended?.usages ?? [])], [x509.ExtendedKeyUsage.serverAuth]);
  const constraints = parsed.getExtension('2.5.29.30');
  assert.ok(constraints?.critical);
  const text = Buffer.from(constraints.value).toString('latin1');
  assert.ok(text.includes('api.acme.example') && text.includes('cloud.example'));
  assert.equal(Math.round((parsed.notAfter.getTime() - clock.now) / DAY), 3650);
});

test('a leaf names one host, lasts 48 hours from five minutes ago, and is signed by the authority', async () => {
  const { options, clock } = tlsFixture(HOSTS);
  const { authority } = await loadOrCreateAuthority(options);
  for (const host of ['api.acme.example', '*.cloud.example', 'x.cloud.example']) {
    const leaf = authority.issue(host);
    const native = new X509Certificate(leaf.certificate);
    assert.ok(native.verify(new X509Certificate(authority.certificate).publicKey));
    assert.ok(native.checkIssued(new X509Certificate(authority.certificate)));
    assert.equal(native.subjectAltName, `DNS:${host}`);
    assert.equal(native.ca, false);
    assert.ok(native.publicKey.equals(createPublicKey(leaf.key)));
    const seconds = Math.floor(clock.now / 1000) * 1000;
    assert.equal(native.validFromDate.getTime(), seconds - 300_000);
    assert.equal(native.validToDate.getTime(), seconds + 2 * DAY);
    const parsed = new x509.X509Certificate(leaf.certificate);
    const usage = parsed.getExtension(x509.KeyUsagesExtension);
    assert.equal(usage?.usages, x509.KeyUsageFlags.digitalSignature);
    assert.ok(parsed.getExtension('2.5.29.17')?.critical, 'without a subject, the name must be critical');
    const issuerKey = parsed.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId;
    const authorityKey = new x509.X509Certificate(authority.certificate).getExtension(
      x509.SubjectKeyIdentifierExtension,
    )?.keyId;
    assert.equal(issuerKey, authorityKey);
    assert.notEqual(parsed.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId, issuerKey);
  }
});

test('serial numbers are positive, long and never the same', async () => {
  const { options } = tlsFixture(HOSTS);
  const { authority } = await loadOrCreateAuthority(options);
  const serials = Array.from(
    { length: 100 },
    () => new X509Certificate(authority.issue('api.acme.example').certificate).serialNumber,
  );
  assert.equal(new Set(serials).size, 100);
  for (const serial of serials) assert.match(serial, /^[4-7][0-9A-F]{31}$/);
});

test('the authority refuses to sign for other hosts', async () => {
  const { options } = tlsFixture(HOSTS);
  const { authority } = await loadOrCreateAuthority(options);
  for (const host of [
    'acme.example',
    'evil-api.acme.example',
    'cloud.example.evil.example',
    '*',
    '*.example',
    '127.0.0.1',
    '',
  ])
    assert.throws(() => authority.issue(host), { code: 'host_unknown' }, host);
});

test('the authority is the same after a restart, and its key is kept sealed', async () => {
  const { options, settings } = tlsFixture(HOSTS);
  const first = await loadOrCreateAuthority(options);
  const again = await loadOrCreateAuthority({ ...options, hosts: ['api.acme.example'] });
  assert.equal(again.state, 'loaded');
  assert.equal(again.authority.certificate, first.authority.certificate);
  assert.equal(again.authority.fingerprint, first.authority.fingerprint);
  assert.deepEqual([...settings.values.keys()].toSorted(), [
    AUTHORITY_CERTIFICATE_SETTING,
    AUTHORITY_KEY_SETTING,
  ]);
  const shown = inspect([...settings.values, first.authority], { depth: 9, showHidden: true });
  assert.ok(!shown.includes('PrivateKeyObject') && !shown.includes('PRIVATE KEY'));
  assert.match(first.authority.fingerprint, /^[0-9a-f]{64}$/);
  const native = new X509Certificate(first.authority.certificate).fingerprint256;
  assert.equal(native.replaceAll(':', '').toLowerCase(), first.authority.fingerprint);
});

test('a new host gives a new certificate with the same key and name', async () => {
  const { options } = tlsFixture(HOSTS);
  const first = await loadOrCreateAuthority(options);
  const { authority, state } = await loadOrCreateAuthority({
    ...options,
    hosts: [...HOSTS, 'new.example.org'],
  });
  assert.equal(state, 'reissued');
  assert.notEqual(authority.certificate, first.authority.certificate);
  const [before, after] = [first.authority, authority].map((one) => new X509Certificate(one.certificate));
  assert.ok(before && after);
  assert.ok(after.publicKey.equals(before.publicKey));
  assert.equal(after.subject, before.subject);
  const leaf = new X509Certificate(authority.issue('api.acme.example').certificate);
  assert.ok(leaf.verify(before.publicKey));
  assert.ok(authority.issue('new.example.org'));
});

test('a host below a covered domain needs no new certificate', async () => {
  const { options } = tlsFixture(HOSTS);
  await loadOrCreateAuthority(options);
  const { state } = await loadOrCreateAuthority({ ...options, hosts: [...HOSTS, 'eu.cloud.example'] });
  assert.equal(state, 'loaded');
});

test('an authority near its end is issued again, and no leaf outlives its authority', async () => {
  const { options, clock } = tlsFixture(HOSTS);
  const { authority } = await loadOrCreateAuthority(options);
  clock.now += 3649 * DAY;
  const end = new X509Certificate(authority.certificate).validToDate;
  const leaf = new X509Certificate(authority.issue('api.acme.example').certificate);
  assert.equal(leaf.validToDate.getTime(), end.getTime());
  assert.equal((await loadOrCreateAuthority(options)).state, 'reissued');
});

test('a start that was interrupted between key and certificate goes on with the same key', async () => {
  const { options, settings } = tlsFixture(HOSTS);
  const put = settings.put;
  const dying = {
    ...settings,
    put: (name: string, value: string) =>
      name === AUTHORITY_KEY_SETTING ? put(name, value) : Promise.reject(new Error('killed')),
  };
  await assert.rejects(loadOrCreateAuthority({ ...options, settings: dying }), /killed/);
  const key = settings.values.get(AUTHORITY_KEY_SETTING);
  assert.equal((await loadOrCreateAuthority(options)).state, 'created');
  assert.equal(settings.values.get(AUTHORITY_KEY_SETTING), key);
});
