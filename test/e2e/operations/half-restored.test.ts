import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { generateKeyRing } from '../../../src/custody/sealing/key-ring.ts';
import { LONGEST_CHILD } from '../longest-child.ts';
import { writeConfiguration } from '../node-fixture.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');

describe('a data folder of which only a part was restored', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-half-'));
  const data = join(folder, 'data');
  const ringfence = (...words: readonly string[]) =>
    spawnSync(process.execPath, [MAIN, ...words], { cwd: folder, encoding: 'utf8', timeout: LONGEST_CHILD });
  before(async () => {
    await writeConfiguration(folder);
    assert.equal(ringfence('init').status, 0);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('gets no empty store beside its journals, under which nothing that is put back later would fit', () => {
    const token = readFileSync(join(data, 'admin-token'), 'utf8');
    renameSync(join(data, 'ringfence.db'), join(folder, 'ringfence.db'));
    for (const command of ['serve', 'init']) {
      const { status, stderr } = ringfence(command);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /journal holds records, but .*ringfence\.db holds no store: put back/);
      assert.ok(!existsSync(join(data, 'ringfence.db')));
    }
    assert.equal(readFileSync(join(data, 'admin-token'), 'utf8'), token);
    renameSync(join(folder, 'ringfence.db'), join(data, 'ringfence.db'));
    assert.equal(ringfence('init').status, 0);
  });

  it('gets none in the place of a file that was emptied, either', () => {
    const token = readFileSync(join(data, 'admin-token'), 'utf8');
    renameSync(join(data, 'ringfence.db'), join(folder, 'ringfence.db'));
    writeFileSync(join(data, 'ringfence.db'), '');
    const { status, stderr } = ringfence('init');
    assert.equal(status, 1, stderr);
    assert.match(stderr, /ringfence\.db holds no store: put back/);
    assert.equal(readFileSync(join(data, 'ringfence.db'), 'utf8'), '');
    assert.equal(readFileSync(join(data, 'admin-token'), 'utf8'), token);
    renameSync(join(folder, 'ringfence.db'), join(data, 'ringfence.db'));
  });

  it('gets no new key ring either, and `doctor` does not send anybody to `init`', () => {
    for (const name of ['ringfence.db', 'key-ring']) renameSync(join(data, name), join(folder, name));
    const { status, stderr } = ringfence('init');
    assert.equal(status, 1, stderr);
    assert.match(stderr, /ringfence\.db holds no store: put back/);
    assert.ok(!existsSync(join(data, 'key-ring')));
    renameSync(join(folder, 'key-ring'), join(data, 'key-ring'));
    const told = ringfence('doctor').stdout;
    assert.match(told, /FINDING {2}store: .*ringfence\.db holds no store: put back/);
    assert.doesNotMatch(told, /ringfence init/);
    renameSync(join(folder, 'ringfence.db'), join(data, 'ringfence.db'));
  });

  it('and the key ring of another gateway is told by `doctor`, which leaves nothing behind', () => {
    const path = join(data, 'key-ring');
    const own = readFileSync(path);
    assert.match(ringfence('doctor').stdout, /ok {7}key ring: opens/);
    const other = generateKeyRing({ random: randomBytes, now: 0 });
    writeFileSync(path, other);
    const before = readdirSync(data);
    assert.match(
      ringfence('doctor').stdout,
      /FINDING {2}key ring: The key ring lacks the key .*\n +Do what the message says, or set RINGFENCE_KEY_RING or/,
    );
    assert.deepEqual(readdirSync(data), before);
    writeFileSync(path, own);
  });

  it('and a key ring that others may read, or that is away, is not to be made anew', () => {
    const path = join(data, 'key-ring');
    chmodSync(path, 0o644);
    assert.match(ringfence('doctor').stdout, /run `chmod 600` on it.*\n +Do what the message says, or set/);
    chmodSync(path, 0o600);
    renameSync(path, join(folder, 'key-ring'));
    assert.match(ringfence('doctor').stdout, /key ring: .*no such file.*\n +Put it back, or set/);
    renameSync(join(folder, 'key-ring'), path);
  });
});
