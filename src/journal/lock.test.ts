import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newDirectory } from './journal-fixture.ts';
import { lockDirectory, lockHolder, systemProcesses, type Holder } from './lock.ts';

const dead: Holder = { pid: 4_000_000, start: 'long ago' };

function tableOf(self: Holder, living: readonly Holder[]) {
  const isAlive = ({ pid, start }: Holder): boolean =>
    living.some((one) => one.pid === pid && one.start === start);
  return { self: () => self, isAlive };
}

test('a lock is held until it is released', (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory);
  const release = lockDirectory(directory);
  assert.throws(() => lockDirectory(directory), { code: 'conflict' });
  release();
  lockDirectory(directory)();
  assert.deepEqual(readdirSync(directory), []);
});

test('the lock of a dead process is taken over; of two takers one wins', (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory);
  const one = { pid: 11, start: 'a' };
  const two = { pid: 12, start: 'b' };
  lockDirectory(directory, tableOf(dead, [dead]));
  lockDirectory(directory, tableOf(one, [one, two]));
  assert.throws(() => lockDirectory(directory, tableOf(two, [one, two])), {
    code: 'conflict',
    message: /process 11/,
  });
});

test('a live process that is just taking over is not disturbed; a dead one is', (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory);
  const taker = { pid: 11, start: 'a' };
  const me = { pid: 12, start: 'b' };
  writeFileSync(join(directory, 'lock'), JSON.stringify(dead));
  writeFileSync(join(directory, 'lock.takeover'), JSON.stringify(taker));
  assert.throws(() => lockDirectory(directory, tableOf(me, [me, taker])), { code: 'conflict' });
  lockDirectory(directory, tableOf(me, [me]))();
  assert.deepEqual(readdirSync(directory), []);
});

test('releasing does not remove the lock of somebody else', (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory);
  const release = lockDirectory(directory, tableOf(dead, []));
  lockDirectory(directory, tableOf({ pid: 12, start: 'b' }, []));
  release();
  assert.ok(existsSync(join(directory, 'lock')));
});

test('a lock that nobody can read belongs to nobody', (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory);
  writeFileSync(join(directory, 'lock'), '');
  lockDirectory(directory)();
});

test('the start time tells a process from a later one with the same pid', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const self = systemProcesses.self();
  assert.equal(systemProcesses.isAlive(self), true);
  assert.equal(systemProcesses.isAlive({ pid, start: self.start }), false, 'same pid, other start');
  assert.equal(systemProcesses.isAlive({ pid: self.pid, start: '1@another boot' }), false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(systemProcesses.isAlive({ pid, start: self.start }), false);
});

test('another process cannot open a directory that this one holds', (t) => {
  const directory = newDirectory(t);
  mkdirSync(directory);
  const release = lockDirectory(directory);
  const script = `import { lockDirectory } from ${JSON.stringify(new URL('./lock.ts', import.meta.url).href)};
    try { lockDirectory(${JSON.stringify(directory)}); console.log('taken'); } catch (error) { console.log(error.code); }`;
  const run = (): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim();
  assert.equal(run(), 'conflict');
  release();
  assert.equal(run(), 'taken');
  lockDirectory(directory)();
});

test('the holder of a lock is named while it lives', (t) => {
  const directory = newDirectory(t);
  assert.equal(lockHolder(directory), null);
  mkdirSync(directory);
  const release = lockDirectory(directory);
  assert.equal(lockHolder(directory), process.pid);
  release();
  assert.equal(lockHolder(directory), null);
  lockDirectory(directory, tableOf(dead, [dead]));
  assert.equal(lockHolder(directory), null);
});
