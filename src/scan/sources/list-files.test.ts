import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGit, type Git } from './git-process.ts';
import { listFiles } from './list-files.ts';

test('a folder that git could not open is listed, so that it is told; what a name only says is not', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'ringfence-list-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'a b/ü'), { recursive: true });
  writeFileSync(join(root, 'file'), '');
  const remarks = [
    "warning: could not open directory 'a b/ü/': Permission denied",
    "warning: could not open directory 'x",
    "warning: could not open directory 'file/': Permission denied",
    'hint: something else',
  ];
  const answer = { output: Buffer.from('open\0'), remarks: Buffer.from(remarks.join('\n')) };
  const git: Git = { run: () => null, ask: () => answer };
  const { paths } = listFiles(git, root);
  assert.deepEqual(paths.map(String), ['open', 'a b/ü']);
});

test('a pipe in the place of what git reads holds nobody up: everything is listed, and it is told', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'ringfence-list-'));
  t.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'sub'));
  writeFileSync(join(root, 'sub/file'), '');
  execFileSync('mkfifo', [join(root, '.gitignore')]);
  const { paths, problems } = listFiles(createGit(process.env, 200), root);
  assert.deepEqual(paths.map(String), ['sub/file']);
  assert.match(problems.join('\n'), /^git gave no answer within 0\.2 seconds/);
});
