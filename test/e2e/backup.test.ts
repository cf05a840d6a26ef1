import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { backup } from '../../src/node/actions/backup.ts';
import { createLocal } from '../../src/node/actions/local.ts';
import type { Progress } from '../../src/kernel/progress.ts';
import { openPrimary } from '../../src/node/primary.ts';
import { createAdminServices } from '../../src/node/services/services.ts';
import { freePorts, startNode, type TestNode } from './node-fixture.ts';
import { allowMessages, PRICE, sendMessage, spentOf } from './spending.ts';

const BUDGET = 'budget_kept';

describe('a backup', () => {
  let node: TestNode;
  let folder: string;
  const local = createLocal({ ...process, env: {} });
  const take = (data: string, target: string, progress?: (progress: Progress) => void) =>
    backup(local, { config: null, data, json: false }, join(folder, target), progress);
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

    const data = join(folder, 'restored');
    await cp(made.folder, data, { recursive: true });
    await cp(join(config.data, 'key-ring'), join(data, 'key-ring'));
    const [apps = 0, proxy = 0, tls = 0] = await freePorts(3);
    const at = (port: number) => ({ host: '127.0.0.1', port });
    const listeners = { ...config.listeners, apps: at(apps), proxy: at(proxy), tls: at(tls), hosts: {} };
    const restored = await openPrimary({
      config: { ...config, listeners, data },
      keyRing: { kind: 'file', path: join(data, 'key-ring') },
      say: () => {},
    });
    t.after(() => restored.close());
    await restored.start();
    const gateway = `http://127.0.0.1:${apps}`;
    const answer = await sendMessage({ ...node, gateway });
    assert.equal(answer.code, 'allowed', 'its keys and accounts are there');
    const spent = (await spentOf(restored, BUDGET)) ?? 0;
    assert.ok(spent >= known * PRICE, `${spent} of ${known * PRICE}`);
    const services = createAdminServices(restored, 0);
    assert.deepEqual((await services.ledger.verify()).problems, []);
    assert.deepEqual((await services.journal.verify()).problems, []);
  });

  it('replaces nothing, and leaves no half of one', async () => {
    await assert.rejects(take(node.primary.config.data, 'whole'), { code: 'conflict' });
    await assert.rejects(take(join(folder, 'nothing'), 'other'), { code: 'not_found' });
    assert.deepEqual((await readdir(folder)).toSorted(), ['restored', 'whole']);
  });
});
