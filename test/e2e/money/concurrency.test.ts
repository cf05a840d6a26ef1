import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allReports, firstReport } from '../spending.ts';

const WORKERS = 3;
const MOST = 5;
const CLIENTS = 40;
const VENDOR_MILLISECONDS = 20;
const MOST_TURNS = 20;

const POLICY = `version: 1
mode: enforce
rules:
  - { id: read, effect: allow, what: { effects: [read, pii] } }
limits:
  - { id: together, per: app, concurrency: ${MOST} }
`;

/** A vendor that takes its time, and counts how many requests it has at a time. */
function createSlowVendor() {
  let running = 0;
  const seen = { most: 0 };
  const server = createServer((_request, response) => {
    running += 1;
    seen.most = Math.max(seen.most, running);
    const timer = setTimeout(() => {
      response.setHeader('content-type', 'application/json').end('{"data":{"balance":"1.00"}}');
    }, VENDOR_MILLISECONDS);
    response.on('close', () => {
      clearTimeout(timer);
      running -= 1;
    });
  });
  return { server, seen };
}

describe('a limit of requests at a time, over three processes', () => {
  let node: TestNode;
  let key: string;
  let server: Server;
  let seen: ReturnType<typeof createSlowVendor>['seen'];
  before(async () => {
    ({ server, seen } = createSlowVendor());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    node = await startNode({ workers: WORKERS });
    const { primary } = node;
    await primary.store.policies.put({ source: POLICY, createdAt: Date.now(), actor: 'test' }, 1);
    await primary.refreshPolicy();
    const account = await primary.accounts.seal({
      vendor: 'telnyx',
      name: 'slow',
      values: { apiKey: `KEY${'0'.repeat(32)}_${'a'.repeat(22)}` },
      upstream: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    });
    const wanted = { app: 'app_test', account: account.id, name: 'slow', lifetime: null, networks: [] };
    key = `KEY${(await primary.keys.create(wanted)).credential.verifier.reveal()}`;
  });
  after(async () => {
    await node.close();
    server.close();
  });

  /** So many clients, each on a connection of its own, for a while; the answers that there were. */
  async function load(milliseconds: number): Promise<ReadonlySet<string>> {
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    const answers = new Set<string>();
    const end = performance.now() + milliseconds;
    const client = async (): Promise<void> => {
      while (performance.now() < end) {
        const answer = await ask(agent, node.ports.apps, key);
        answers.add(answer);
        if (!answer.startsWith('200')) await sleep(2);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    agent.destroy();
    return answers;
  }

  /** Load in turns until the limit was used to the full: a machine that is busy with others takes its time. */
  async function loadToTheFull(
    isEnough: () => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<void> {
    const answers = new Set<string>();
    for (let turn = 0; turn < MOST_TURNS && !(seen.most >= MOST && (await isEnough())); turn++)
      for (const answer of await load(700)) answers.add(answer);
    assert.equal(seen.most, MOST);
    assert.deepEqual([...answers].toSorted(), ['200 ', '429 concurrency_limited']);
  }

  it('is never exceeded, used to the full, and refuses the others as a limit does', async () => {
    const haveAllWorked = async (): Promise<boolean> =>
      (await allReports(node.primary)).every(({ report }) => report.forwarded > 0);
    await loadToTheFull(haveAllWorked);
    assert.ok(await haveAllWorked(), 'a process had nothing to do');
  });

  it('does not lose the share of a process that is killed', async () => {
    const { pid } = await firstReport(node.primary);
    const under = load(1500);
    await sleep(300);
    process.kill(pid, 'SIGKILL');
    await under;
    while (!node.primary.supervisor.isServing()) await sleep(20);
    seen.most = 0;
    await loadToTheFull();
  });
});

/** Status and code of the refusal; empty text for a connection that broke. */
function ask(agent: Agent, port: number, key: string): Promise<string> {
  const headers = { authorization: `Bearer ${key}` };
  const options = { agent, host: '127.0.0.1', port, path: '/api.telnyx.com/v2/balance', headers };
  return new Promise((resolve) => {
    const sent = request(options, (response) => {
      const decision = String(response.headers['ringfence-decision']);
      const answer = `${response.statusCode} ${/code=(\w+)/.exec(decision)?.[1] ?? ''}`;
      response
        .on('end', () => resolve(answer))
        .on('error', () => resolve(''))
        .resume();
    });
    sent.on('error', () => resolve('')).end();
  });
}
