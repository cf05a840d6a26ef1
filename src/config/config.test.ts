import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-config-'));
after(() => rmSync(folder, { recursive: true }));

test('a file that is no configuration is a fault of the file, which is named', async () => {
  const path = join(folder, 'ringfence.yaml');
  for (const text of ['data: [', 'hello', '- data', 'data: a\ndata: b', '42', 'data: *none', 'a: {{{']) {
    writeFileSync(path, text);
    await assert.rejects(loadConfig(path), { code: 'config_invalid', message: /ringfence\.yaml/ }, text);
  }
  writeFileSync(path, 'dat: x');
  await assert.rejects(loadConfig(path), {
    code: 'config_invalid',
    message: /ringfence\.yaml is not valid: dat: unknown field "dat", did you mean "data"\?$/,
  });
  await assert.rejects(loadConfig(folder), { code: 'config_invalid', message: /cannot be read \(EISDIR: / });
  for (const text of ['', '# nothing\n', 'null']) {
    writeFileSync(path, text);
    assert.equal((await loadConfig(path)).listeners.admin.port, 4613, text);
  }
});

test('all problems of a configuration are told at once, in words for people, each with its place', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ workers: 0 }, 'workers: must be at least 1.'],
    [{ workers: null }, 'workers: is empty; give it a value or leave it out.'],
    [{ data: 7 }, 'data: must be text, in quotes: "7".'],
    [{ keyRing: '/etc/ring' }, 'keyRing: must have fields, as `name: value`.'],
    [
      { store: { kind: 'postgress' } },
      'store.kind: must be one of sqlite, postgres; did you mean "postgres"?',
    ],
    [
      { store: { kind: 'sqlite', urlFile: 'x' } },
      'store.urlFile: "urlFile" does not go with the other fields.',
    ],
    [{ listeners: { apps: { prot: 1 } } }, 'listeners.apps.prot: unknown field "prot", did you mean "port"?'],
    [
      { listeners: { apps: { port: 70_000 }, admin: { host: '' } } },
      'listeners.apps.port: must be at most 65535.\nlisteners.admin.host: must have at least 1 character.',
    ],
  ];
  for (const [input, said] of cases)
    assert.throws(
      () => readConfig(input),
      ({ message }: Error) => message.replace(/^The configuration is not valid:\s/, '') === said,
      said,
    );
});

test('a listener needs no more than what is different: an address alone keeps its port', () => {
  const { listeners } = readConfig({
    listeners: { apps: { host: '0.0.0.0' }, tls: { host: '::' }, proxy: null },
  });
  assert.deepEqual(listeners.apps, { host: '0.0.0.0', port: 4610 });
  assert.deepEqual(listeners.tls, { host: '::', port: 4612 });
  assert.equal(listeners.proxy, null);
  assert.deepEqual(listeners.admin, { host: '127.0.0.1', port: 4613 });
});

test('a port stands for one host by name: what no request names is refused', () => {
  const withHost = (host: string) => () => readConfig({ listeners: { hosts: { [host]: 5000 } } });
  for (const host of [
    'a b',
    '',
    'https://api.acme.example',
    'api.acme.example:443',
    '*.acme.example',
    'API.acme.example',
  ])
    assert.throws(withHost(host), { code: 'config_invalid', message: /listeners\.hosts.* host name / }, host);
  for (const host of ['api.acme.example', 'a-1.acme.example']) assert.doesNotThrow(withHost(host), host);
});
