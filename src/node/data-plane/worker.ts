// A data-plane process. It lives and dies with its primary: without it nothing new may be spent or revoked.
import { readFile } from 'node:fs/promises';
import { setInterval, setTimeout } from 'node:timers';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CanaryUse } from '../../custody/canaries/canaries.ts';
import { readKeyRing } from '../../custody/sealing/key-ring-source.ts';
import { createKeyRing } from '../../custody/sealing/key-ring.ts';
import { createSealer } from '../../custody/sealing/sealer.ts';
import { openCheckpointKey } from '../../custody/checkpoint-key.ts';
import { openJournal, type Journal } from '../../journal/journal.ts';
import { createClock, type Clock } from '../../kernel/clock.ts';
import { ZERO } from '../../kernel/money.ts';
import { loadNumberingPlan } from '../../kernel/numbering/numbering.ts';
import { pathsOf, type Config } from '../../config/config.ts';
import { VENDORS } from '../../vendors/index.ts';
import { createDataPlane, type DataPlane } from './data-plane.ts';
import { stoppingOnLostOutcome } from './lost-outcome.ts';
import { createPrimaryLine } from './primary-line.ts';
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

let plane: DataPlane | null = null;
let journal: Journal | null = null;
const positionNow = (): number => journal?.position() ?? 0;
const primary = createPrimaryLine((message) => send(message), positionNow);

function send(message: ToPrimary, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent); // The end of the primary is told by `disconnect`.
  else sent();
}

function onCanary(canary: string, use: CanaryUse, count: number): void {
  send({ type: 'canary', canary, use, count });
}

async function start(order: StartOrder): Promise<void> {
  const ring = await readKeyRing(order.keyRing);
  const clock = openClock(order);
  journal = await openOwnJournal(order, ring, clock);
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
    bank: primary.bank,
    permits: primary.permits,
    onCanary,
    onFault,
  });
  beginRounds(order.config);
  send({ type: 'started', epoch: journal.epoch });
}

function openClock({ ledgerTime, orderedAt }: StartOrder): Clock {
  return createClock({
    wall: Date.now,
    monotonic: () => performance.now(),
    uptime,
    // Not the wall clock: if that were wrong, keys would expire in this process alone, and the next start would take over its time.
    start: ledgerTime + Math.max(0, uptime() - orderedAt),
  });
}

function openOwnJournal(order: StartOrder, ring: string, clock: Clock): Promise<Journal> {
  const sealer = createSealer({ keyRing: createKeyRing(ring), random: randomBytes, purpose: 'setting' });
  return openJournal({
    directory: join(pathsOf(order.config).journal, order.node),
    node: order.node,
    clock,
    boot: order.boot,
    version: order.version,
    sign: openCheckpointKey(order.checkpointKey, sealer).sign,
    afterEpoch: order.afterEpoch,
    ...order.config.journal,
  });
}

function beginRounds({ workers }: Config): void {
  setInterval(() => sendUsage(USAGE_MILLISECONDS / workers), USAGE_MILLISECONDS);
  setInterval(() => sendKeyUses(), KEY_USES_MILLISECONDS);
  setInterval(() => {
    plane?.budgets.tend();
    plane?.limits.tend();
    plane?.canaries.flush();
  }, TEND_MILLISECONDS);
  setInterval(() => {
    if (journal?.state() === 'failed') stopFailed();
  }, WATCH_MILLISECONDS);
}

function sendUsage(quiet: number): void {
  const usage = plane?.limits.takeUsage(quiet) ?? [];
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
      return primary.granted(message.id, message.answer);
    case 'recall':
      return void setImmediate(recall, message);
    case 'permits-granted':
      return primary.permitsGranted(message.id, message.count);
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

// Recalls are answered in the next turn of the event loop, after grants of this one: else they would find nothing to give up.
function recallPermits({ id, pool }: Extract<ToWorker, { type: 'recall-permits' }>): void {
  send({ type: 'permits-recalled', id, count: plane?.limits.recallPermits(pool) ?? 0 });
}

function recall({ id, budget, period }: Extract<ToWorker, { type: 'recall' }>): void {
  const amount = plane?.budgets.recall(budget, period) ?? ZERO;
  send({ type: 'recalled', id, amount, position: positionNow() });
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
