import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { beforeEach, afterEach, describe, it } from 'node:test';
import { line, openScanWorld, placesOf, type Ran, read, type ScanWorld, TOKENS } from './scan-world.ts';

const [FIRST, SECOND, THIRD] = TOKENS;

describe('ringfence scan in a repository', () => {
  let world: ScanWorld;
  beforeEach(() => {
    world = openScanWorld();
    world.git('init', '-q', '-b', 'main');
  });
  afterEach(() => world[Symbol.dispose]());

  const commitAll = (message: string): void => {
    world.git('add', '-A');
    world.git('commit', '-qm', message);
  };

  it('--staged reads what the index adds or changes, as it is in the index', async () => {
    world.write({ 'old.env': line(FIRST), 'changed.env': 'x=1\n', 'gone.env': line(FIRST) });
    commitAll('one');
    world.write({ 'changed.env': `x=1\n${line(SECOND)}`, 'sub/new.env': line(THIRD) });
    world.git('add', '-A');
    world.git('rm', '-q', 'gone.env');
    world.write({ 'changed.env': 'x=1\n', 'later.env': line(FIRST) });
    const ran = await world.scan(['--staged', '--json']);
    assert.equal(ran.code, 3, ran.stderr);
    assert.deepEqual(placesOf(ran), ['changed.env:2', 'sub/new.env:1']);
    assert.deepEqual(placesOf(await world.scan(['sub', '--staged', '--json'])), [
      'changed.env:2',
      'sub/new.env:1',
    ]);
  });

  it('--history says what is not here, and ends with 1 where that is all of it', async () => {
    world.write({ 'a.env': line(FIRST) });
    commitAll('one');
    world.git('repack', '-adq');
    world.git('clone', '-q', '--shared', '.', 'own');
    world.write({ 'own/later.txt': 'x' });
    world.git('-C', 'own', 'add', '-A');
    world.git('-C', 'own', 'commit', '-qm', 'two');
    world.git('clone', '-q', '--shared', '.', 'borrowed');
    renameSync(world.path('.git/objects/pack'), world.path('.git/objects/away'));
    const nothing = await world.scan(['--history']);
    assert.equal(nothing.code, 1);
    assert.match(nothing.stdout, /refs: 1 of 1 refs name objects that are not here/);
    assert.match(nothing.stdout, /Nothing could be read in the history of \./);
    const json = await world.scan(['--history', '--json']);
    assert.deepEqual([json.code, read(json).findings], [1, []]);
    renameSync(world.path('.git'), world.path('moved'));
    const borrowed = await world.scan(['--history', 'borrowed']);
    assert.equal(borrowed.code, 1);
    assert.match(borrowed.stdout, /alternates: It names \S+\.git\/objects, which is not here/);
    const own = await world.scan(['--history', 'own']);
    assert.equal(own.code, 0, 'a part was read');
    assert.match(own.stdout, /Not everything could be read[^]*which is not here/);
  });

  it('--history of a repository without a commit, and what is staged, end with 0', async () => {
    assert.equal((await world.scan(['--history'])).code, 0);
    world.write({ 'broken.zip': 'PK\u0003\u0004 broken' });
    world.git('add', '-A');
    assert.equal((await world.scan(['--staged'])).code, 0);
  });

  it('a baseline is not written over by a scan that could read nothing', async () => {
    world.write({ 'a.env': line(FIRST) });
    commitAll('one');
    await world.scan(['--history', '--update-baseline']);
    const before = readFileSync(world.path('.ringfence-baseline.json'), 'utf8');
    renameSync(world.path('.git/objects'), world.path('away'));
    world.write({ '.git/objects/info/packs': '' });
    const ran = await world.scan(['--history', '--update-baseline']);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /nothing could be read/i);
    assert.equal(readFileSync(world.path('.ringfence-baseline.json'), 'utf8'), before);
  });

  it('links among the refs lead nowhere, and a pipe in place of an object keeps nobody waiting', async () => {
    world.write({ 'a.env': line(FIRST) });
    world.git('add', '-A');
    for (const name of ['one', 'two', 'three']) symlinkSync('.', world.path(`.git/refs/${name}`));
    assert.equal((await world.scan(['--history', '--json'])).code, 3);
    const oid = world.git('rev-parse', ':a.env').trim();
    const object = world.path(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`);
    rmSync(object);
    execFileSync('mkfifo', [object]);
    const staged = await world.scan(['--staged']);
    assert.match(staged.stdout, /a\.env: Its staged content cannot be read/);
  });

  it('--staged works before the first commit, for blobs in packs, and when nothing is staged', async () => {
    assert.equal((await world.scan(['--staged'])).code, 0);
    world.write({ 'a.env': line(FIRST) });
    world.git('add', '.');
    assert.deepEqual(placesOf(await world.scan(['--staged', '--json'])), ['a.env:1']);
    commitAll('one');
    world.git('repack', '-adq');
    world.git('prune-packed');
    world.git('mv', 'a.env', 'b.env');
    assert.deepEqual(placesOf(await world.scan(['--staged', '--json'])), ['b.env:1']);
  });

  it('--staged loads no vendor, no other command, and no rule when nothing staged holds an anchor', async () => {
    world.write({ 'a.ts': 'export const region = "eu-west-1";\n' });
    world.git('add', '.');
    const loaded = await world.modulesOf(['--staged']);
    assert.ok(loaded.length > 15 && loaded.length <= 30, loaded.join('\n'));
    assert.deepEqual(
      loaded.filter((file) => /^(vendors|node|gateway|scan\/(rules|detector))\/|nouns\/(?!scan)/.test(file)),
      [],
    );
    world.write({ 'a.env': line(FIRST) });
    world.git('add', '.');
    const more = await world.modulesOf(['--staged']);
    assert.ok(more.some((file) => file.startsWith('scan/detector/')));
    assert.deepEqual(
      more.filter((file) => /^vendors\/\w+\/(?!leaks)/.test(file) && !file.startsWith('vendors/shared/')),
      [],
    );
  });

  it('--staged as hooks run it, without a parser of flags, is the same as with one', async () => {
    const both = async (path: string): Promise<readonly Ran[]> =>
      Promise.all([world.scan(['--staged', path]), world.scan(['run', '--staged', path])]);
    world.write({ 'a.env': line(FIRST), file: '' });
    const timeless = ({ stdout, ...ran }: Ran) => ({ ...ran, stdout: stdout.replace(/[\d.]+ s\)/, 's)') });
    for (const [path, code] of [
      ['.', 0],
      ['file', 1],
      ['missing', 1],
    ] as const) {
      const [hook, parsed] = (await both(path)).map(timeless);
      assert.deepEqual(hook, parsed);
      assert.equal(hook?.code, code, hook?.stderr);
    }
    world.git('add', '.');
    const [hook, parsed] = (await both('.')).map(timeless);
    assert.deepEqual(hook, parsed);
    assert.equal(hook?.code, 3);
    assert.ok(!(await world.modulesOf(['--staged'])).includes('cli/cli.ts'));
    const missing = await world.scan(['--staged', 'missing']);
    assert.match(missing.stderr, /^error: missing is no folder\.\n/);
  });

  it('--staged outside of a repository is an error', async () => {
    const outside = openScanWorld();
    const ran = await outside.scan(['--staged']);
    outside[Symbol.dispose]();
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /in no work tree of git/);
  });

  it('--staged starts no program that the settings of the repository name', async () => {
    world.write({
      'a.env': line(FIRST),
      'evil.sh': `#!/bin/sh\ntouch "${world.folder}/evil-ran"\n`,
      '.gitattributes': '*.env diff=evil filter=evil\n',
    });
    chmodSync(world.path('evil.sh'), 0o755);
    world.git('add', '.');
    for (const setting of [
      'core.fsmonitor',
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'filter.evil.clean',
      'core.pager',
    ])
      world.git('config', setting, `${world.folder}/evil.sh`);
    await world.scan(['--staged']);
    await world.scan([]);
    assert.ok(!existsSync(world.path('evil-ran')));
  });

  it('--history, --range and --since tell commit and whether the value is still there', async () => {
    world.write({ 'a.env': line(FIRST) });
    commitAll('one');
    world.write({ 'a.env': line(SECOND) });
    commitAll('two');
    const all = read(await world.scan(['--history', '--json']));
    assert.deepEqual(new Set(all.findings.map(({ inHead }) => inHead)), new Set([false, true]));
    for (const { places } of all.findings) assert.match(String(places[0]?.commit), /^[0-9a-f]{40}$/);
    assert.equal(read(await world.scan(['--range', 'HEAD~1..HEAD', '--json'])).findings.length, 1);
    assert.equal(read(await world.scan(['--since', '2001-01-01', '--json'])).findings.length, 2);
    assert.equal(read(await world.scan(['--since', '2201-01-01', '--json'])).findings.length, 0);
    assert.equal((await world.scan(['--range', 'nothing..HEAD'])).code, 1);
  });

  it('a comment beside a value holds in the history too', async () => {
    world.write({
      'a.env': `# ringfence:allow twilio-auth-token reason="made up" until=2999-01-01\n${line(FIRST)}`,
    });
    commitAll('one');
    for (const flags of [[], ['--history']]) {
      const ran = await world.scan([...flags, '--json']);
      assert.equal(ran.code, 0, ran.stdout);
      assert.equal(read(ran).held.allowed, 1);
    }
  });

  it('the hook refuses a commit with a secret, and lets others pass', async () => {
    assert.equal((await world.scan(['hook', 'install'])).code, 0);
    world.write({ 'a.txt': 'x\n' });
    commitAll('fine');
    world.write({ 'a.env': line(FIRST) });
    world.git('add', '.');
    assert.throws(() => world.git('commit', '-qm', 'leak'), /Command failed/);
    assert.equal(world.git('log', '--oneline').trim().split('\n').length, 1);
    assert.throws(() => world.git('commit', '-qam', 'leak'), /Command failed/);
    await world.scan(['hook', 'uninstall']);
    world.git('commit', '-qm', 'leak');
  });

  it('an earlier hook still runs first, is put back, and a second installation changes nothing', async () => {
    const hook = '.git/hooks/pre-commit';
    world.write({ [hook]: '#!/bin/sh\necho ran >> hook-ran\n[ ! -e refuse ]\n' });
    chmodSync(world.path(hook), 0o755);
    const before = readFileSync(world.path(hook), 'utf8');
    await world.scan(['hook', 'install']);
    const second = await world.scan(['hook', 'install']);
    assert.match(second.stdout, /still runs first/);
    world.write({ 'a.txt': 'x\n' });
    world.git('add', 'a.txt');
    world.git('commit', '-qm', 'fine');
    assert.equal(readFileSync(world.path('hook-ran'), 'utf8'), 'ran\n');
    world.write({ refuse: '', 'b.txt': 'x' });
    world.git('add', 'b.txt');
    assert.throws(() => world.git('commit', '-qm', 'refused'), /Command failed/);
    await world.scan(['hook', 'uninstall']);
    assert.equal(readFileSync(world.path(hook), 'utf8'), before);
    assert.equal((await world.scan(['hook', 'uninstall'])).code, 1);
  });

  it('the hook stands where core.hooksPath says', async () => {
    world.git('config', 'core.hooksPath', '.githooks');
    const ran = await world.scan(['hook', 'install', '--json']);
    assert.ok(existsSync(world.path('.githooks/pre-commit')), ran.stdout);
    assert.ok(!existsSync(world.path('.git/hooks/pre-commit')));
  });
});
