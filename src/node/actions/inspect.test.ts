import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from './inspect.ts';
import { createLocal } from './local.ts';

test('a key ring that is none, and a disk under the data directory of the configuration, are told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-inspect-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'ringfence.yaml');
  writeFileSync(config, JSON.stringify({ data: folder }));
  const local = createLocal({ ...process, env: { RINGFENCE_KEY_RING: 'zzz' } });
  const checks = await inspect(local, { config, data: null, json: false });
  const stateOf = (wanted: string) => checks.find(({ name }) => name === wanted);
  assert.equal(stateOf('key ring')?.state, 'finding');
  assert.match(stateOf('key ring')?.message ?? '', /not the JSON text/);
  assert.match(stateOf('disk')?.message ?? '', /MiB free/);
});

test('a configuration that others may write, and a data folder that they may look into or write, are told', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-inspect-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'ringfence.yaml');
  writeFileSync(config, JSON.stringify({ data: folder }));
  const local = createLocal({ ...process, env: {} });
  const told = async (modes: readonly [config: number, data: number]) => {
    chmodSync(config, modes[0]);
    chmodSync(folder, modes[1]);
    const checks = await inspect(local, { config, data: null, json: false });
    return checks.flatMap(({ name, state, message, remedy }) =>
      ['configuration', 'data'].includes(name) && state === 'finding' ? [`${message} → ${remedy}`] : [],
    );
  };
  assert.deepEqual(await told([0o644, 0o700]), []);
  assert.deepEqual(await told([0o666, 0o777]), [
    `others may write ${config} → chmod go-w ${config}`,
    `others may write ${folder} → chmod 700 ${folder}`,
  ]);
  assert.deepEqual(await told([0o620, 0o755]), [
    `others may write ${config} → chmod go-w ${config}`,
    `others may look into ${folder} → chmod 700 ${folder}`,
  ]);
});
