import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
