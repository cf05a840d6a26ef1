import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
import { writeTrustFiles } from './trust-files.ts';

const [ours = '', corporate = '', extra = ''] = rootCertificates;
const count = (text: string): number => text.split('-----BEGIN CERTIFICATE-----').length - 1;

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ringfence-trust-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

test('a variable that replaces the store names the system roots and our authority', async (t) => {
  const { variables, authority } = await writeTrustFiles({
    certificate: ours,
    folder: await folder(t),
    base: {},
  });
  const read = (name: string) => readFile(variables[name] ?? '', 'utf8');
  for (const name of [
    'SSL_CERT_FILE',
    'REQUESTS_CA_BUNDLE',
    'CURL_CA_BUNDLE',
    'GIT_SSL_CAINFO',
    'AWS_CA_BUNDLE',
  ]) {
    const text = await read(name);
    assert.ok(count(text) > 20, name);
    assert.ok(text.includes(ours.trim()), name);
  }
  for (const name of ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'])
    assert.equal((await read(name)).trim(), ours.trim());
  assert.equal((await readFile(authority, 'utf8')).trim(), ours.trim());
});

test("an operator's own file counts instead of the system roots, for that variable alone", async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'corporate.pem'), `# our roots\n${corporate}\n`);
  await writeFile(join(path, 'extra.pem'), extra);
  const base = {
    REQUESTS_CA_BUNDLE: join(path, 'corporate.pem'),
    NODE_EXTRA_CA_CERTS: join(path, 'extra.pem'),
  };
  const { variables } = await writeTrustFiles({ certificate: ours, folder: path, base });
  const read = async (name: string) => (await readFile(variables[name] ?? '', 'utf8')).trim();
  assert.equal(await read('REQUESTS_CA_BUNDLE'), `${corporate.trim()}\n${ours.trim()}`);
  assert.equal(await read('NODE_EXTRA_CA_CERTS'), `${extra.trim()}\n${ours.trim()}`);
  assert.ok(count(await read('SSL_CERT_FILE')) > 20);
  assert.equal(await readFile(join(path, 'corporate.pem'), 'utf8'), `# our roots\n${corporate}\n`);
});

test('a variable that names no readable file is reported by name', async (t) => {
  const path = await folder(t);
  for (const REQUESTS_CA_BUNDLE of [join(path, 'absent.pem'), path]) {
    const files = writeTrustFiles({ certificate: ours, folder: path, base: { REQUESTS_CA_BUNDLE } });
    await assert.rejects(files, { code: 'config_invalid', message: /REQUESTS_CA_BUNDLE/ });
  }
});

/** Keytool reads it as Java does; without a JDK there is nobody to ask. */
async function entriesOf(store: string): Promise<number | null> {
  try {
    const { stdout } = await run('keytool', ['-list', '-keystore', store, '-storepass', '']);
    return stdout.match(/trustedCertEntry/g)?.length ?? 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

test('the trust store of Java holds the system roots and our authority, each trusted', async (t) => {
  const path = await folder(t);
  const { javaStore, variables } = await writeTrustFiles({ certificate: ours, folder: path, base: {} });
  const entries = await entriesOf(javaStore);
  if (entries === null) return t.skip('no JDK is installed');
  assert.equal(entries, count(await readFile(variables['SSL_CERT_FILE'] ?? '', 'utf8')));
});
