import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startNode, type TestNode } from './node-fixture.ts';
import { until } from './spending.ts';

const STEP = 400 * 86_400_000;
/** What a process sees that starts while the system's clock is wrong. */
const WRONG = `--import data:text/javascript,const{now}=Date;Date.now=()=>now()+${STEP}`;

describe('a data-plane process that starts while the wall clock is far ahead', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  it('goes by the ledger time of its node, in which keys expire and budgets begin anew', async () => {
    const { supervisor, clock } = node.primary;
    const [first] = await supervisor.reports();
    const options = process.env['NODE_OPTIONS'] ?? '';
    process.env['NODE_OPTIONS'] = `${options} ${WRONG}`;
    process.kill(first?.pid ?? 0, 'SIGKILL');
    const next = await until(async () => {
      const [found] = await supervisor.reports();
      return found === undefined || found.pid === first?.pid ? null : found;
    }).finally(() => (process.env['NODE_OPTIONS'] = options));
    const ahead = next.report.ledgerTime - clock.ledger();
    assert.ok(Math.abs(ahead) < 60_000, `${ahead} ms ahead`);
    const saved = await until(async () => node.primary.store.settings.get('clock.ledgerTime'));
    assert.ok(Number(saved) < Date.now() + 60_000, `a restart would begin at ${saved}`);
  });
});
