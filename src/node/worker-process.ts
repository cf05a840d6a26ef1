import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GrantAnswer, GrantAsk } from '../guard/budgets/slice.ts';
import type { Micros } from '../kernel/money.ts';
import type { Usage } from '../guard/limits/rate.ts';
import type { CanaryMessage, Part, StartOrder, ToPrimary, ToWorker, WorkerReport } from './messages.ts';

export interface WorkerEvents {
  grant(worker: WorkerProcess, ask: GrantAsk): Promise<GrantAnswer>;
  giveBack(worker: WorkerProcess, given: Extract<ToPrimary, { type: 'give-back' }>): void;
  usage(worker: WorkerProcess, usage: readonly Usage[]): void;
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
  /** Puts a part in force. A process that does not confirm within a second is killed, so that nothing old stays in force. */
  update(part: Part): Promise<void>;
  listen(): Promise<void>;
  recall(budget: string, period: number): Promise<{ readonly amount: Micros; readonly position: number }>;
  merge(usage: readonly Usage[]): void;
  report(): Promise<WorkerReport>;
  stop(): Promise<void>;
  kill(): void;
}

const CONFIRM_MILLISECONDS = 900;
/** Money that a hanging process does not give up in time stays in its lease. */
const RECALL_MILLISECONDS = 500;
const STOP_MILLISECONDS = 15_000;
const NOTHING = { amount: 0 as Micros, position: 0 };

interface Waiting {
  readonly message: ToWorker & { readonly id: number };
  resolve(answer: ToPrimary): void;
  reject(error: Error): void;
}

export function startWorker(order: StartOrder, events: WorkerEvents): WorkerProcess {
  const child = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [], {
    serialization: 'advanced',
    execArgv: [],
  });
  const waiting = new Map<number, Waiting>();
  let epoch = 0;
  let nextId = 1;
  let hasEnded = false;
  const started = Promise.withResolvers<void>();
  started.promise.catch(() => {});

  const post = (message: ToWorker): void => {
    if (child.connected) child.send(message, () => {});
  };

  function ask(make: (id: number) => ToWorker & { readonly id: number }): Promise<ToPrimary> {
    return new Promise((resolve, reject) => {
      if (hasEnded) return reject(new Error('the process has ended'));
      const message = make(nextId++);
      waiting.set(message.id, { message, resolve, reject });
      post(message);
    });
  }

  async function confirmed(make: (id: number) => ToWorker & { readonly id: number }): Promise<void> {
    const answer = await ask(make);
    if (answer.type === 'done' && answer.problem !== null) throw new Error(answer.problem);
  }

  function receive(message: ToPrimary): void {
    if (message.type === 'started') {
      epoch = message.epoch;
      started.resolve();
    } else if (message.type === 'grant') void grant(message);
    else if (message.type === 'give-back') events.giveBack(self, message);
    else if (message.type === 'canary') events.canary(message);
    else if (message.type === 'usage') events.usage(self, message.usage);
    else {
      waiting.get(message.id)?.resolve(message);
      waiting.delete(message.id);
    }
  }

  async function grant({ id, ask: wanted }: Extract<ToPrimary, { type: 'grant' }>): Promise<void> {
    try {
      post({ type: 'granted', id, answer: await events.grant(self, wanted) });
    } catch {
      post({ type: 'granted', id, answer: null });
    }
  }

  child.on('message', receive);
  child.on('exit', (code) => {
    hasEnded = true;
    started.reject(new Error(`the process ended with ${code ?? 'a signal'}`));
    for (const one of waiting.values()) one.reject(new Error('the process has ended'));
    waiting.clear();
    events.ended(self, code);
  });

  const self: WorkerProcess = Object.freeze({
    node: order.node,
    epoch: () => epoch,
    pid: child.pid ?? 0,
    started: started.promise,
    async update(part: Part) {
      const timer = setTimeout(() => child.kill('SIGKILL'), CONFIRM_MILLISECONDS);
      if (part.kind === 'keys' && part.put.length > 1) clearTimeout(timer);
      await confirmed((id) => ({ type: 'update', id, part })).finally(() => clearTimeout(timer));
    },
    listen: () => confirmed((id) => ({ type: 'listen', id })),
    async recall(budget: string, period: number) {
      const answer = await Promise.race([
        ask((id) => ({ type: 'recall', id, budget, period })).catch(() => null),
        sleep(RECALL_MILLISECONDS, null, { ref: false }),
      ]);
      return answer?.type === 'recalled' ? answer : NOTHING;
    },
    merge: (usage: readonly Usage[]) => post({ type: 'usage', usage }),
    async report() {
      const answer = await ask((id) => ({ type: 'report', id }));
      if (answer.type !== 'report') throw new Error('no report');
      return answer.report;
    },
    stop: () => stopChild(child, post),
    kill: () => void child.kill('SIGKILL'),
  });
  post(order);
  return self;
}

function stopChild(child: ChildProcess, post: (message: ToWorker) => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    post({ type: 'stop' });
  });
}
