import { execFileSync, fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { messageRequest, VENDOR, valuesOf } from './requests.ts';
import { SMALL, type Setup } from './world.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    operations: { type: 'string' },
    processes: { type: 'string' },
    'no-kills': { type: 'boolean' },
    loud: { type: 'boolean' },
  },
});
const processes = Number(flags.processes ?? 8);
const operations = Number(flags.operations ?? (flags.quick === true ? 20_000 : 1_000_000));
const CLIENTS = 64;
const SETTLE_LIMIT = 240_000;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The simulated vendor, a node that is killed over and over, and clients that send without mercy. Only on 127.0.0.1. */
const data = mkdtempSync(join(tmpdir(), 'ringfence-torture-'));
const sandbox = fork(new URL('./sandbox-process.ts', import.meta.url));
const { port: sandboxPort } = (await once(sandbox)) as { port: number };
sandbox.send({ vendor: VENDOR });
const { account, prices } = (await once(sandbox)) as {
  account: Setup['account'] & { id: string };
  prices: Setup['prices'];
};
const setup: Setup = {
  vendor: VENDOR,
  processes,
  port: 20_000 + Math.floor(Math.random() * 10_000),
  origin: `http://127.0.0.1:${sandboxPort}`,
  account,
  values: valuesOf(account.credentials),
  prices,
  grace: 4_000,
  smallLimit: Math.floor(operations / 20) * 60_000,
  isLoud: flags.loud === true,
};

let node: ChildProcess | null = null;
let parts: Readonly<Record<string, string>> = {};
let kills = 0;
let isOver = false;

async function startNode(): Promise<void> {
  for (;;) {
    const child = fork(new URL('./node-process.ts', import.meta.url), [data, JSON.stringify(setup)]);
    node = child;
    const answer = (await Promise.race([
      once(child),
      new Promise((done) => child.once('exit', () => done(null))),
    ])) as { ready?: { parts: typeof parts } } | null;
    if (answer?.ready !== undefined) {
      parts = answer.ready.parts;
      return;
    }
    await sleep(500);
  }
}

async function kill(): Promise<void> {
  while (!isOver) {
    await sleep(1000 + Math.random() * 2000);
    if (isOver || node?.pid === undefined) return;
    if (Math.random() < 0.15) {
      const dead = new Promise((done) => node?.once('exit', done));
      node.kill('SIGKILL');
      kills += 1;
      await dead;
      await startNode();
      continue;
    }
    const workers = childrenOf(node.pid);
    const victim = workers[Math.floor(Math.random() * workers.length)];
    if (victim === undefined) continue;
    try {
      process.kill(victim, 'SIGKILL');
      kills += 1;
    } catch {
      // It has just ended.
    }
  }
}

const counts = { sent: 0, ok: 0, refused: 0, failed: 0, budget: 0 };
let smallRefusals = 0;

async function client(pool: Pool): Promise<void> {
  while (counts.sent < operations) {
    counts.sent += 1;
    const request = messageRequest(parts, Math.random());
    try {
      const { statusCode, body } = await pool.request(request);
      const text = await body.text();
      if (statusCode < 300) counts.ok += 1;
      else if (text.includes('budget_exceeded')) smallRefusals += 1;
      else counts.refused += 1;
    } catch {
      counts.failed += 1;
      counts.sent -= 1; // The node was down: it counts again when it is back.
      await sleep(5);
    }
  }
}

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${setup.origin}/_sandbox/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return response.status === 204 ? null : response.json();
}

interface Inspection {
  readonly verification: {
    readonly problems: readonly string[];
    readonly totals: readonly { readonly state: string; readonly amount: number; readonly rows: number }[];
  };
  readonly late: number;
  readonly unknown: number;
  readonly reserved: number;
  readonly budgets: readonly {
    readonly name: string;
    readonly limit: number;
    readonly spent: readonly number[];
    readonly leased: readonly number[];
    readonly presumed: readonly number[];
  }[];
}

async function ask<T>(type: string): Promise<T> {
  node?.send({ type });
  for (;;) {
    const message = (await once(node as ChildProcess)) as { result?: T };
    if (message.result !== undefined) return message.result;
  }
}

await startNode();
if (flags['no-kills'] !== true)
  for (const [kind, probability] of [
    ['lost-answer', 0.003],
    ['error-before', 0.003],
    ['error-after', 0.003],
    ['rate-limit', 0.003],
    ['reset', 0.002],
  ] as const)
    await control('POST', 'faults', { kind, probability, path: '/messages' });
const pool = new Pool(`http://127.0.0.1:${setup.port}`, { connections: CLIENTS });
const killing = flags['no-kills'] === true ? Promise.resolve() : kill();
const progress = setInterval(
  () =>
    say(
      `${counts.sent} sent, ${counts.ok} accepted, ${smallRefusals} over budget, ${counts.refused} refused, ${counts.failed} failed, ${kills} kills`,
    ),
  5000,
);
const start = performance.now();
await Promise.all(Array.from({ length: CLIENTS }, () => client(pool)));
isOver = true;
await killing;
clearInterval(progress);
say(`all sent after ${((performance.now() - start) / 1000).toFixed(0)} s; settling`);
await control('DELETE', 'faults');

let last: Inspection = await ask('inspect');
for (
  const end = performance.now() + SETTLE_LIMIT;
  performance.now() < end && last.late + last.unknown + last.reserved > 0;
) {
  await sleep(1000);
  last = await ask('inspect');
  say(`late ${last.late}, unknown ${last.unknown}, reserved ${last.reserved}`);
}

// What is left of the small budget must be there to be spent.
for (let misses = 0; misses < 40;) {
  const { statusCode, body } = await pool.request(messageRequest(parts, 0.95));
  await body.text();
  misses = statusCode < 300 ? 0 : misses + 1;
  if (misses > 0) await sleep(25);
}
await sleep(3000);
last = await ask('inspect');
for (
  const end = performance.now() + SETTLE_LIMIT;
  performance.now() < end && last.late + last.unknown + last.reserved > 0;
  last = await ask('inspect')
)
  await sleep(1000);
const journal = await ask<{ readonly problems: readonly string[] }>('journal');
const bill = ((await control('GET', 'bill/totals')) as { readonly amount: number }[]).reduce(
  (sum, { amount }) => sum + amount,
  0,
);
const ledger = last.verification.totals
  .filter(({ state }) => state === 'committed')
  .reduce((sum, { amount }) => sum + amount, 0);
const overshoot = Math.max(
  0,
  ...last.budgets.map(({ limit, spent, name }) => (name === 'key' ? 0 : Math.max(0, ...spent) - limit)),
);
const small = last.budgets.find(({ name }) => name === SMALL);
const utilisation = small === undefined ? 0 : small.spent.reduce((sum, one) => sum + one, 0) / small.limit;
for (const problem of [...last.verification.problems, ...journal.problems]) say(`PROBLEM ${problem}`);
say(
  JSON.stringify({
    bill,
    ledger,
    totals: last.verification.totals,
    budgets: last.budgets.filter(({ name }) => name !== 'key'),
  }),
);
const result = {
  operations: counts.sent,
  processes,
  kills,
  overshootMicros: overshoot,
  phantomMicros: ledger - bill,
  utilisation: Number(utilisation.toFixed(4)),
  ledgerEqualsBill: ledger === bill && last.late + last.unknown + last.reserved === 0,
  problems: last.verification.problems.length + journal.problems.length,
};
await pool.destroy();
(node as ChildProcess | null)?.disconnect();
sandbox.disconnect();
await sleep(500);
rmSync(data, { recursive: true, force: true });
console.log(JSON.stringify(result));
process.exit(overshoot === 0 && result.ledgerEqualsBill && result.problems === 0 ? 0 : 3);

function once(child: ChildProcess): Promise<unknown> {
  return new Promise((done) => child.once('message', done));
}

/** Data-plane processes of the primary. */
function childrenOf(pid: number): readonly number[] {
  try {
    return execFileSync('pgrep', ['-P', String(pid)])
      .toString()
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}
