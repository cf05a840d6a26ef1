import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import type { KillRecord } from '../../../src/store/records.ts';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';
import { allReports, firstReport, until } from '../spending.ts';

const WORKERS = 3;
const CLIENTS = 24;

interface Answer {
  readonly startedAt: number;
  readonly status: number;
  readonly decision: string;
}

describe('what has been withdrawn, while three processes are under load', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode({ workers: WORKERS });
  });
  after(() => node.close());

  it('lets nothing pass once the revocation has returned', async () => {
    const { answers, arrived } = await withdraw(async (id) => {
      await node.primary.keys.revoke(id);
    });
    assert.deepEqual(arrived, []);
    assertRefused(answers, 'key_revoked');
  });

  it('lets nothing pass from elsewhere once the networks of the key were replaced, and all again when it may come from there', async () => {
    let restricted = '';
    const { answers, arrived, again } = await withdraw(async (id) => {
      restricted = id;
      await node.primary.keys.restrict(id, { networks: ['192.0.2.0/24'] });
    });
    assert.deepEqual(arrived, []);
    assertRefused(answers, 'key_network');
    await node.primary.keys.restrict(restricted, { networks: ['127.0.0.0/8', '::1'] });
    assert.equal((await again()).status, 200);
  });

  for (const scope of ['all', 'vendor', 'key', 'app', 'account'] as const)
    it(`lets nothing pass once the kill switch for ${scope} is in force, and all again without it`, async () => {
      const id = `kill_${scope}`;
      const { answers, arrived, again } = await withdraw(async (key) => {
        const record = { id, scope, reason: 'test', actor: 'test', createdAt: Date.now() };
        await node.primary.store.kills.put({ ...record, target: targetOf(scope, key) });
        await node.primary.refreshKills();
      });
      assert.deepEqual(arrived, []);
      assertRefused(answers, 'killed');
      await node.primary.store.kills.remove(id);
      await node.primary.refreshKills();
      assert.equal((await again()).status, 200);
    });

  it('has ended a process that hangs once the revocation has returned, so that nothing passes there either', async () => {
    const { key, stop } = await load(node);
    stop();
    const { pid } = await firstReport(node.primary);
    process.kill(pid, 'SIGSTOP');
    await node.primary.keys.revoke(key);
    assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  function targetOf(scope: KillRecord['scope'], key: string): string {
    const { app = '', account = '' } = node.keys.get('telnyx/secret') ?? {};
    return { all: '', vendor: 'telnyx', key, app, account, country: 'DE' }[scope];
  }

  /** Puts load on a new key, withdraws it in the midst, and says what happened to requests that began after that. */
  async function withdraw(act: (key: string) => Promise<void>) {
    const { key, send, stop } = await load(node);
    const answers: Answer[] = [];
    let isRunning = true;
    const current: Promise<Answer>[] = [];
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      while (isRunning) answers.push(await (current[client] = send()));
    });
    const passed = () => answers.filter(({ status }) => status === 200).length;
    await until(async () => (passed() >= 10 * CLIENTS ? true : null)).catch(() =>
      assert.fail(`only ${passed()} passed before: ${answers.at(-1)?.decision}`),
    );
    const reports = await allReports(node.primary);
    assert.ok(
      reports.every(({ report }) => report.forwarded > 0),
      'a process had nothing to do',
    );
    await act(key);
    const end = performance.now();
    // What had passed the checks before may still be on its way to the vendor.
    await Promise.all(current);
    const { count } = node.sandbox.requests;
    const lateOnes = () => answers.filter(({ startedAt }) => startedAt >= end);
    await sleep(400);
    await until(async () => (lateOnes().length > CLIENTS ? true : null));
    isRunning = false;
    await Promise.all(clients);
    const late = lateOnes();
    const arrived = node.sandbox.requests.list(count);
    stop();
    return { answers: late, arrived, again: send };
  }
});

function assertRefused(answers: readonly Answer[], code: string): void {
  assert.ok(answers.length > CLIENTS, `only ${answers.length} requests were tried afterwards`);
  const others = answers.filter(({ decision }) => !decision.includes(`code=${code}`));
  assert.deepEqual(others.slice(0, 3), []);
}

/** Clients of a key of its own, spread over all processes. */
async function load({ primary, keys, ports }: TestNode) {
  const { app = '', account = '' } = keys.get('telnyx/secret') ?? {};
  const name = `load-${performance.now()}`;
  const made = await primary.keys.create({ app, account, name, lifetime: null, networks: [] });
  const authorization = `Bearer KEY${made.credential.verifier.reveal()}`;
  const body = JSON.stringify({ to: ALLOWED, from: FROM, text: 'x' });
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const send = (): Promise<Answer> => {
    const startedAt = performance.now();
    const headers = { authorization, 'content-type': 'application/json', 'content-length': body.length };
    const options = { agent, method: 'POST', port: ports.apps, path: '/api.telnyx.com/v2/messages', headers };
    return new Promise((resolve, reject) => {
      const sent = request({ ...options, host: '127.0.0.1' }, (response) => {
        const decision = String(response.headers['ringfence-decision']);
        response.on('end', () => resolve({ startedAt, status: response.statusCode ?? 0, decision })).resume();
      });
      sent.on('error', reject).end(body);
    });
  };
  return { key: made.record.id, send, stop: () => agent.destroy() };
}
