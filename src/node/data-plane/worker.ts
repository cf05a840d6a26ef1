import { readFile } from 'node:fs/promises';
import { setInterval, setTimeout } from 'node:timers';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CanaryUse } from '../../custody/canaries/canaries.ts';
import { readKeyRing } from '../../custody/sealing/key-ring-source.ts';
import { createKeyRing } from '../../custody/sealing/key-ring.ts';
import { createSealer } from '../../custody/sealing/sealer.ts';
import { openCheckpointKey } from '../../custody/checkpoint-key.ts';
import type { BankPort, GrantAnswer } from '../../guard/budgets/slice.ts';
import type { PermitPort } from '../../guard/limits/permit.ts';
import { openJournal, type Journal } from '../../journal/journal.ts';
import { createClock } from '../../kernel/clock.ts';
import { loadNumberingPlan } from '../../kernel/numbering/numbering.ts';
import { pathsOf } from '../../config/config.ts';
import { VENDORS } from '../../vendors/index.ts';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { stoppingOnLostOutcome } from './lost-outcome.ts';
import {
  EXIT_JOURNAL_FAILED,
  type StartOrder,
  type ToPrimary,
  type ToWorker,
} from '../processes/messages.ts';
import { uptime } from '../uptime.ts';

const USAGE_MILLISECONDS = 100;
/** `keys list` knows of a use after so long, to the minute. */
const KEY_USES_MILLISECONDS = 5_000;
const WATCH_MILLISECONDS = 200;
const DRAIN_MILLISECONDS = 10_000;
const ORPHAN_MILLISECONDS = 500;
const TEND_MILLISECONDS = 1000;

process.stderr.on('error', () => {}); // Whoever reads the log may go; requests go on.

/** A data-plane process. It lives and dies with its primary: without it nothing new may be spent or revoked. */
function send(message: ToPrimary, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent); // The end of the primary is told by `disconnect`.
  else sent();
}

/** Grants that the bank has not answered yet. */
const asked = new Map<number, { resolve(answer: GrantAnswer): void; reject(error: Error): void }>();
/** Questions for permits that are not answered yet. */
const wanted = new Map<number, (count: number) => void>();
let nextAsk = 1;
let plane: DataPlane | null = null;
let journal: Journal | null = null;

const bank: BankPort = {
  grant(ask) {
    return new Promise((resolve, reject) => {
      const id = nextAsk++;
      asked.set(id, { resolve, reject });
      send({ type: 'grant', id, ask });
    });
  },
  giveBack(budget, period, amount) {
    send({ type: 'give-back', budget, period, amount, position: journal?.position() ?? 0 });
  },
};

const permits: PermitPort = {
  ask(ask) {
    return new Promise((resolve) => {
      const id = nextAsk++;
      wanted.set(id, resolve);
      send({ type: 'ask-permits', id, ask });
    });
  },
  giveBack: (given) => send({ type: 'permits-back', given }),
};

function onCanary(canary: string, use: CanaryUse, count: number): void {
  send({ type: 'canary', canary, use, count });
}

async function start(order: StartOrder): Promise<void> {
  const ring = await readKeyRing(order.keyRing);
  const sealer = createSealer({ keyRing: createKeyRing(ring), random: randomBytes, purpose: 'setting' });
  const clock = createClock({
    wall: Date.now,
    monotonic: () => performance.now(),
    uptime,
    // Not the wall clock: were that wrong now, keys would expire in this process alone, and a restart begin at its time.
    start: order.ledgerTime + Math.max(0, uptime() - order.orderedAt),
  });
  const checkpoint = openCheckpointKey(order.checkpointKey, sealer);
  journal = await openJournal({
    directory: join(pathsOf(order.config).journal, order.node),
    node: order.node,
    clock,
    boot: order.boot,
    version: order.version,
    sign: checkpoint.sign,
    afterEpoch: order.afterEpoch,
    ...order.config.journal,
  });
  const plan = loadNumberingPlan(
    await readFile(new URL('../../kernel/numbering/numbering.bin', import.meta.url)),
  );
  plane = createDataPlane({
    order,
    ring,
    vendors: VENDORS,
    plan,
    clock,
    journal: stoppingOnLostOutcome(journal, stopFailed),
    bank,
    permits,
    onCanary,
    onFault,
  });
  setInterval(sendUsage, USAGE_MILLISECONDS);
  setInterval(() => sendKeyUses(), KEY_USES_MILLISECONDS);
  setInterval(() => {
    plane?.budgets.tend();
    plane?.limits.tend();
    plane?.canaries.flush();
  }, TEND_MILLISECONDS);
  setInterval(() => {
    if (journal?.state() === 'failed') stopFailed();
  }, WATCH_MILLISECONDS);
  send({ type: 'started', epoch: journal.epoch });
}

function sendUsage(): void {
  const usage = plane?.limits.takeUsage() ?? [];
  if (usage.length > 0) send({ type: 'usage', usage });
}

function sendKeyUses(sent?: () => void): void {
  const uses = plane?.takeKeyUses();
  if (uses !== undefined && uses.size > 0) send({ type: 'key-uses', uses }, sent);
  else sent?.();
}

const FAULT_MILLISECONDS = 1_000;
let lastFault = -Infinity;

/** One a second: a mistake that every request meets must not fill the disk. */
function onFault(error: unknown): void {
  const now = performance.now();
  if (now - lastFault < FAULT_MILLISECONDS || (error as { readonly code?: string }).code !== undefined)
    return;
  lastFault = now;
  process.stderr.write(`ringfence: a request failed inside the gateway: ${(error as Error).stack}\n`);
}

/** A sync error is final for this life: say so and end; the primary starts a new life on new files. */
function stopFailed(): void {
  process.stderr.write(
    'ringfence: the journal cannot be made durable; this process spends nothing more and ends\n',
  );
  process.exit(EXIT_JOURNAL_FAILED);
}

async function act(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message);
    case 'update':
      return answer(message.id, () => plane?.apply(message.part));
    case 'listen':
      return answer(message.id, () => plane?.listen());
    case 'granted':
      return settleAsk(message.id, message.answer);
    case 'recall':
      return void setImmediate(recall, message);
    case 'permits-granted':
      return settlePermits(message.id, message.count);
    case 'recall-permits':
      return void setImmediate(recallPermits, message);
    case 'usage':
      return plane?.limits.merge(message.usage);
    case 'report':
      if (plane !== null) send({ type: 'report', id: message.id, report: plane.report() });
      return;
    case 'stop':
      return stop(0);
  }
}

async function answer(id: number, work: () => void | Promise<void> | undefined): Promise<void> {
  try {
    await work();
    send({ type: 'done', id, problem: null });
  } catch (error) {
    send({ type: 'done', id, problem: (error as Error).message });
  }
}

function settleAsk(id: number, given: GrantAnswer | null): void {
  const waiting = asked.get(id);
  asked.delete(id);
  if (given === null) waiting?.reject(new Error('the bank gave no answer'));
  else waiting?.resolve(given);
}

function settlePermits(id: number, count: number): void {
  wanted.get(id)?.(count);
  wanted.delete(id);
}

// What was granted in the same turn of the event loop is seen first: else the answer would be that there is nothing.
function recallPermits({ id, pool }: Extract<ToWorker, { type: 'recall-permits' }>): void {
  send({ type: 'permits-recalled', id, count: plane?.limits.recallPermits(pool) ?? 0 });
}

function recall({ id, budget, period }: Extract<ToWorker, { type: 'recall' }>): void {
  const amount = plane?.budgets.recall(budget, period);
  send({ type: 'recalled', id, amount: amount ?? (0 as never), position: journal?.position() ?? 0 });
}

async function stop(code: number, drain = DRAIN_MILLISECONDS): Promise<void> {
  setTimeout(() => process.exit(code), drain).unref();
  await plane?.close();
  sendKeyUses(() => process.exit(code));
}

process.on('message', (message: ToWorker) => {
  act(message).catch((error: Error) => {
    process.stderr.write(`ringfence: data-plane process: ${error.stack ?? error.message}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => void stop(1, ORPHAN_MILLISECONDS));
process.on('SIGTERM', () => {});
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {}); // A terminal that closes tells every process; the primary ends this one in order.
// Else Node opens a debugger, in which every user of the machine can read what is in memory.
process.on('SIGUSR1', () => {});
