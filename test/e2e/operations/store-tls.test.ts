import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { TLSSocket } from 'node:tls';
import { leafCertificate, publicKeyInfo, toPem } from '../../../src/tls/certificate.ts';
import { LONGEST_CHILD } from '../longest-child.ts';

const PROGRAM = resolve(import.meta.dirname, '../../../src/start.mjs');

/** Stands in the place of PostgreSQL, with a certificate that nobody vouches for. Resolves to its port. */
async function startImpostor(t: TestContext, heard: string[]): Promise<number> {
  const [authority, leaf] = [1, 2].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  assert.ok(authority !== undefined && leaf !== undefined);
  const { privateKey } = authority;
  const issuer = { commonName: 'nobody', privateKey, publicKey: publicKeyInfo(authority.publicKey) };
  const validity = { from: Date.now() - 60_000, to: Date.now() + 3_600_000 };
  const publicKey = publicKeyInfo(leaf.publicKey);
  const cert = toPem(
    leafCertificate({ issuer, host: 'localhost', publicKey, validity, random: randomBytes }),
  );
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write('S'); // TLS is taken.
      const secure = new TLSSocket(socket, { isServer: true, cert, key });
      secure.on('error', () => {}).on('data', (bytes) => heard.push(bytes.toString('latin1')));
    });
  });
  t.after(() => server.close());
  server.listen(0, 'localhost');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('a store whose certificate is not trusted is told nothing, also where Node is told to check none', async (t) => {
  const heard: string[] = [];
  const port = await startImpostor(t, heard);
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-store-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'ringfence.yaml'), 'data: data\nstore: { kind: postgres }\n');
  const said = await new Promise<string>((done) => {
    const RINGFENCE_DATABASE_URL = `postgres://ringfence:password@localhost:${port}/ringfence?sslmode=verify-full`;
    const env = { PATH: process.env['PATH'], NODE_TLS_REJECT_UNAUTHORIZED: '0', RINGFENCE_DATABASE_URL };
    const options = { cwd: folder, env, timeout: LONGEST_CHILD };
    execFile(process.execPath, [PROGRAM, 'init'], options, (_error, _output, errors) => done(errors));
  });
  assert.deepEqual(heard, []);
  assert.match(said, /certificate/);
});
