import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import type { GitPlace } from '../sighting.ts';
import { joined } from '../../vendors/shared/leak-pattern.ts';
import { selectRules } from '../detector-source.ts';
import { FIXTURE_RULE } from './detector-fixture.ts';
import { createGitFixture, FIRST_MINUTE, type GitFixture, runGit } from './git-fixture.ts';
import type { HistoryRange } from './commits/ranges.ts';
import { findRepository } from './repository.ts';
import { scanHistory } from './scan-history.ts';

const DETECTOR = { module: new URL('detector-fixture.ts', import.meta.url).href, options: null };
const fixtures: GitFixture[] = [];

afterEach(() => {
  for (const fixture of fixtures.splice(0)) fixture.close();
});

function create(...init: string[]): GitFixture {
  const fixture = createGitFixture(...init);
  fixtures.push(fixture);
  return fixture;
}

async function scan(path: string, range?: HistoryRange) {
  const repository = findRepository(path);
  assert.ok(repository);
  const pause = async (): Promise<void> => {};
  const part = range === undefined ? {} : { range };
  return scanHistory({ repository, rules: [FIXTURE_RULE], detector: DETECTOR, workers: 1, pause, ...part });
}

/** Values that a scan finds, with their places. */
async function found(path: string, range?: HistoryRange): Promise<ReadonlyMap<string, GitPlace>> {
  const { sightings } = await scan(path, range);
  return new Map(sightings.map(({ secret, place }) => [secret.reveal(), place as GitPlace]));
}

const line = (value: string): string => `# settings\nacme key=${value}\n`;

describe('what a scan of a history says of a value', () => {
  test('the first commit that brought it, its author, its date, the path, and whether HEAD has it', async () => {
    const { path, commit } = create();
    commit('begin', { 'readme.md': 'hello' });
    const second = commit('add', { 'config/one.env': line('first') });
    commit('change', { 'config/one.env': line('second') });
    commit('move', { 'moved.env': line('second') });
    const { sightings, problems, documents } = await scan(path);
    assert.deepEqual(problems, []);
    assert.equal(documents, 7);
    const first = sightings.find(({ secret }) => secret.reveal() === 'first');
    assert.ok(first);
    const { object, ...place } = first.place as GitPlace;
    assert.match(object, /^[0-9a-f]{40}$/);
    assert.deepEqual(place, {
      kind: 'git',
      type: 'blob',
      commit: second,
      author: 'Ada <ada@example.org>',
      date: FIRST_MINUTE + 2 * 60_000,
      path: 'config/one.env',
      inHead: false,
    });
    assert.deepEqual([first.line, first.column], [2, 10]);
    const places = await found(path);
    assert.equal(places.get('second')?.inHead, true);
    assert.equal(places.get('second')?.path, 'config/one.env');
  });

  test('nothing of one that only the name of its file tells, where the file is called otherwise', async () => {
    const { path, commit } = create();
    const head = joined(
      '-----BEGIN PRIVATE ',
      'KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC',
    );
    const keys = ['7tX4mQz1Wd9Rk', '9pL2vNc8Yh3Sf', 'hV3nQ8zLw0TbY'].map((end) => `${head}${end}\n`);
    commit('begin', { 'app/private.key': keys[0] ?? '', 'tls/server.pem': keys[1] ?? '' });
    commit('explain', { 'private.key': `${'so\n'.repeat(60)}${keys[2]}` });
    const options = { ids: ['vonage-private-key-file'] };
    const repository = findRepository(path);
    assert.ok(repository);
    const { sightings } = await scanHistory({
      repository,
      rules: selectRules(options.ids),
      detector: { module: new URL('../detector-source.ts', import.meta.url).href, options },
      workers: 1,
      pause: async () => {},
    });
    assert.deepEqual(
      sightings.map(({ secret, place }) => [(place as GitPlace).path, secret.reveal().slice(-13)]),
      [['app/private.key', '7tX4mQz1Wd9Rk']],
    );
  });

  test('the merge, for a value that only the result of a merge has', async () => {
    const { path, git, commit } = create();
    commit('begin', { a: line('base0') });
    git('checkout', '-q', '-b', 'side');
    commit('side', { b: 'side' });
    git('checkout', '-q', 'main');
    commit('main', { c: 'main' });
    git('merge', '-q', '--no-commit', '--no-ff', 'side');
    const merge = commit('merge', { 'only.env': line('merged') });
    assert.equal(git('log', '-1', '--format=%p').split(' ').length, 2);
    assert.equal((await found(path)).get('merged')?.commit, merge);
  });

  test('the stash, reflog entry or tag that still leads to it', async () => {
    const { path, git, commit, write } = create();
    commit('begin', { a: 'text' });
    const amended = commit('acme key=inmessage', { a: line('amended') });
    git('commit', '-q', '--amend', '-m', 'better', '--allow-empty');
    write('a', line('stashed'));
    git('stash', '-q');
    git('tag', '-a', 'v1', '-m', 'release with acme key=intag');
    const places = await found(path);
    assert.equal(places.get('stashed')?.commit, git('rev-parse', 'refs/stash'));
    assert.equal(places.get('stashed')?.inHead, false);
    assert.equal(places.get('inmessage')?.commit, amended);
    assert.equal(places.get('inmessage')?.type, 'commit');
    assert.equal(places.get('inmessage')?.path, null);
    assert.equal(places.get('intag')?.commit, git('rev-parse', 'HEAD'));
    assert.equal(places.get('intag')?.inHead, true);
  });

  test('the text after the mark that allows it', async () => {
    const { path, commit } = create();
    commit('begin', { a: '# ringfence:allow first\nacme key=allowed\n', b: line('plain') });
    commit('later', { a: 'acme key=allowed # ringfence:allow second\n' });
    const { sightings } = await scan(path);
    const allowances = sightings.map(({ secret, allowance }) => `${secret.reveal()}: ${allowance ?? 'none'}`);
    assert.deepEqual(allowances.toSorted(), ['allowed: first', 'allowed: second', 'plain: none']);
  });

  test('no commit, for an object that nothing reaches', async () => {
    const { path, git, commit, write } = create();
    commit('begin', { a: 'text' });
    write('lost', line('lonely'));
    git('hash-object', '-w', 'lost');
    const place = (await found(path)).get('lonely');
    assert.deepEqual([place?.commit, place?.path, place?.inHead], [null, null, false]);
  });
});

describe('a scan reads', () => {
  const history = (...init: string[]): GitFixture => {
    const fixture = create(...init);
    for (let round = 0; round < 12; round++)
      fixture.commit(`round ${round}`, {
        'a.env': `${'text\n'.repeat(40)}${line(`value${round}`)}${'more\n'.repeat(round)}`,
      });
    return fixture;
  };
  const ROUNDS = 12;

  test('packs, and what was added to them since', async () => {
    const { path, git, commit } = history();
    git('repack', '-adfq', '--depth=50');
    commit('later', { 'b.env': line('later') });
    assert.equal((await found(path)).size, ROUNDS + 1);
  });

  test('several packs under one index', async () => {
    const { path, git, commit } = history();
    git('repack', '-dq');
    commit('later', { 'b.env': line('later') });
    git('repack', '-dq');
    git('multi-pack-index', 'write');
    assert.equal((await found(path)).size, ROUNDS + 1);
  });

  test('repositories with SHA-256', async () => {
    const { path, git } = history('--object-format=sha256');
    assert.equal((await found(path)).size, ROUNDS);
    git('repack', '-adfq');
    const places = await found(path);
    assert.equal(places.size, ROUNDS);
    assert.equal(places.get('value0')?.commit, git('rev-parse', 'HEAD~11'));
  });

  test('bare repositories, additional work trees, folders inside, and borrowed objects', async () => {
    const { path, git } = history();
    git('clone', '-q', '--bare', path, 'bare.git');
    git('worktree', 'add', '-q', 'extra', 'HEAD~3');
    git('clone', '-q', '--shared', path, 'shared');
    mkdirSync(join(path, 'deep', 'folder'), { recursive: true });
    for (const folder of ['bare.git', 'extra', 'shared', 'deep/folder'])
      assert.equal((await found(join(path, folder))).size, ROUNDS, folder);
    assert.equal((await found(join(path, 'extra'))).get('value11')?.inHead, false);
  });

  test('a repository with submodules, and says that theirs are histories of their own', async () => {
    const { path, git } = history();
    git('init', '-q', 'super');
    const folder = join(path, 'super');
    runGit(folder, ['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', path, 'inner']);
    assert.match((await scan(folder)).problems[0]?.problem ?? '', /^Submodules have histories of their own/);
    assert.equal((await found(join(folder, 'inner'))).size, ROUNDS);
  });

  test('a shallow clone, and says what it lacks', async () => {
    const { path } = history();
    runGit(path, ['clone', '-q', '--depth=2', `file://${path}`, 'shallow']);
    const { sightings, problems } = await scan(join(path, 'shallow'));
    assert.equal(sightings.length, 2);
    assert.match(problems[0]?.problem ?? '', /shallow/);
  });

  test('a partial clone, and says what it lacks', async () => {
    const { path, git } = history();
    git('config', 'uploadpack.allowFilter', 'true');
    runGit(path, ['clone', '-q', '--no-checkout', '--filter=blob:none', `file://${path}`, 'partial']);
    const { sightings, problems } = await scan(join(path, 'partial'));
    assert.equal(sightings.length, 0);
    assert.match(problems[0]?.problem ?? '', /partial/);
  });

  test('no repository where there is none', () => {
    const { path } = create();
    rmSync(join(path, '.git'), { recursive: true });
    writeFileSync(join(path, '.git'), 'gitdir: nowhere\n');
    assert.equal(findRepository(path), null);
  });
});

describe('a scan of a range', () => {
  const values = async (path: string, range: HistoryRange): Promise<string[]> =>
    [...(await found(path, range)).keys()].toSorted();

  test('finds what the commits in it brought, and not what stood before', async () => {
    const { path, git, commit } = create();
    commit('one', { a: line('first'), b: 'x' });
    const two = commit('two', { a: line('second'), 'd/e': line('deep') });
    git('checkout', '-q', '-b', 'side');
    commit('acme key=said', { a: line('third'), c: line('first') });
    git('checkout', '-q', 'main');
    commit('four', { a: line('fourth') });
    assert.deepEqual(await values(path, { revisions: 'main..side' }), ['first', 'said', 'third']);
    assert.deepEqual(await values(path, { revisions: `${two.slice(0, 9)}..` }), ['fourth']);
    assert.deepEqual(await values(path, { revisions: 'HEAD~2..HEAD^' }), ['deep', 'second']);
    assert.deepEqual(await values(path, { revisions: 'main' }), ['deep', 'first', 'fourth', 'second']);
    assert.deepEqual(await values(path, { since: FIRST_MINUTE + 3 * 60_000 }), [
      'first',
      'fourth',
      'said',
      'third',
    ]);
  });

  test('refuses what is no revision', async () => {
    const { path, commit } = create();
    commit('one', { a: 'x' });
    for (const revisions of ['nothing..HEAD', 'HEAD..HEAD~7', 'HEAD..--exec=x', 'ffffffff..HEAD'])
      await assert.rejects(found(path, { revisions }), { name: 'DamageError', message: /no revision/ });
  });
});
