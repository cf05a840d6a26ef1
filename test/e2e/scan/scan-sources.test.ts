import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tarOf, zipOf } from '../../../src/scan/sources/sources-fixture.ts';
import { line, openScanWorld, placesOf, read, type ScanWorld, TOKENS } from './scan-world.ts';

const [FIRST, SECOND, THIRD, FOURTH] = TOKENS;

describe('ringfence scan reads', () => {
  let world: ScanWorld;
  before(() => {
    world = openScanWorld();
  });
  after(() => world[Symbol.dispose]());

  it('a folder that is no repository, by the .gitignore files that stand in it', async () => {
    world.write({
      'plain/a.env': line(FIRST),
      'plain/.gitignore': '*.log\nbuild/\n!keep.log\n',
      'plain/x.log': line(SECOND),
      'plain/keep.log': line(SECOND),
      'plain/sub/.gitignore': '!x.log\nprivate*\n',
      'plain/sub/x.log': line(THIRD),
      'plain/sub/private.env': line(FOURTH),
      'plain/build/out.js': line(FOURTH),
    });
    const ran = await world.scan(['plain', '--json']);
    assert.equal(ran.code, 3, ran.stderr);
    assert.deepEqual(placesOf(ran), ['a.env:1', 'keep.log:1', 'sub/x.log:1']);
    assert.deepEqual(placesOf(await world.scan(['plain', '--ignored', '--json'])).length, 6);
  });

  it('a repository: what is tracked or new, but not what is ignored; submodules too', async () => {
    world.write({ 'repo/.gitignore': 'ignored.env\n' });
    world.git('init', '-q', 'repo');
    world.git('init', '-q', 'repo/module.js');
    world.write({
      'repo/tracked.env': line(FIRST),
      'repo/new.env': line(SECOND),
      'repo/ignored.env': line(FOURTH),
      'repo/module.js/.gitignore': 'no*\n',
      'repo/module.js/yes.env': line(THIRD),
      'repo/module.js/no.env': line(FOURTH),
    });
    world.git('-C', 'repo', 'add', 'tracked.env');
    world.git('-C', 'repo', 'commit', '-qm', 'one');
    const ran = await world.scan(['repo', '--json']);
    assert.deepEqual(placesOf(ran), ['module.js/yes.env:1', 'new.env:1', 'tracked.env:1']);
  });

  it('the same files of a repository that git refuses, as it is somebody else’s: what it tracks is not passed over', async () => {
    world.write({
      'theirs/.gitignore': '*.env\nno*\n',
      'theirs/a.env': line(FIRST),
      'theirs/no/b.js': line(SECOND),
    });
    world.write({ 'theirs/sub/c.js': line(THIRD) });
    world.git('init', '-q', 'theirs');
    world.git('-C', 'theirs', 'add', '-f', 'a.env');
    const refused = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    assert.deepEqual(placesOf(await world.scanWith(refused, ['theirs', '--json'])), [
      'a.env:1',
      'sub/c.js:1',
    ]);
    assert.deepEqual(placesOf(await world.scanWith(refused, ['theirs/no', '--json'])), ['b.js:1']);
    const staged = await world.scanWith(refused, ['theirs', '--staged']);
    assert.match(staged.stderr, /detected dubious ownership/);
  });

  it('everything where there is no git, and says so; a hook’s variables do not mislead it', async () => {
    const bare = await world.scanWith({ PATH: '/nowhere' }, ['plain', '--json']);
    assert.equal(placesOf(bare).length, 6);
    assert.match(read(bare).problems[0]?.problem ?? '', /no git in PATH/);
    const within = await world.scanWith({ GIT_DIR: world.path('repo/.git') }, ['plain', '--json']);
    assert.deepEqual(placesOf(within), ['a.env:1', 'keep.log:1', 'sub/x.log:1']);
  });

  it('a single file, and no link that leads out of the tree', async () => {
    world.write({ 'outside/secret.env': line(FIRST), 'linked/b.env': line(SECOND) });
    symlinkSync('../outside/secret.env', world.path('linked/a.env'));
    symlinkSync('../outside', world.path('linked/folder'));
    assert.deepEqual(placesOf(await world.scan(['linked', '--json'])), ['b.env:1']);
    assert.deepEqual(placesOf(await world.scan(['outside/secret.env', '--json'])), ['secret.env:1']);
  });

  it('no settings through a link that came with the tree, which may lead to what has no end', async () => {
    for (const name of ['.ringfence-scan.yaml', '.ringfence-baseline.json']) {
      world.write({ 'hostile/a.env': line(FIRST) });
      symlinkSync('/dev/zero', world.path(`hostile/${name}`));
      const ran = await world.scan(['hostile']);
      assert.ok(ran.code !== 0 && ran.code !== 3, ran.stdout);
      assert.match(ran.stderr, /cannot be read: it is no regular file/);
      rmSync(world.path(`hostile/${name}`));
    }
    symlinkSync('../elsewhere', world.path('hostile/.ringfence-baseline.json'));
    const update = await world.scan(['hostile', '--update-baseline']);
    assert.match(update.stderr, /is a link; nothing was written/);
    assert.ok(!existsSync(world.path('elsewhere')));
  });

  it('what it can, and tells of the rest in every format', async () => {
    const archive = Buffer.from(zipOf([{ path: '.env', content: line(FIRST).repeat(300) }]));
    archive.fill(0xff, 60, 64);
    world.write({ 'torn/a.zip': archive });
    for (const format of ['text', 'json', 'sarif', 'gitlab', 'junit', 'csv']) {
      const { stdout, stderr } = await world.scan(['torn', '--format', format]);
      assert.match(stdout + stderr, /a\.zip!\/\.env/, format);
    }
  });

  it('folders in folders, however deep', async () => {
    const path = `${'d/'.repeat(200)}a.env`;
    world.write({ [`deep/${path}`]: line(FIRST) });
    assert.deepEqual(placesOf(await world.scan(['deep', '--ignored', '--json'])), [`${path}:1`]);
  });

  it('names that are no UTF-8, and does not wait for pipes', async () => {
    mkdirSync(world.path('odd'));
    execFileSync(
      'sh',
      ['-c', `printf '%s' "$1" > "$(printf 'odd/\\377.env')"; mkfifo odd/pipe`, 'sh', line(FIRST)],
      {
        cwd: world.folder,
      },
    );
    assert.equal(placesOf(await world.scan(['odd', '--json'])).length, 1);
    assert.equal(placesOf(await world.scan(['odd', '--ignored', '--json'])).length, 1);
  });

  it('UTF-16, archives, notebooks and base64', async () => {
    const hidden = Buffer.from(FOURTH).toString('base64');
    world.write({
      'forms/a.ps1': Buffer.from(`\uFEFF\r\n$env:${line(FIRST)}`, 'utf16le'),
      'forms/a.tgz': gzipSync(
        tarOf([{ path: 'lib/app.jar', content: zipOf([{ path: 'c.env', content: line(SECOND) }]) }]),
      ),
      'forms/a.ipynb': JSON.stringify(
        { cells: [{ source: ['import os\n', `TWILIO_AUTH_TOKEN = "${THIRD}"\n`] }] },
        null,
        1,
      ),
      'forms/k8s.yaml': `kind: Secret\ndata:\n  TWILIO_AUTH_TOKEN: ${hidden}\n`,
    });
    assert.deepEqual(placesOf(await world.scan(['forms', '--json'])), [
      'a.ipynb:6',
      'a.ps1:2',
      'a.tgz!/lib/app.jar!/c.env:1',
      'k8s.yaml:3',
    ]);
  });

  it('a zip bomb and a damaged archive are told, and the rest is scanned', async () => {
    world.write({
      'bombs/bomb.gz': gzipSync(Buffer.alloc(100 << 20)),
      'bombs/cut.zip': zipOf([{ path: 'a', content: 'x'.repeat(5000) }]).subarray(0, 40),
      'bombs/z.env': line(FIRST),
    });
    const ran = await world.scan(['bombs', '--json']);
    assert.deepEqual(placesOf(ran), ['z.env:1']);
    assert.deepEqual(
      read(ran).problems.map(({ where }) => where),
      ['bomb.gz', 'cut.zip'],
    );
  });

  it('standard input, also when it is long', async () => {
    const ran = await world.scan(['--stdin', '--json'], `${'x\n'.repeat(6_000_000)}${line(FIRST)}`);
    assert.equal(ran.code, 3);
    assert.deepEqual(placesOf(ran), ['-:6000001']);
  });

  it('every layer of an image, in both forms of archives', async () => {
    const layer = tarOf([{ path: 'app/.env', content: line(FIRST) }]);
    const upper = tarOf([{ path: 'app/.wh..env', content: '' }]);
    const settings = JSON.stringify({ config: { Env: [`TWILIO_AUTH_TOKEN=${SECOND}`] } });
    const digest = 'ab'.repeat(32);
    world.write({
      'docker.tar': tarOf([
        { path: 'manifest.json', content: '[]' },
        { path: 'f00d.json', content: settings },
        { path: 'one/layer.tar', content: layer },
        { path: 'two/layer.tar', content: upper },
      ]),
      'folder.tar': tarOf([{ path: `./blobs/sha256/${digest}`, content: layer }]),
      'oci.tar': tarOf([
        { path: `blobs/sha256/${digest}`, content: gzipSync(layer) },
        { path: 'blobs/sha256/cd', content: settings },
        { path: 'oci-layout', content: '{}' },
      ]),
    });
    const docker = await world.scan(['--image', 'docker.tar', '--json']);
    assert.deepEqual(placesOf(docker), ['app/.env:1', 'f00d.json:1']);
    const oci = await world.scan(['--image', 'oci.tar', '--json']);
    assert.deepEqual(
      new Set(read(oci).findings.flatMap(({ places }) => places.map(({ layer: name }) => name))),
      new Set(['image', `sha256:${digest}`]),
    );
    const folder = await world.scan(['--image', 'folder.tar', '--json']);
    assert.equal(
      read(folder).findings[0]?.places[0]?.layer,
      `sha256:${digest}`,
      'as `tar -C folder .` packs it',
    );
  });

  it('an image that is none, or is cut, is told', async () => {
    world.write({ 'text.tar': 'no archive' });
    assert.equal((await world.scan(['--image', 'text.tar'])).code, 1);
    assert.equal((await world.scan(['--image', 'nowhere.tar'])).code, 1);
    const folder = await world.scan(['--image', '.']);
    assert.equal(folder.code, 1);
    assert.match(folder.stderr, /is a folder, and an image is read from an archive: tar -cf/);
    truncateSync(world.path('docker.tar'), 2000);
    const ran = await world.scan(['--image', 'docker.tar', '--json']);
    assert.equal(read(ran).problems.length, 1);
  });
});
