import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Recalled } from '../../guard/budgets/bank.ts';
import type { GrantAnswer, GrantAsk } from '../../guard/budgets/slice.ts';
import type { PermitAsk, PermitPool, PermitReturn } from '../../guard/limits/permit.ts';
import type { Usage } from '../../guard/limits/rate.ts';
import type { CanaryMessage, Part, StartOrder, ToPrimary, WorkerReport } from './messages.ts';
import { createWorkerLine, type Question, type WorkerLine } from './worker-line.ts';

export interface WorkerEvents {
  grant(worker: WorkerProcess, ask: GrantAsk): Promise<GrantAnswer>;
  giveBack(worker: WorkerProcess, given: Extract<ToPrimary, { type: 'give-back' }>): void;
  askPermits(worker: WorkerProcess, ask: PermitAsk): Promise<number>;
  permitsBack(worker: WorkerProcess, given: readonly PermitReturn[]): void;
  usage(worker: WorkerProcess, usage: readonly Usage[]): void;
  keyUses(uses: ReadonlyMap<string, number>): void;
  canary(message: CanaryMessage): void;
  ended(worker: WorkerProcess, code: number | null): void;
}

/** One life of a data-plane process, as the primary sees it. */
export interface WorkerProcess {
  readonly node: string;
  /** 0 until it has opened its journal. */
  epoch(): number;
  readonly pid: number;
  /** Resolves when the journal is open. */
  readonly started: Promise<void>;
  /**
   * Puts a part in force. A process that does not confirm within a second (longer for many budgets), or
   * says that it cannot, is killed, so that nothing old stays in force. Rejects, when it has ended, with the reason.
   */
  update(part: Part): Promise<void>;
  /** As `update`, for a process that does not listen yet: nothing old is in force there, so it has as long as for its start. */
  brief(part: Part): Promise<void>;
  listen(): Promise<void>;
  /** Money that the process gave up. Rejects when it has ended. */
  recall(budget: string, period: number): Promise<Recalled>;
  /** Permits that the process gave up. Rejects when it has ended. */
  recallPermits(pool: PermitPool): Promise<number>;
  merge(usage: readonly Usage[]): void;
  report(): Promise<WorkerReport>;
  stop(): Promise<void>;
  /** Kills it; resolves when it has ended. */
  end(): Promise<void>;
  kill(): void;
}

/**
 * How V8 collects in a process that answers all the time (bench/results.md, added latency):
 * - a young generation in which the requests under way fit several times: fewer of them are copied, or get old;
 * - no memory reducer: it would collect the old generation every two or three seconds, to keep it small; that may grow
 *   to 2.5 times of what lives in it instead;
 * - one thread of its own: more would take the processors from those that answer, one process for each. It does not help
 *   with the young generation: little of that lives, and to share the work takes longer than to do it.
 * A Node that does not know an option does not start: those that Node does not document are for its version 24 alone.
 */
const RUNTIME_OPTIONS = [
  '--max-semi-space-size=16',
  '--v8-pool-size=1',
  ...(process.versions.node.startsWith('24.')
    ? ['--no-memory-reducer', '--heap-growing-percent=150', '--no-parallel-scavenge']
    : []),
];
const CONFIRM_MILLISECONDS = 900;
/** Rows that a process takes in within a millisecond even on a busy machine; it answers no request while it does. */
const ROWS_A_MILLISECOND = 20;
const STOP_MILLISECONDS = 15_000;
/** Opening a journal reads only its last segment, but a busy machine may take more than a minute to load the program. */
const START_MILLISECONDS = 180_000;

interface State {
  readonly child: ChildProcess;
  readonly line: WorkerLine;
  readonly events: WorkerEvents;
  readonly started: PromiseWithResolvers<void>;
  epoch: number;
  /** It was killed because it did not come to open its journal. */
  hung: boolean;
}

/** Forks a process and gives it its order. `events` hears of it until it has ended. */
export function startWorker(order: StartOrder, events: WorkerEvents): WorkerProcess {
  const child = fork(fileURLToPath(new URL('../data-plane/worker.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: RUNTIME_OPTIONS,
    env: environment(),
  });
  const line = createWorkerLine(child);
  const state: State = { child, line, events, started: Promise.withResolvers<void>(), epoch: 0, hung: false };
  state.started.promise.catch(() => {}); // A rejection is for those who wait for it, if any.
  const worker: WorkerProcess = Object.freeze({
    node: order.node,
    epoch: () => state.epoch,
    pid: child.pid ?? 0,
    started: state.started.promise,
    update: (part: Part) => update(state, part, patienceFor(part)),
    brief: (part: Part) => update(state, part, START_MILLISECONDS + patienceFor(part)),
    listen: () => confirmed(line, (id) => ({ type: 'listen', id })),
    recall: (budget: string, period: number) => recall(line, budget, period),
    recallPermits: (pool: PermitPool) => recallPermits(line, pool),
    merge: (usage: readonly Usage[]) => line.post({ type: 'usage', usage }),
    report: () => report(line),
    stop: () => stopChild(child, line),
    end: () => endNow(child),
    kill: () => void child.kill('SIGKILL'),
  });
  const hanging = killUnlessStarted(state);
  child.on('message', (message: ToPrimary) => receive(state, worker, message));
  child.on('exit', (code) => {
    clearTimeout(hanging);
    state.started.reject(endOf(state, code));
    line.close();
    events.ended(worker, code);
  });
  line.post(order);
  return worker;
}

/** Kills a process that hangs before it has a journal. Later, `reports` notices; before, nobody else would. */
function killUnlessStarted(state: State): NodeJS.Timeout {
  const hanging = setTimeout(() => {
    state.hung = true;
    state.child.kill('SIGKILL');
  }, START_MILLISECONDS).unref();
  state.started.promise.then(() => clearTimeout(hanging)).catch(() => {}); // The end of the process clears it.
  return hanging;
}

function endOf({ hung }: State, code: number | null): Error {
  return new Error(
    hung
      ? `its journal was not open after ${START_MILLISECONDS / 1000} seconds`
      : `the process ended with ${code ?? 'a signal'}`,
  );
}

/** What the primary has compiled is not compiled again: a process that dies is back sooner, and is smaller. */
function environment(): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir();
  return cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache };
}

function receive(state: State, worker: WorkerProcess, message: ToPrimary): void {
  const { events, line, started } = state;
  switch (message.type) {
    case 'started':
      state.epoch = message.epoch;
      return started.resolve();
    case 'grant':
      return void grant(state, worker, message);
    case 'give-back':
      return events.giveBack(worker, message);
    case 'ask-permits':
      return void grantPermits(state, worker, message);
    case 'permits-back':
      return events.permitsBack(worker, message.given);
    case 'usage':
      return events.usage(worker, message.usage);
    case 'key-uses':
      return events.keyUses(message.uses);
    case 'canary':
      return events.canary(message);
    case 'done':
    case 'recalled':
    case 'permits-recalled':
    case 'report':
      return line.answered(message);
  }
}

async function grant(
  { events, line }: State,
  worker: WorkerProcess,
  { id, ask }: Extract<ToPrimary, { type: 'grant' }>,
): Promise<void> {
  try {
    line.post({ type: 'granted', id, answer: await events.grant(worker, ask) });
  } catch {
    line.post({ type: 'granted', id, answer: null });
  }
}

async function grantPermits(
  { events, line }: State,
  worker: WorkerProcess,
  { id, ask }: Extract<ToPrimary, { type: 'ask-permits' }>,
): Promise<void> {
  const count = await events.askPermits(worker, ask).catch(() => 0);
  line.post({ type: 'permits-granted', id, count });
}

async function recallPermits(line: WorkerLine, pool: PermitPool): Promise<number> {
  const answer = await line.ask((id) => ({ type: 'recall-permits', id, pool }));
  return answer.type === 'permits-recalled' ? answer.count : 0;
}

function rowsOf(part: Part): number {
  if (part.kind === 'prices') return part.rows.length;
  return 'all' in part ? part.all.length : 0;
}

/** Milliseconds to confirm a part. A long one takes more than a second, and a process killed for that would be killed again. */
export function patienceFor(part: Part): number {
  return CONFIRM_MILLISECONDS + rowsOf(part) / ROWS_A_MILLISECOND;
}

async function update({ child, line }: State, part: Part, patience: number): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  try {
    await confirmed(line, (id) => ({ type: 'update', id, part }));
  } catch (error) {
    await endNow(child);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function endNow(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function confirmed(line: WorkerLine, make: (id: number) => Question): Promise<void> {
  const answer = await line.ask(make);
  if (answer.type === 'done' && answer.problem !== null) throw new Error(answer.problem);
}

async function recall(line: WorkerLine, budget: string, period: number): Promise<Recalled> {
  const answer = await line.ask((id) => ({ type: 'recall', id, budget, period }));
  if (answer.type !== 'recalled') throw new Error('no answer to a recall');
  return answer;
}

async function report(line: WorkerLine): Promise<WorkerReport> {
  const answer = await line.ask((id) => ({ type: 'report', id }));
  if (answer.type !== 'report') throw new Error('no report');
  return answer.report;
}

function stopChild(child: ChildProcess, line: WorkerLine): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    line.post({ type: 'stop' });
  });
}
