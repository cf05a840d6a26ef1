import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const START = fileURLToPath(new URL('../../../src/start.mjs', import.meta.url));

/** A home and a folder for temporary files, in which the program has said its version. */
function startIn(t: TestContext, mode: number) {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-cache-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  for (const one of [home, temporary]) mkdirSync(one);
  chmodSync(home, mode);
  execFileSync(process.execPath, [START, '--version'], { env: { HOME: home, TMPDIR: temporary } });
  return { home, temporary };
}

/** Node takes what is there for its own, and another user can be the first to make it: his programs ran here. */
test('what Node caches of the program lies in no folder that all users share', (t) => {
  const { home, temporary } = startIn(t, 0o700);
  assert.ok(!existsSync(join(temporary, 'node-compile-cache')));
  assert.ok(existsSync(join(home, '.cache', 'ringfence')));
});

test('in a home in which others may write, nothing is cached', (t) => {
  const { home, temporary } = startIn(t, 0o777);
  assert.ok(!existsSync(join(temporary, 'node-compile-cache')));
  assert.ok(!existsSync(join(home, '.cache')));
});
