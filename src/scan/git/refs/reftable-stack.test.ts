import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { createGitFixture, type GitFixture } from '../git-fixture.ts';
import { readHead, readRefs, readTips, refProblems } from './refs.ts';
import { type TableContent, tableOf } from './reftable-fixture.ts';
import { findRepository, type Repository } from '../repository.ts';

const LIST = 'tables.list';
const fixtures: GitFixture[] = [];

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.close();
});

function writeTables(gitDirectory: string, tables: readonly Partial<TableContent>[]): void {
  const folder = join(gitDirectory, 'reftable');
  mkdirSync(folder, { recursive: true });
  const base = { hashBytes: 20, blockBytes: 0, refs: [], logs: [], perBlock: 3 } as const;
  for (const [number, table] of tables.entries())
    writeFileSync(join(folder, `${number}.ref`), tableOf({ ...base, ...table }));
  writeFileSync(join(folder, LIST), tables.map((_, number) => `${number}.ref\n`).join(''));
}

/** A repository with two branches and a commit that only a reflog has, first as git 2.39 writes it, then with tables. */
function convert(): { fixture: GitFixture; folder: string; before: Repository; said: readonly unknown[] } {
  const fixture = createGitFixture();
  fixtures.push(fixture);
  const { path, git, commit } = fixture;
  const [one, two] = [commit('one', { a: '1' }), commit('two', { a: '2' })];
  git('branch', 'side', one);
  git('tag', '-a', 'v1', '-m', 'first');
  const lost = commit('lost', { a: '3' });
  git('reset', '-q', '--hard', two);
  const before = findRepository(path) ?? assert.fail();
  const said = sayAll(before);
  const folder = join(path, '.git');
  const refs = git('for-each-ref', '--format=%(refname) %(objectname)')
    .split('\n')
    .map((ref) => ref.split(' ') as [string, string])
    .map(([name, oid]) => [name, { oid }] as const);
  git('config', 'core.repositoryformatversion', '1');
  git('config', 'extensions.refstorage', 'reftable');
  for (const name of ['refs', 'logs']) rmSync(join(folder, name), { recursive: true });
  rmSync(join(folder, 'ORIG_HEAD'));
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/.invalid\n');
  const logs = [
    ['0'.repeat(40), one],
    [one, two],
    [two, lost],
  ].map(([from = '', to = '']) => ({ name: 'HEAD', before: from, after: to }));
  writeTables(folder, [
    {
      refs: [
        ['HEAD', { link: 'refs/heads/main' }],
        ['refs/heads/gone', { oid: one }],
        ['refs/heads/main', { oid: one }],
      ],
    },
    { refs: [['refs/heads/gone', null], ...refs], logs },
  ]);
  return { fixture, folder, before, said };
}

function sayAll(repository: Repository): readonly unknown[] {
  const refs = readRefs(repository);
  const named = [...refs].filter(([name]) => name !== 'HEAD');
  return [new Map(named), readHead(repository, refs), readTips(repository, refs)];
}

test('tables say what files said: refs, HEAD, and where to start', () => {
  const { fixture, said } = convert();
  const repository = findRepository(fixture.path) ?? assert.fail();
  assert.equal(repository.refStorage, 'reftable');
  assert.deepEqual(sayAll(repository), said);
  assert.deepEqual(refProblems(repository), []);
});

test('an additional work tree has a HEAD of its own', () => {
  const { fixture, folder } = convert();
  const tree = join(folder, 'worktrees', 'extra');
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, 'HEAD'), 'ref: refs/heads/.invalid\n');
  writeFileSync(join(tree, 'commondir'), '../..\n');
  writeTables(tree, [{ refs: [['HEAD', { link: 'refs/heads/side' }]] }]);
  const extra = join(fixture.path, 'extra');
  mkdirSync(extra);
  writeFileSync(join(extra, '.git'), `gitdir: ${tree}\n`);
  const repository = findRepository(extra) ?? assert.fail();
  const refs = readRefs(repository);
  assert.equal(readHead(repository, refs), refs.get('refs/heads/side'));
  const main = findRepository(fixture.path) ?? assert.fail();
  assert.equal(readHead(main, readRefs(main)), refs.get('refs/heads/main'));
});

test('a table that is missing, damaged, or leads elsewhere is reported, and the rest is read', () => {
  const { fixture, folder } = convert();
  const repository = findRepository(fixture.path) ?? assert.fail();
  const list = join(folder, 'reftable', LIST);
  writeFileSync(join(folder, 'reftable', 'bad.ref'), 'REFT but no table');
  writeFileSync(list, '../config\nbad.ref\n0.ref\nabsent.ref\n');
  assert.deepEqual([...readRefs(repository).keys()], ['HEAD', 'refs/heads/gone', 'refs/heads/main']);
  assert.deepEqual(
    refProblems(repository).map(({ where }) => where),
    ['reftable/tables.list', 'reftable/bad.ref', 'reftable/absent.ref'],
  );
  for (const name of readdirSync(join(folder, 'reftable'))) unlinkSync(join(folder, 'reftable', name));
  assert.deepEqual([...readRefs(repository)], []);
  assert.match(refProblems(repository)[0]?.problem ?? '', /missing or empty/);
});

test('links that lead round and round lead nowhere', () => {
  const { fixture, folder } = convert();
  writeTables(folder, [
    {
      refs: [
        ['HEAD', { link: 'refs/a' }],
        ['refs/a', { link: 'HEAD' }],
      ],
    },
  ]);
  const repository = findRepository(fixture.path) ?? assert.fail();
  assert.equal(readHead(repository, readRefs(repository)), null);
});

test('a repository whose references are stored in an unknown way is reported', () => {
  const { fixture } = convert();
  fixture.git('config', '--file', '.git/config', 'extensions.refstorage', 'other');
  const repository = findRepository(fixture.path) ?? assert.fail();
  assert.match(refProblems(repository)[0]?.problem ?? '', /kept as other/);
});
