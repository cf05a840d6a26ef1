import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../config/config.ts';
import { createLocal } from './local.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-local-'));
after(() => rmSync(folder, { recursive: true }));

const localWith = (env: Readonly<Record<string, string>>) => createLocal({ ...process, env });
const NONE = { config: null, data: null, json: false };

test('a key ring is made beside an empty place, and never beside a store that another one has sealed', async () => {
  const local = localWith({});
  const config = readConfig({ data: join(folder, 'data'), keyRing: { file: join(folder, 'away/ring') } });
  assert.equal(await local.ensureKeyRing(config), true);
  assert.equal(statSync(join(folder, 'away/ring')).mode & 0o777, 0o600);
  assert.equal(await local.ensureKeyRing(config), false);
  rmSync(join(folder, 'away/ring'));
  const stored = readConfig({ ...config, data: folder });
  writeFileSync(join(folder, 'ringfence.db'), '');
  await assert.rejects(local.ensureKeyRing(stored), { code: 'key_ring_missing', message: /put it back/ });
  assert.equal(existsSync(join(folder, 'away/ring')), false);
});

test('a variable that is set to nothing is not set', async () => {
  const local = localWith({ RINGFENCE_DATA: '', RINGFENCE_KEY_RING: '' });
  const config = await local.configOf(NONE);
  assert.match(config.data, /\.ringfence$/);
  assert.equal(local.keyRingOf(config).kind, 'file');
});

test('a start where nothing was made tells of `ringfence init`, and makes nothing; a lost ring is told as before', async () => {
  const local = localWith({});
  const config = readConfig({ data: join(folder, 'nowhere') });
  await assert.rejects(local.open(config), { code: 'key_ring_missing', message: /run `ringfence init`/ });
  assert.equal(existsSync(config.data), false);
  mkdirSync(config.data, { mode: 0o700 });
  writeFileSync(join(config.data, 'ringfence.db'), '');
  await assert.rejects(local.open(config), {
    code: 'key_ring_missing',
    message: /cannot be opened \(ENOENT/,
  });
});
