import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, it, test } from 'node:test';
import { micros } from '../../../src/kernel/money.ts';
import { runTorture } from '../../torture/run.ts';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';
import { until } from '../spending.ts';

/** Two messages of this price are less than 2 % of the small budget. */
const OPERATIONS = 2000;

/** Thousands of requests and a dozen starts of a gateway: minutes on a loaded machine. */
const timeout = 600_000;
test(
  'killed processes, lost answers and late prices cost nobody a cent, and no cent is lost',
  { timeout },
  async (t) => {
    const said: string[] = [];
    const result = await runTorture({
      operations: OPERATIONS,
      seconds: Infinity,
      processes: 2,
      operationsPerKill: OPERATIONS / 6,
      isCruel: true,
      isLoud: false,
      say: (line) => void said.push(line),
    });
    t.diagnostic(JSON.stringify(result));
    const told = said.join('\n');
    assert.equal(result.operations, OPERATIONS);
    assert.equal(result.overshootMicros, 0, told);
    assert.equal(result.phantomMicros, 0, told);
    assert.equal(result.ledgerEqualsBill, true, told);
    assert.deepEqual(result.problems, []);
    assert.ok(result.utilisation >= 0.98, told);
    assert.ok(result.kills > 0 && result.settlements > OPERATIONS / 20, told);
  },
);

const WORKERS = 3;
const REQUESTS = 1000;
/** The latter two of a slow machine, whose money or journal comes late. */
const REFUSALS = new Set(['budget_exceeded', 'budget_unavailable', 'journal_unavailable']);

describe('a budget for exactly k requests', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode({ workers: WORKERS });
  });
  after(() => node.close());

  for (const k of [1, 333, 999])
    it(`lets ${k} of ${REQUESTS} parallel ones pass, over ${WORKERS} processes`, async () => {
      const send = await clientOf(node, k);
      const answers = await Promise.all(Array.from({ length: REQUESTS }, send));
      const refused = answers.filter(({ status }) => status !== 200);
      assert.deepEqual(refused.filter(({ code }) => !REFUSALS.has(code ?? '')).slice(0, 3), []);
      // Who asked for money that was just on its way from one process to another may have been turned away.
      let passed = REQUESTS - refused.length;
      assert.ok(passed <= k, `${passed} passed`);
      for (; passed < k; passed += 1) await until(async () => ((await send()).status === 200 ? true : null));
      for (let more = 0; more < 5; more += 1) assert.notEqual((await send()).status, 200);
      const nodes = new Set(answers.flatMap(({ node: from }) => (from === null ? [] : [from])));
      assert.equal(nodes.size, WORKERS, 'a process had nothing to do');
    });
});

interface Answer {
  readonly status: number;
  readonly code: string | null;
  /** The process that decided. */
  readonly node: string | null;
}

/** Sends with a key of its own, on connections of their own, under a budget of its own for `k` requests. */
async function clientOf({ primary, keys, ports }: TestNode, k: number): Promise<() => Promise<Answer>> {
  const { app = '', account = '' } = keys.get('telnyx/secret') ?? {};
  const name = `exactly-${k}`;
  const made = await primary.keys.create({ app, account, name, lifetime: null, networks: [] });
  await primary.store.budgets.put({
    id: `budget_${name}`,
    name,
    scope: { keys: [made.record.id] },
    unit: 'count',
    currency: 'MESSAGES',
    limit: micros(k * 1_000_000),
    window: { kind: 'total' },
    rates: {},
    createdAt: 0,
  });
  await primary.refreshBudgets();
  const body = JSON.stringify({ to: ALLOWED, from: FROM, text: 'x' });
  const agent = new Agent({ keepAlive: false });
  const headers = {
    authorization: `Bearer KEY${made.credential.verifier.reveal()}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const options = { agent, method: 'POST', port: ports.apps, path: '/api.telnyx.com/v2/messages', headers };
  return () =>
    new Promise((resolve, reject) => {
      const sent = request({ ...options, host: '127.0.0.1' }, (response) => {
        const decision = String(response.headers['ringfence-decision']);
        const answer = {
          status: response.statusCode ?? 0,
          code: /code=(\w+)/.exec(decision)?.[1] ?? null,
          node: /id=(\w+)-/.exec(decision)?.[1] ?? null,
        };
        response.on('end', () => resolve(answer)).resume();
      });
      sent.on('error', reject).end(body);
    });
}
