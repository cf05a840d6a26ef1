import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { startNode } from '../node-fixture.ts';
import { firstReport, sendMessage, until } from '../spending.ts';

test('an account that the key ring does not open stays closed and is told; the others are served, and it can be removed', async (t) => {
  const node = await startNode();
  t.after(() => node.close());
  const { store, supervisor, keys } = node.primary;
  const services = createAdminServices(node.primary, 0);
  const lost = (await store.accounts.list()).find(({ vendor }) => vendor === 'vonage');
  assert.ok(lost);
  // As after a restore beside a ring from which its key was dropped.
  await store.accounts.put({
    ...lost,
    sealed: lost.sealed.replace(/^rfs1\.[^.]+/, 'rfs1.2020-01-01-00000000'),
  });
  const before = await firstReport(node.primary);
  process.kill(before.pid, 'SIGKILL');
  await until(async () => ((await supervisor.reports()).some(({ pid }) => pid !== before.pid) ? true : null));
  await until(async () => (supervisor.isServing() ? true : null));
  assert.equal((await sendMessage(node)).code, 'allowed');
  const { apiKey = '', apiSecret = '' } = node.parts('vonage', 'secret');
  const url = `${node.gateway}/rest.nexmo.com/account/get-balance?api_key=${apiKey}&api_secret=${apiSecret}`;
  const refused = await fetch(url);
  assert.match(refused.headers.get('ringfence-decision') ?? '', /code=key_invalid/);
  const { alarms } = await services.system.status();
  assert.match(
    alarms.join('\n'),
    new RegExp(`^account ${lost.name} \\(${lost.id}\\) is closed: .*lacks the key`),
  );
  for (const key of await store.keys.list()) if (key.account === lost.id) await keys.revoke(key.id);
  await services.accounts.remove(lost, 'test');
  assert.deepEqual((await services.system.status()).alarms, []);
});
