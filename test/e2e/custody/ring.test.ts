import assert from 'node:assert/strict';
import { readlinkSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { createLocal } from '../../../src/node/actions/local.ts';
import { createRingActions } from '../../../src/node/actions/ring.ts';
import { openPrimary } from '../../../src/node/primary.ts';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { firstReport, sendMessage, until } from '../spending.ts';

describe('the keys of a key ring are replaced', () => {
  let node: TestNode;
  let first: TestNode;
  let path: string;
  let old: string | undefined;
  const { list, add, drop } = createRingActions(createLocal({ ...process, env: {} }));
  const options = () => ({ config: null, data: node.primary.config.data, json: false });
  const rekey = () => createAdminServices(node.primary, 0).accounts.rekey('ada');

  before(async () => {
    node = first = await startNode();
    path = node.primary.paths.keyRing;
    // As secrets are mounted.
    renameSync(path, `${path}.mounted`);
    symlinkSync(`${path}.mounted`, path);
  });
  after(async () => {
    await node.primary.close();
    await first.close();
  });

  async function restart(): Promise<void> {
    const { config } = node.primary;
    await node.primary.close();
    const keyRing = { kind: 'file', path } as const;
    node = { ...node, primary: await openPrimary({ config, keyRing, databaseUrl: undefined, say() {} }) };
    await node.primary.start();
  }

  it('with a newer one, which a gateway uses once it has restarted', async () => {
    [old] = (await list(options())).keys;
    const { keys, place } = await add(options());
    assert.equal(place, path);
    assert.deepEqual([keys.length, keys[0]], [2, old]);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(readlinkSync(path), `${path}.mounted`);
    const { ringKey, unread } = await rekey();
    assert.equal(ringKey, old);
    assert.equal(unread, keys[1], 'which says that it has not read the newer one');
    await assert.rejects(drop(options(), ringKey), { code: 'conflict', message: /restart the gateway/ });
    assert.equal((await list(options())).keys.length, 2);
  });

  it('without which nothing opens any more, when everything is sealed with the new one', async () => {
    await restart();
    assert.equal((await sendMessage(node)).code, 'allowed');
    const { ringKey, rewrapped, failed, unread } = await rekey();
    assert.ok(rewrapped > 0);
    assert.equal(unread, null);
    assert.deepEqual(failed, []);
    assert.deepEqual((await drop(options(), ringKey)).keys, [ringKey]);
    assert.notEqual(ringKey, old);
  });

  it('and neither a process that starts nor the next start of the gateway misses the old ones', async () => {
    const report = async () => (await node.primary.supervisor.reports())[0];
    const { pid, epoch: dead } = await firstReport(node.primary);
    process.kill(pid, 'SIGKILL');
    await until(async () => ((await report())?.epoch ?? 0) > dead || null);
    assert.equal(
      await until(() =>
        sendMessage(node).then(
          ({ code }) => code,
          () => null,
        ),
      ),
      'allowed',
    );
    await restart();
    assert.equal((await sendMessage(node)).code, 'allowed');
  });

  it('but not where the ring is a variable, which only its owner can change', async () => {
    const { add: addTo } = createRingActions(
      createLocal({ ...process, env: { RINGFENCE_KEY_RING: 'e30=' } }),
    );
    await assert.rejects(addTo(options()), { code: 'usage', message: /RINGFENCE_KEY_RING/ });
  });
});
