import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { firstReport, until } from '../spending.ts';

interface Told {
  readonly workers: readonly { readonly node: string; readonly state: string }[];
}

describe('a data-plane process that hangs', () => {
  const said: string[] = [];
  let node: TestNode;
  let token: string;
  let stopAdmin: () => Promise<void>;
  before(async () => {
    node = await startNode({ workers: 2, say: (line) => void said.push(line) });
    token = (await ensureAdminToken(node.primary)) ?? '';
    stopAdmin = await startAdminServer(node.primary, () => {});
    process.kill((await firstReport(node.primary)).pid, 'SIGSTOP');
  });
  after(async () => {
    await stopAdmin();
    await node.close();
  });

  const get = (path: string) =>
    fetch(`http://127.0.0.1:${node.ports.admin}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(60_000),
    });
  const isKilled = () => said.some((line) => line.startsWith('w0 has not answered'));

  it('keeps neither status nor metrics nor the look at health from telling of the others', async () => {
    // On a slow machine the other one may also need longer than it is waited for.
    await until(async () => {
      const { workers } = (await (await get('/v1/status')).json()) as Told;
      const states = workers.map(({ state }) => state).join();
      return states === 'starting,ok' ? true : null;
    });
    await until(async () => {
      const metrics = await (await get('/metrics')).text();
      return /^ringfence_requests_total\{node="w1"\}/m.test(metrics) || null;
    });
    assert.equal((await get('/readyz')).status, 503);
    assert.ok(!isKilled(), 'they waited until it was killed');
  });

  it('keeps nobody from writing down the ledger time', async () => {
    const read = () => node.primary.store.settings.get('clock.ledgerTime');
    const seen = await read();
    await until(async () => ((await read()) === seen ? null : true));
  });

  it('is replaced in the end, although nothing has changed that it had to confirm', async () => {
    const { supervisor } = node.primary;
    await until(async () => isKilled() || null);
    assert.match(said.join('\n'), /^w0 has not answered for 15 seconds, and is killed/m);
    await until(async () => (supervisor.isServing() ? true : null));
    await until(async () => ((await supervisor.reports()).length === 2 ? true : null));
  });
});
