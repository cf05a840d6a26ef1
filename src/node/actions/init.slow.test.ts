import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKeyRing } from '../../custody/sealing/key-ring.ts';

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

test('a token file that is gone is told, with the way to another token; one that is there is not spoken of', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const init = () => execFileSync(process.execPath, [MAIN, 'init'], { cwd: folder, encoding: 'utf8' });
  assert.match(init(), /^admin token +\S+admin-token$/m);
  assert.doesNotMatch(init(), /^admin token/m);
  rmSync(join(folder, '.ringfence/admin-token'));
  assert.match(init(), /^admin token +there is no \S+admin-token; .*`ringfence init --new-token`$/m);
});

test('a gateway that is there already is told, with what of it was left as it was', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const init = (...flags: readonly string[]) =>
    execFileSync(process.execPath, [MAIN, 'init', ...flags], { cwd: folder, encoding: 'utf8' });
  assert.doesNotMatch(init(), /already/);
  const kept = /^(\S+) holds a gateway already\. Left as it was: (.*)\.$/m;
  const [, data = '', list = ''] = kept.exec(init()) ?? [];
  assert.equal(data, join(folder, '.ringfence'));
  assert.equal(list, `ringfence.yaml, ${data}/key-ring, ${data}/admin-token, policy version 1`);
  assert.doesNotMatch(kept.exec(init('--new-token'))?.[2] ?? 'admin-token', /admin-token/);
});

test('a file for which there is no room is named, and no half of it is left', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = 'trap "" XFSZ; ulimit -f 0; exec "$@"'; // No file may grow.
  const initOf = (ring: Readonly<Record<string, string>>) =>
    spawnSync('sh', ['-c', script, 'sh', process.execPath, MAIN, 'init', '--data', 'elsewhere'], {
      cwd: folder,
      env: { ...process.env, ...ring },
      encoding: 'utf8',
    });
  assert.match(initOf({}).stderr, /elsewhere\/key-ring cannot be written \(EFBIG/);
  assert.ok(!existsSync(join(folder, 'elsewhere/key-ring')));
  const given = Buffer.from(generateKeyRing({ random: randomBytes, now: 0 })).toString('base64');
  assert.match(initOf({ RINGFENCE_KEY_RING: given }).stderr, /ringfence\.yaml cannot be written \(EFBIG/);
  assert.ok(!existsSync(join(folder, 'ringfence.yaml')), 'an empty one would lead to another data folder');
});

test('the command that `init` tells to go on with leads to what it made', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const next = (...named: readonly string[]) => {
    const told = execFileSync(process.execPath, [MAIN, 'init', ...named], { cwd: folder, encoding: 'utf8' });
    return /^Next: `(.*)`$/m.exec(told)?.[1];
  };
  writeFileSync(join(folder, 'own.yaml'), `data: ${join(folder, 'own')}\n`);
  assert.equal(next('--config', 'own.yaml'), 'ringfence serve --config own.yaml');
  assert.equal(next('--data', 'first'), 'ringfence serve', 'ringfence.yaml tells where it is');
  assert.equal(
    next('--data', 'second'),
    'ringfence serve --data second',
    'ringfence.yaml tells of the first',
  );
});

test('the variable that `init` names leads the other commands to the admin API, not to the token alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-init-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const init = (...named: readonly string[]) =>
    execFileSync(process.execPath, [MAIN, 'init', ...named], { cwd: folder, encoding: 'utf8' });
  writeFileSync(join(folder, 'own.yaml'), 'data: own\nlisteners: { admin: { port: 47913 } }\n');
  assert.match(
    init('--config', 'own.yaml'),
    new RegExp(`^The other commands find it with RINGFENCE_CONFIG=${join(folder, 'own.yaml')}$`, 'm'),
  );
  assert.match(
    init('--data', 'other'),
    /^The other commands find it with --data or RINGFENCE_DATA=\S*other$/m,
  );
  assert.doesNotMatch(init('--data', '.ringfence'), /The other commands/);
});
