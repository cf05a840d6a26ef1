import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it, type TestContext } from 'node:test';
import { backup } from '../../../src/node/actions/backup.ts';
import { createLocal } from '../../../src/node/actions/local.ts';
import { LOCK_NAME, systemProcesses } from '../../../src/journal/lock.ts';
import type { Progress } from '../../../src/kernel/progress.ts';
import { openPrimary } from '../../../src/node/primary.ts';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { freePorts } from '../../free-ports.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { fillDisk, mountDisk } from '../journal/own-disk.ts';
import { allowMessages, PRICE, sendAtLast, sendMessage, spentOf, until } from '../spending.ts';

const BUDGET = 'budget_kept';

describe('a backup', () => {
  let node: TestNode;
  let folder: string;
  const local = createLocal({ ...process, env: {} });
  const take = (data: string, target: string, progress?: (progress: Progress) => void) =>
    backup(local, { config: null, data, json: false }, join(folder, target), progress);
  /** Starts a gateway on what a backup holds, with ports of its own. */
  async function restore(t: TestContext, made: string, workers = 2) {
    const { restored, apps } = await openCopy(t, made, workers);
    await restored.start();
    return { restored, apps };
  }
  async function openCopy(t: TestContext, made: string, workers: number) {
    const { config } = node.primary;
    const data = join(folder, `${basename(made)}-restored`);
    await cp(made, data, { recursive: true });
    await cp(join(config.data, 'key-ring'), join(data, 'key-ring'));
    const [apps = 0, proxy = 0, tls = 0] = await freePorts(3);
    const at = (port: number) => ({ host: '127.0.0.1', port });
    const listeners = { ...config.listeners, apps: at(apps), proxy: at(proxy), tls: at(tls), hosts: {} };
    const restored = await openPrimary({
      config: { ...config, listeners, data, workers },
      keyRing: { kind: 'file', path: join(data, 'key-ring') },
      say: () => {},
    });
    t.after(() => restored.close());
    return { restored, apps };
  }
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringfence-backup-'));
    node = await startNode({ workers: 2 });
    await allowMessages(node.primary, BUDGET, 10_000);
  });
  after(async () => {
    await node.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('that is taken under traffic goes on as a gateway, and knows all that was spent before', async (t) => {
    let sent = 0;
    let isOver = false;
    const client = async (): Promise<void> => {
      while (!isOver) if ((await sendMessage(node)).code === 'allowed') sent += 1;
    };
    const clients = Promise.all([client(), client(), client(), client()]);
    while (sent < 40) await sendMessage(node);
    const known = sent;
    const { config } = node.primary;
    const told: Progress[] = [];
    const made = await take(config.data, 'whole', (progress) => told.push(progress));
    const last = told.at(-1);
    assert.ok(last !== undefined && last.unit === 'MiB' && last.done === last.total, JSON.stringify(told));
    isOver = true;
    await clients;
    assert.ok((made.storeBytes ?? 0) > 0 && made.journals.files >= 3);
    assert.equal((await stat(made.folder)).mode & 0o077, 0);

    const { restored, apps } = await restore(t, made.folder);
    const gateway = `http://127.0.0.1:${apps}`;
    const answer = await sendAtLast({ ...node, gateway });
    assert.equal(answer.code, 'allowed', 'its keys and accounts are there');
    const spent = (await spentOf(restored, BUDGET)) ?? 0;
    assert.ok(spent >= known * PRICE, `${spent} of ${known * PRICE}`);
    const services = createAdminServices(restored, 0);
    assert.deepEqual((await services.ledger.verify()).problems, []);
    assert.deepEqual((await services.journal.verify()).problems, []);
  });

  it('goes on with fewer processes: what the others have in their journals counts, and their slices end', async (t) => {
    const { leases } = node.primary.store;
    const holders = async () => new Set((await leases.open()).map((lease) => lease.node));
    while (!(await holders()).has('w1'))
      await Promise.all(Array.from({ length: 8 }, () => sendMessage(node)));
    const made = await take(node.primary.config.data, 'of-two');
    const { restored } = await restore(t, made.folder, 1);
    const open = await restored.store.leases.open();
    assert.deepEqual(
      open.filter((lease) => lease.node === 'w1'),
      [],
    );
    // It has loaded all that it has; the other one follows its answers.
    const spent = await spentOf(restored, BUDGET);
    await until(async () => ((await spentOf(node.primary, BUDGET)) === spent ? true : null));
    const { journals, problems } = await createAdminServices(restored, 0).journal.verify();
    assert.deepEqual([journals.map((one) => one.node), problems], [['control', 'w0', 'w1'], []]);
  });

  it('holds the kill switches that the store could not take yet: what was stopped stays so', async (t) => {
    const kill = { id: 'kill_x', scope: 'all', target: '', reason: 'fraud', actor: 'ada', createdAt: 1 };
    await writeFile(node.primary.paths.kills, JSON.stringify([kill]), { mode: 0o600 });
    t.after(() => rm(node.primary.paths.kills));
    const { folder: made } = await take(node.primary.config.data, 'stopped');
    const { restored, apps } = await restore(t, made);
    assert.deepEqual(
      restored.kills.list().map(({ id }) => id),
      [kill.id],
    );
    const answer = await sendMessage({ ...node, gateway: `http://127.0.0.1:${apps}` });
    assert.equal(answer.code, 'killed');
  });

  it('replaces nothing, and leaves no half of one', async () => {
    await assert.rejects(take(node.primary.config.data, 'whole'), { code: 'conflict' });
    await assert.rejects(take(join(folder, 'nothing'), 'other'), { code: 'not_found' });
    const names = ['of-two', 'stopped', 'whole'].flatMap((name) => [name, `${name}-restored`]);
    assert.deepEqual((await readdir(folder)).toSorted(), names);
  });

  it('says that there is no room where there is none, and not that the store has failed', async (t) => {
    const disk = mountDisk(t, 2);
    if ('reason' in disk) return t.skip(disk.reason);
    fillDisk(disk.path, join(disk.path, 'other'), 64 * 1024);
    const options = { config: null, data: node.primary.config.data, json: false };
    await assert.rejects(backup(local, options, join(disk.path, 'backup')), {
      code: 'store_unavailable',
      message:
        /^The store cannot be copied: the disk of .*backup\.partial has 0 MiB free, and the store takes \d+ MiB. Make room/,
    });
    assert.deepEqual(await readdir(disk.path), ['other']);
  });

  it('deletes no folder that it has not made, as another backup that runs, and one that somebody keeps', async (t) => {
    const kept = join(folder, 'kept.partial');
    await mkdir(kept);
    t.after(() => rm(kept, { recursive: true }));
    await writeFile(join(kept, 'notes'), 'mine');
    await assert.rejects(take(node.primary.config.data, 'kept'), {
      code: 'conflict',
      message: /kept\.partial exists already.*remove it/,
    });
    assert.deepEqual(await readdir(kept), ['notes']);
  });

  it('takes no request before the journals of all processes are loaded: an older store would give again what they spent', async (t) => {
    const budget = 'budget_few';
    await allowMessages(node.primary, budget, 16);
    const older = await take(node.primary.config.data, 'older');
    const spend = () => Promise.all(Array.from({ length: 8 }, () => sendAtLast(node)));
    while ((await spend()).some(({ code }) => code === 'allowed'));
    const newer = await take(node.primary.config.data, 'newer');
    const store = basename(node.primary.paths.store);
    await cp(join(older.folder, store), join(newer.folder, store));
    const { restored, apps } = await openCopy(t, newer.folder, 2);
    const lock = join(restored.paths.journal, 'w1', LOCK_NAME);
    await writeFile(lock, JSON.stringify(systemProcesses.self()));
    const there = { ...node, gateway: `http://127.0.0.1:${apps}` };
    const answers: string[] = [];
    const started = restored.start();
    let isOver = false;
    const asked = (async () => {
      for (; !isOver; await sleep(50))
        await sendMessage(there).then(
          ({ code }) => void answers.push(code),
          () => {},
        );
    })();
    await assert.rejects(started, { code: 'conflict' });
    isOver = true;
    await asked;
    assert.deepEqual(answers, []);
  });
});
