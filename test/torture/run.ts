import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { freePort } from '../free-ports.ts';
import { createNode, startSandbox, type NodeProcess, type SandboxProcess } from './processes.ts';
import { anyRequest, frenchRequest } from './requests.ts';
import { SMALL, type Inspection, type Pending, type Setup } from './world.ts';

export interface TortureOptions {
  readonly operations: number;
  /** Fewer operations when they take longer than this. */
  readonly seconds: number;
  readonly processes: number;
  /** Kills processes at random, and makes the vendors lose answers, fail and throttle. */
  readonly isCruel: boolean;
  /** About so many between two kills. */
  readonly operationsPerKill: number;
  readonly isLoud: boolean;
  readonly say: (line: string) => void;
}

export interface TortureResult {
  readonly operations: number;
  readonly processes: number;
  readonly kills: number;
  /** By how much the worst budget was exceeded. */
  readonly overshootMicros: number;
  /** What the ledger says was spent, less what the vendors charged. */
  readonly phantomMicros: number;
  /** Part of the small budget that was spent when nothing more passed. */
  readonly utilisation: number;
  readonly ledgerEqualsBill: boolean;
  readonly problems: readonly string[];
  /** Prices and outcomes that were learned after the answer. */
  readonly settlements: number;
  readonly seconds: number;
}

interface Torture extends TortureOptions {
  readonly node: NodeProcess;
  readonly sandbox: SandboxProcess;
  readonly pool: Pool;
  readonly counts: Counts;
  /** Monotonic milliseconds. */
  readonly start: number;
  isOver: boolean;
}

interface Counts {
  sent: number;
  accepted: number;
  overBudget: number;
  refused: number;
  failed: number;
  kills: number;
}

const CLIENTS = 64;
/** Milliseconds that a client waits after a connection broke: the machine is needed for the restart. */
const REST = 50;
/** Settlement that has not got on for so long will not; questions about old rows are minutes apart. */
const STUCK = 300_000;
/** Of so many kills one hits the primary; the first time it is the third. */
const PRIMARY_EVERY = 7;
const PRIMARY_FIRST = 2;
const SETTLE_POLL = 1000;
/** Milliseconds after an unknown outcome at which a vendor without a record of it never had it. */
const GRACE = 4_000;
const FAULTS = [
  ['lost-answer', 0.003],
  ['error-before', 0.003],
  ['error-after', 0.003],
  ['rate-limit', 0.003],
  ['reset', 0.002],
] as const;

/** The simulated vendors, a node that is killed over and over, and clients that send without mercy. Only on 127.0.0.1. */
export async function runTorture(options: TortureOptions): Promise<TortureResult> {
  const { operations, processes, isLoud, isCruel } = options;
  const data = mkdtempSync(join(tmpdir(), 'ringfence-torture-'));
  const sandbox = await startSandbox();
  const setup: Setup = {
    processes,
    port: await freePort(),
    origin: sandbox.origin,
    accounts: sandbox.accounts,
    prices: sandbox.prices,
    grace: GRACE,
    smallLimit: Math.floor(operations / 20) * 60_000,
    isLoud,
  };
  const node = createNode(data, setup);
  const pool = new Pool(`http://127.0.0.1:${setup.port}`, { connections: CLIENTS });
  const counts = { sent: 0, accepted: 0, overBudget: 0, refused: 0, failed: 0, kills: 0 };
  const start = performance.now();
  const torture: Torture = { ...options, node, sandbox, pool, counts, start, isOver: false };
  try {
    await node.start();
    if (isCruel)
      for (const [kind, probability] of FAULTS)
        await sandbox.control('POST', 'faults', { kind, probability, method: 'POST' });
    await storm(torture);
    await sandbox.control('DELETE', 'faults');
    const isSettled = await settle(torture);
    await exhaust(torture);
    const isSettledAgain = await settle(torture);
    return await judge(torture, isSettled && isSettledAgain);
  } finally {
    await pool.destroy();
    await node.close();
    sandbox.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** All requests, with kills in between. */
async function storm(torture: Torture): Promise<void> {
  const { say, counts } = torture;
  const killing = torture.isCruel ? killOn(torture) : Promise.resolve();
  const progress = setInterval(() => say(JSON.stringify(counts)), 5000);
  const start = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, () => client(torture)));
  torture.isOver = true;
  await killing;
  clearInterval(progress);
  const seconds = (performance.now() - start) / 1000;
  say(`all sent after ${seconds.toFixed(0)} s, ${Math.round(counts.sent / seconds)} a second; settling`);
}

async function client({ counts, operations, seconds, start, pool, node }: Torture): Promise<void> {
  const end = start + seconds * 1000;
  while (counts.sent < operations && performance.now() < end) {
    counts.sent += 1;
    try {
      const { statusCode, body } = await pool.request(anyRequest(node.parts()));
      const text = await body.text();
      if (statusCode < 300) counts.accepted += 1;
      else if (text.includes('budget_exceeded')) counts.overBudget += 1;
      else counts.refused += 1;
    } catch {
      counts.failed += 1;
      counts.sent -= 1; // The node was down: it counts again when it is back.
      await sleep(REST * (0.5 + Math.random()));
    }
  }
}

/** Kills a data-plane process now and then, and one time in seven the primary. */
async function killOn(torture: Torture): Promise<void> {
  const { node, counts, operationsPerKill } = torture;
  for (let after = operationsPerKill; !torture.isOver; await sleep(20)) {
    if (counts.sent < after) continue;
    after = counts.sent + operationsPerKill * (0.5 + Math.random());
    if (counts.kills % PRIMARY_EVERY === PRIMARY_FIRST) {
      await node.kill();
      await node.start();
    } else if (!node.killWorker()) continue;
    counts.kills += 1;
  }
}

/** Waits for the last word on every row; false when it does not come. */
async function settle({ node, say }: Torture): Promise<boolean> {
  let best = Infinity;
  let said = '';
  for (let since = performance.now(); performance.now() - since < STUCK;) {
    const pending = await node.ask<Pending>('pending');
    const { late, unknown, reserved } = pending;
    const left = late + unknown + reserved;
    if (left === 0) return true;
    if (left < best) since = performance.now();
    best = Math.min(best, left);
    const text = JSON.stringify(pending);
    if (text !== said) say(text);
    said = text;
    await sleep(SETTLE_POLL);
  }
  return false;
}

/** What is left of the small budget must be there to be spent. */
async function exhaust({ pool, node, say }: Torture): Promise<void> {
  let last = '';
  for (let misses = 0; misses < 40;) {
    const { statusCode, body } = await pool.request(frenchRequest(node.parts()));
    const text = await body.text();
    misses = statusCode < 300 ? 0 : misses + 1;
    if (misses === 0) continue;
    if (!text.includes('budget_exceeded')) misses = 1;
    last = text;
    await sleep(25);
  }
  say(`the small budget is exhausted: ${last}`);
}

async function judge(torture: Torture, isSettled: boolean): Promise<TortureResult> {
  const { counts, processes, node, sandbox, start, say } = torture;
  const { settlements, totals, budgets, problems } = await node.ask<Inspection>('inspect');
  const bill = sum(
    (await sandbox.control<readonly { readonly amount: number }[]>('GET', 'bill/totals')).map(
      ({ amount }) => amount,
    ),
  );
  const ledger = sum(totals.filter(({ state }) => state === 'committed').map(({ amount }) => amount));
  const small = budgets.find(({ name }) => name === SMALL);
  for (const problem of problems) say(`PROBLEM ${problem}`);
  say(JSON.stringify({ bill, ledger, totals, budgets: budgets.filter(({ name }) => name !== 'key') }));
  return {
    operations: counts.sent,
    processes,
    kills: counts.kills,
    overshootMicros: Math.max(0, ...budgets.map(overshootOf)),
    phantomMicros: ledger - bill,
    utilisation: small === undefined ? 0 : Number((sum(small.spent) / small.limit).toFixed(4)),
    ledgerEqualsBill: ledger === bill && isSettled,
    problems,
    settlements,
    seconds: Math.round((performance.now() - start) / 1000),
  };
}

/** The periods of a window that ends are budgets of their own; those of a sliding one are far below its limit here. */
function overshootOf({ limit, spent, leased, presumed }: Inspection['budgets'][number]): number {
  const used = spent.map((amount, index) => amount + (leased[index] ?? 0) + (presumed[index] ?? 0));
  return Math.max(0, ...used.map((amount) => amount - limit));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
