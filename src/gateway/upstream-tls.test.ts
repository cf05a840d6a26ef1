import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants, createSecureServer } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setDefaultCACertificates } from 'node:tls';
import { test } from 'node:test';
import { authorityCertificate, leafCertificate, publicKeyInfo, toPem } from '../tls/certificate.ts';
import { createUpstream } from './upstream.ts';

const HOST = 'localhost';

/** A certificate for the vendor of this test, from an authority that this process trusts. */
function trustedCertificate() {
  const [authority, leaf] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  assert.ok(authority !== undefined && leaf !== undefined);
  const { privateKey } = authority;
  const issuer = { commonName: 'test', privateKey, publicKey: publicKeyInfo(authority.publicKey) };
  const rest = {
    validity: { from: Date.now() - 60_000, to: Date.now() + 3_600_000 },
    random: randomBytes,
  };
  setDefaultCACertificates([toPem(authorityCertificate({ ...issuer, ...rest, domains: [HOST] }))]);
  const publicKey = publicKeyInfo(leaf.publicKey);
  const cert = toPem(leafCertificate({ issuer, host: HOST, publicKey, ...rest }));
  return { cert, key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

test('a vendor that says it refused a request is not sent it again', async (t) => {
  const seen: string[] = [];
  const server = createSecureServer({ ...trustedCertificate(), allowHTTP1: true });
  server.on('stream', (stream) => {
    seen.push('2.0');
    stream.on('error', () => {}).close(constants.NGHTTP2_REFUSED_STREAM);
  });
  server.on('request', ({ httpVersion, socket }) => {
    if (httpVersion === '2.0') return;
    seen.push(httpVersion);
    socket.destroy();
  });
  server.listen(0);
  await once(server, 'listening');
  const upstream = createUpstream();
  t.after(async () => {
    await upstream.close();
    server.close();
  });
  const request = { method: 'POST', host: HOST, path: '/', segments: [], query: '', headers: {} };
  const origin = `https://${HOST}:${(server.address() as AddressInfo).port}`;
  const result = await upstream.send(
    origin,
    'account',
    { ...request, body: Buffer.from('x') },
    { upload: null },
  );
  assert.equal(result.kind, 'lost');
  assert.deepEqual(seen, ['1.1']);
});

test('a vendor without a certificate that is trusted gets nothing, also where Node is told to check none', async (t) => {
  const { cert, key } = trustedCertificate();
  setDefaultCACertificates([]);
  const seen: string[] = [];
  const server = createServer({ cert, key }, ({ headers }, response) => {
    seen.push(headers.authorization ?? '');
    response.end();
  });
  server.listen(0);
  await once(server, 'listening');
  const upstream = createUpstream();
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  t.after(async () => {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    await upstream.close();
    server.close();
  });
  const headers = { authorization: 'Bearer real' };
  const request = { method: 'GET', host: HOST, path: '/', segments: [], query: '', headers };
  const origin = `https://${HOST}:${(server.address() as AddressInfo).port}`;
  const sent = { ...request, body: Buffer.alloc(0) };
  const result = await upstream.send(origin, 'account', sent, { upload: null });
  assert.deepEqual([result.kind, seen], ['unreachable', []]);
});
