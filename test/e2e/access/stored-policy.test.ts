import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdminServices } from '../../../src/node/services/services.ts';
import { startNode } from '../node-fixture.ts';
import { sendMessage } from '../spending.ts';

const GOOD =
  'version: 1\nmode: enforce\nrules:\n  - { id: all, effect: allow, what: { actions: [message.send] } }\n';
/** As an earlier version took it. */
const BAD = `${GOOD}  - { id: no, effect: deny, to: { prefixes: ["+0049"] } }\n`;

test('a stored policy that this version refuses allows nothing, says so, and can be replaced', async (t) => {
  const said: string[] = [];
  const node = await startNode({ say: (line) => void said.push(line) });
  t.after(() => node.close());
  const { store, refreshPolicy } = node.primary;
  const services = createAdminServices(node.primary, 0);
  const put = (source: string, expected: number) =>
    store.policies.put({ source, createdAt: Date.now(), actor: 'test' }, expected);
  const version = (await store.policies.active())?.version ?? 0;
  await put(BAD, version);
  await refreshPolicy();
  assert.equal((await sendMessage(node)).code, 'policy_denied');
  const { alarms } = await services.system.status();
  assert.match(
    alarms.join('\n'),
    /^policy \d+ is not in force, so nothing is allowed: .*prefixes.*calling code/,
  );
  await services.policy.put(GOOD, version + 1, 'test');
  assert.equal((await sendMessage(node)).code, 'allowed');
  assert.deepEqual((await services.system.status()).alarms, []);
});
