import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fillDisk, mountDisk } from '../journal/own-disk.ts';
import { LONGEST_CHILD } from '../longest-child.ts';
import { startNode, writeConfiguration } from '../node-fixture.ts';
import { allowMessages, sendAtLast, sendMessage, spentOf, until } from '../spending.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');
const MIB = 1024 * 1024;
const BUDGET = 'budget_on_a_small_disk';

describe('a disk that fills up under a gateway', () => {
  it('is told of before a store fails, stops spending, and lets it go on once there is room', async (t) => {
    const disk = mountDisk(t, 48);
    if ('reason' in disk) return t.skip(disk.reason);
    const said: string[] = [];
    const journal = { segmentBytes: MIB, minFreeBytes: 8 * MIB };
    const node = await startNode({ parent: disk.path, journal, say: (line) => said.push(line) });
    t.after(() => node.close());
    await allowMessages(node.primary, BUDGET, 100);
    assert.equal((await sendAtLast(node)).code, 'allowed');
    const ballast = join(disk.path, 'ballast');
    fillDisk(disk.path, ballast, 6 * MIB);
    const isSaid = (line: RegExp) => until(async () => (said.some((one) => line.test(one)) ? true : null));
    await isSaid(
      /^the journal takes no new records, so nothing may be spent: there is too little room in .*journal/,
    );
    await until(async () => ((await sendMessage(node)).code === 'journal_unavailable' ? true : null));
    rmSync(ballast);
    await isSaid(/^the journal takes records again$/);
    await until(async () => ((await sendMessage(node)).code === 'allowed' ? true : null));
    const sent = node.sandbox.bill.totals().find(({ vendor }) => vendor === 'twilio')?.amount ?? 0;
    await until(async () => ((await spentOf(node.primary, BUDGET)) === sent ? true : null));
  });
});

describe('a file system that has become read-only', () => {
  it('is what `doctor` finds, and `backup` says where to look', async (t) => {
    const disk = mountDisk(t, 32);
    if ('reason' in disk) return t.skip(disk.reason);
    await writeConfiguration(disk.path);
    const ringfence = (...words: readonly string[]) =>
      spawnSync(process.execPath, [MAIN, ...words], {
        cwd: disk.path,
        encoding: 'utf8',
        timeout: LONGEST_CHILD,
      });
    assert.equal(ringfence('init').status, 0);
    assert.equal(spawnSync('mount', ['-o', 'remount,ro', disk.path]).status, 0);
    assert.match(
      ringfence('doctor').stdout,
      /FINDING {2}disk: the file system of .*data is read-only\n +See what/,
    );
    const { status, stderr } = ringfence('backup', `${disk.path}-backup`);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /The store cannot be copied: The store file cannot be opened: look at the disk/);
  });
});
