import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-config-'));
after(() => rmSync(folder, { recursive: true }));

test('a file that is no configuration is a fault of the file, which is named', async () => {
  const path = join(folder, 'ringfence.yaml');
  for (const text of ['data: [', 'hello', '- data', 'data: a\ndata: b', '42', 'data: *none', 'a: {{{']) {
    writeFileSync(path, text);
    await assert.rejects(loadConfig(path), { code: 'config_invalid', message: /ringfence\.yaml/ }, text);
  }
  writeFileSync(path, 'dat: x');
  await assert.rejects(loadConfig(path), { code: 'config_invalid', message: /ringfence\.yaml.*"dat"/ });
  await assert.rejects(loadConfig(folder), { code: 'config_invalid', message: /cannot be read \(EISDIR: / });
  for (const text of ['', '# nothing\n', 'null']) {
    writeFileSync(path, text);
    assert.equal((await loadConfig(path)).listeners.admin.port, 4613, text);
  }
});
