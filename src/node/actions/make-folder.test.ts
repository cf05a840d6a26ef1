import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { makeFolder } from './make-folder.ts';

it('makes a folder with those above it, for its owner alone', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ringfence-folder-'));
  const path = join(root, 'a', 'b');
  await makeFolder(path);
  await makeFolder(path);
  assert.equal(statSync(path).mode & 0o777, 0o700);
  rmSync(root, { recursive: true });
});

it('ends where the system lets nobody make a folder', async () => {
  await assert.rejects(makeFolder('/proc/ringfence/data'), { syscall: 'mkdir' });
});
