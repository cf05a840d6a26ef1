import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const MAIN = join(import.meta.dirname, '../../main.ts');

test('nothing that `init` makes can be written by others, whatever the umask', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = 'umask 0; exec "$@"';
  execFileSync('sh', ['-c', script, 'sh', process.execPath, MAIN, 'init'], { cwd: folder });
  const made = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.ok(made.includes('ringfence.yaml') && made.length > 5);
  assert.deepEqual(
    made.filter((name) => (statSync(join(folder, name)).mode & 0o022) !== 0),
    [],
  );
});
