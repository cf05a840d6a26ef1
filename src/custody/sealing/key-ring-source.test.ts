import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { RingfenceError } from '../../kernel/errors.ts';
import { readKeyRing, writeKeyRing } from './key-ring-source.ts';

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ringfence-ring-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}
const missing = (text: string) => (error: unknown) =>
  error instanceof RingfenceError && error.code === 'key_ring_missing' && error.message.includes(text);

test('a ring file is written for its owner alone and read back', async (t) => {
  const path = join(await directory(t), 'ring.json');
  await writeKeyRing(path, 'ring', 'create');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await readKeyRing({ kind: 'file', path }), 'ring');
});

test('an existing ring is never overwritten by a new one, and replaced whole when asked', async (t) => {
  const folder = await directory(t);
  const path = join(folder, 'ring.json');
  await writeKeyRing(path, 'old', 'create');
  await assert.rejects(writeKeyRing(path, 'new', 'create'), { code: 'conflict' });
  assert.equal(await readFile(path, 'utf8'), 'old');
  await writeKeyRing(path, 'new', 'replace');
  assert.equal(await readFile(path, 'utf8'), 'new');
  assert.deepEqual(await readdir(folder), ['ring.json']);
});

const isRoot = process.getuid?.() === 0;

test('a ring that root changes stays that of its owner, who must read it', { skip: !isRoot }, async (t) => {
  const path = join(await directory(t), 'ring.json');
  await writeKeyRing(path, 'old', 'create');
  await chown(path, 4711, 4712);
  await writeKeyRing(path, 'new', 'replace');
  const { uid, gid, mode } = await stat(path);
  assert.deepEqual([uid, gid, mode & 0o777], [4711, 4712, 0o600]);
});

test('a ring file that others can read is refused, with what to do', async (t) => {
  const path = join(await directory(t), 'ring.json');
  await writeFile(path, 'ring');
  for (const mode of [0o644, 0o640, 0o604, 0o660]) {
    await chmod(path, mode);
    await assert.rejects(readKeyRing({ kind: 'file', path }), missing('chmod 600'));
  }
  await chmod(path, 0o400);
  assert.equal(await readKeyRing({ kind: 'file', path }), 'ring');
});

/** `-r--r-----+ root root`: the group bits are the mask of a list that names the user of the service. */
test('a ring that systemd hands over as a credential is taken', { skip: !isRoot }, async (t) => {
  const path = join(await directory(t), 'ring.json');
  await writeFile(path, 'ring', { mode: 0o600 });
  await chown(path, 0, 0);
  await chmod(path, 0o440);
  assert.equal(await readKeyRing({ kind: 'file', path }), 'ring');
  for (const [group, mode] of [
    [0, 0o444],
    [0, 0o460],
    [4712, 0o440],
  ] as const) {
    await chown(path, 0, group);
    await chmod(path, mode);
    await assert.rejects(readKeyRing({ kind: 'file', path }), missing('chmod 600'));
  }
});

test('an absent, oversized or non-file ring is refused', async (t) => {
  const folder = await directory(t);
  const path = join(folder, 'ring.json');
  await assert.rejects(
    readKeyRing({ kind: 'file', path }),
    missing('cannot be opened (ENOENT: no such file'),
  );
  await mkdir(join(folder, 'folder'), { mode: 0o700 });
  await assert.rejects(readKeyRing({ kind: 'file', path: join(folder, 'folder') }), missing('plain file'));
  await writeFile(path, Buffer.alloc(70_000), { mode: 0o600 });
  await assert.rejects(readKeyRing({ kind: 'file', path }), missing('too long'));
});

test('a ring from the environment comes in base64', async () => {
  const value = Buffer.from('ring').toString('base64');
  assert.equal(await readKeyRing({ kind: 'base64', value }), 'ring');
});
