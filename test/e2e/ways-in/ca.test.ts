import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { loadOrCreateAuthority } from '../../../src/tls/authority.ts';
import { authorityCertificate, leafCertificate, publicKeyInfo, toPem } from '../../../src/tls/certificate.ts';
import { createContexts, serverOptions } from '../../../src/tls/contexts.ts';
import { tlsFixture } from '../../../src/tls/tls-fixture.ts';

const run = promisify(execFile);
const DAY = 86_400_000;
const HOST = 'api.acme.example';

const has = (command: string, ...args: string[]): Promise<boolean> =>
  run(command, args).then(
    () => true,
    () => false,
  );
const withoutOpenssl = (await has('openssl', 'version')) ? false : 'openssl is not installed';
const withoutPython = (await has('python3', '-c', 'import ssl')) ? false : 'python3 is not installed';

/** An authority as ours, but with its key in hand, as a thief would have it. */
interface StolenAuthority {
  readonly folder: string;
  readonly certificate: string;
  leafFor(host: string): Promise<{ readonly key: string; readonly cert: string }>;
}

async function stolenAuthority(t: TestContext, domains: readonly string[]): Promise<StolenAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-ca-'));
  t.after(() => rm(folder, { recursive: true }));
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = { from: Date.now() - 1000, to: Date.now() + DAY };
  const { privateKey } = pair;
  const issuer = { commonName: 'stolen', privateKey, publicKey: publicKeyInfo(pair.publicKey) };
  const certificate = toPem(authorityCertificate({ ...issuer, domains, validity, random: randomBytes }));
  await writeFile(join(folder, 'ca.pem'), certificate);
  await writeFile(join(folder, 'ca.key'), pem(pair.privateKey), { mode: 0o600 });
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  async function leafFor(host: string) {
    const publicKey = publicKeyInfo(own.publicKey);
    const cert = toPem(leafCertificate({ issuer, host, validity, publicKey, random: randomBytes }));
    await writeFile(join(folder, 'leaf.pem'), cert);
    return { cert, key: pem(own.privateKey) };
  }
  return { folder, certificate, leafFor };
}

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

async function opensslVerify(folder: string, ...options: string[]): Promise<string> {
  const args = [
    'verify',
    '-x509_strict',
    '-purpose',
    'sslserver',
    ...options,
    '-CAfile',
    'ca.pem',
    'leaf.pem',
  ];
  return run('openssl', args, { cwd: folder }).then(
    ({ stdout }) => stdout.trim(),
    (error: { stderr: string }) => error.stderr,
  );
}

test('OpenSSL in strict mode accepts leaves within the domains', { skip: withoutOpenssl }, async (t) => {
  const { folder, leafFor } = await stolenAuthority(t, [HOST, 'cloud.example']);
  for (const host of [HOST, 'a.cloud.example', '*.cloud.example']) {
    await leafFor(host);
    const name = host.replace('*', 'any');
    assert.equal(await opensslVerify(folder, '-verify_hostname', name), 'leaf.pem: OK');
  }
});

test('a stolen authority key is of no use for other hosts', { skip: withoutOpenssl }, async (t) => {
  const { folder, leafFor } = await stolenAuthority(t, [HOST]);
  for (const host of ['www.bank.example', 'acme.example', `${HOST}.evil.example`]) {
    await leafFor(host);
    assert.match(await opensslVerify(folder), /permitted subtree violation/, host);
  }
});

test('nor for addresses, nor for an authority below it', { skip: withoutOpenssl }, async (t) => {
  const { folder } = await stolenAuthority(t, [HOST]);
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const request = (name: string) =>
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
    );
  await request('leaf');
  const sign = async (extensions: string) => {
    await writeFile(join(folder, 'extensions'), extensions);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'extensions'];
    await openssl('x509', '-req', '-in', 'leaf.csr', '-days', '1', ...signing, '-out', 'leaf.pem');
  };
  const identifiers = 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n';
  await sign(`${identifiers}subjectAltName=DNS:${HOST}\n`);
  assert.equal(await opensslVerify(folder), 'leaf.pem: OK');
  await sign(`${identifiers}subjectAltName=DNS:${HOST},IP:10.0.0.1\n`);
  assert.match(await opensslVerify(folder), /excluded subtree violation/);
  await sign(`${identifiers}subjectAltName=DNS:${HOST},IP:2001:db8::1\n`);
  assert.match(await opensslVerify(folder), /excluded subtree violation/);

  await sign(`${identifiers}basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n`);
  const below = ['-CA', 'leaf.pem', '-CAkey', 'leaf.key', '-CAcreateserial', '-extfile', 'extensions'];
  await writeFile(join(folder, 'extensions'), `${identifiers}subjectAltName=DNS:${HOST}\n`);
  await request('below');
  await openssl('x509', '-req', '-in', 'below.csr', '-days', '1', ...below, '-out', 'below.pem');
  const verify = run('openssl', ['verify', '-CAfile', 'ca.pem', '-untrusted', 'leaf.pem', 'below.pem'], {
    cwd: folder,
  });
  await assert.rejects(verify, /path length constraint exceeded/);
});

/** Serves TLS with one certificate, and says how a Node client that trusts `ca` fares under `servername`. */
async function nodeClient(
  t: TestContext,
  identity: { key: string; cert: string },
  ca: string,
  servername: string,
) {
  const server = createServer(identity, (socket) => socket.end());
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return new Promise<string>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', servername, ca });
    socket.on('secureConnect', () => {
      resolve('trusted');
      socket.destroy();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.message));
  });
}

test('the Node client honours the name constraints', async (t) => {
  const { leafFor, certificate } = await stolenAuthority(t, [HOST]);
  assert.equal(await nodeClient(t, await leafFor(HOST), certificate, HOST), 'trusted');
  const stranger = 'www.bank.example';
  assert.match(
    await nodeClient(t, await leafFor(stranger), certificate, stranger),
    /permitted subtree violation/,
  );
});

test('an app that trusts the certificate before a host was added reaches the old hosts and not the new one', async (t) => {
  const { options } = tlsFixture([HOST]);
  const before = await loadOrCreateAuthority(options);
  const after = await loadOrCreateAuthority({ ...options, hosts: [HOST, 'new.example.org'] });
  assert.equal(after.state, 'reissued');
  const client = (host: string, ca: string) => {
    const leaf = after.authority.issue(host);
    return nodeClient(t, { key: leaf.key, cert: leaf.certificate }, ca, host);
  };
  assert.equal(await client(HOST, before.authority.certificate), 'trusted');
  assert.match(await client('new.example.org', before.authority.certificate), /permitted subtree violation/);
  assert.equal(await client(HOST, after.authority.certificate), 'trusted');
  assert.equal(await client('new.example.org', after.authority.certificate), 'trusted');
});

const PYTHON_CLIENT = `
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as raw:
    with context.wrap_socket(raw, server_hostname=sys.argv[3]) as secure:
        print(secure.version(), secure.getpeercert()["subjectAltName"])
`;

test('the Python client accepts our certificates in strict mode', { skip: withoutPython }, async (t) => {
  const { options, clock } = tlsFixture([HOST, '*.cloud.example']);
  const { authority } = await loadOrCreateAuthority(options);
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-ca-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'ca.pem'), authority.certificate);
  const contexts = createContexts(clock);
  contexts.configure({ issue: authority.issue, hosts: options.hosts });
  const server = createServer(serverOptions(contexts), (socket) => socket.end());
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const python = (host: string) =>
    run('python3', ['-c', PYTHON_CLIENT, String(port), 'ca.pem', host], { cwd: folder });
  assert.match((await python(HOST)).stdout, /^TLSv1\.3 .*api\.acme\.example/);
  assert.match((await python('a.cloud.example')).stdout, /\*\.cloud\.example/);
  await assert.rejects(python('www.bank.example'), /handshake failure/i);
});

test(
  'the key identifiers of leaf and authority fit, as OpenSSL prints them',
  { skip: withoutOpenssl },
  async () => {
    const { options } = tlsFixture([HOST]);
    const { authority } = await loadOrCreateAuthority(options);
    const printed = async (certificate: string, extension: string) => {
      const child = run('openssl', ['x509', '-noout', '-ext', extension]);
      child.child.stdin?.end(certificate);
      return (await child).stdout.match(/(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/)?.[0];
    };
    const leaf = authority.issue(HOST);
    const own = await printed(authority.certificate, 'subjectKeyIdentifier');
    assert.ok(own !== undefined);
    assert.equal(await printed(leaf.certificate, 'authorityKeyIdentifier'), own);
    assert.equal(createPublicKey(leaf.certificate).asymmetricKeyDetails?.namedCurve, 'prime256v1');
  },
);
