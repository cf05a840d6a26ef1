import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Git } from './git-process.ts';
import { createSearch } from './search.ts';
import { acmeDetector, TOKEN } from './sources-fixture.ts';
import { scanTree } from './work-tree.ts';

test('nothing outside of the folder is read, whatever the index of the repository lists', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-tree-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [outside, path] = [join(folder, 'outside'), join(folder, 'tree')];
  for (const one of [`${outside}/deep`, `${path}/deep`]) {
    mkdirSync(one, { recursive: true });
    writeFileSync(join(one, 'a.env'), `acme_token=${TOKEN}`);
  }
  symlinkSync('../outside', join(path, 'link'));
  const listed = [
    'deep/a.env',
    'link/deep/a.env',
    '../outside/deep/a.env',
    'deep/../../outside/deep/a.env',
    `${outside}/deep/a.env`,
  ];
  const answer = { output: Buffer.from(`${listed.join('\0')}\0`), remarks: Buffer.alloc(0) };
  const git: Git = { run: () => null, ask: () => answer };
  const search = createSearch(acmeDetector());
  await scanTree({ path, ignored: false, git, search });
  const { sightings } = search.outcome();
  assert.deepEqual(
    sightings.map(({ place }) => place),
    [{ kind: 'file', path: 'deep/a.env' }],
  );
});

test('a repository without a work tree is told, as nothing that is packed would be found', async (t) => {
  const path = mkdtempSync(join(tmpdir(), 'ringfence-tree-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const name of ['objects', 'refs']) mkdirSync(join(path, name));
  writeFileSync(join(path, 'HEAD'), 'ref: refs/heads/main\n');
  const git: Git = { run: () => null, ask: () => ({ output: Buffer.alloc(0), remarks: Buffer.alloc(0) }) };
  const options = { path, git, search: createSearch(acmeDetector()) };
  await assert.rejects(
    scanTree({ ...options, ignored: false }),
    /without a work tree; scan it with --history/,
  );
  await scanTree({ ...options, ignored: true });
});
