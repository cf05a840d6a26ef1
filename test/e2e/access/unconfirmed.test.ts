import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startNode } from '../node-fixture.ts';
import { firstReport, sendMessage, until } from '../spending.ts';

test('a process that cannot put a change in force does not go on with what was', async (t) => {
  const said: string[] = [];
  const node = await startNode({ say: (line) => void said.push(line) });
  t.after(() => node.close());
  const { supervisor } = node.primary;
  const pids = async () => (await supervisor.reports()).map(({ pid }) => pid);
  const { pid: before } = await firstReport(node.primary);
  assert.equal((await sendMessage(node)).code, 'allowed');
  await supervisor.broadcast({ kind: 'trust', certificate: 'none', hosts: [] });
  assert.ok(!(await pids()).includes(before), 'it lives');
  assert.match(said.join('\n'), /^w0 did not confirm a change of trust: .*JSON/m);
  await until(async () => (supervisor.isServing() ? true : null));
  assert.equal((await sendMessage(node)).code, 'allowed');
});
