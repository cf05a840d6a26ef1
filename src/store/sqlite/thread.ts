import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Method, Methods } from './engine.ts';
import { toError, type Fault } from './faults.ts';
import type { Reply, Request } from './runner.ts';
import type { ThreadData } from './worker.ts';

/** What a method answers, once its promise (if any) is settled. */
export type Answer<M extends Method> = Awaited<ReturnType<Methods[M]>>;

export type Call = <M extends Method>(method: M, ...values: Parameters<Methods[M]>) => Promise<Answer<M>>;

/** One connection in its own thread. */
export interface Thread {
  /** Sends a request; those of one turn travel together. Rejects with a RingfenceError. */
  readonly call: Call;
  /** Finishes what was sent, then closes the connection. */
  stop(): Promise<void>;
}

interface Waiting {
  resolve(value: never): void;
  reject(error: RingfenceError): void;
}

/** Starts a thread and waits until its connection is open. Rejects with what prevented it. */
export async function startThread(data: ThreadData): Promise<Thread> {
  const worker = spawn(data);
  const opened = await opening(worker);
  if (opened !== 'ready') throw toError(opened);
  return connect(worker);
}

function spawn(data: ThreadData): Worker {
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  return new Worker(new URL(file, import.meta.url), {
    workerData: data,
    env: {},
    execArgv: [],
    name: `store-${data.role}`,
  });
}

function opening(worker: Worker): Promise<'ready' | Fault> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (cause) => reject(lost(cause)));
    worker.once('exit', () => reject(lost()));
  });
}

function lost(cause?: unknown): RingfenceError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new RingfenceError('store_unavailable', `The thread of the store ended${why}`, { cause });
}

function connect(worker: Worker): Thread {
  const waiting = new Map<number, Waiting>();
  let queue: Request[] = [];
  let nextId = 0;
  let ended: RingfenceError | null = null;

  function end(error: RingfenceError): void {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function send(): void {
    const requests = queue;
    queue = [];
    try {
      worker.postMessage(requests, []);
    } catch (cause) {
      const error = new RingfenceError('input_invalid', 'A request holds what cannot be stored', { cause });
      for (const { id } of requests) waiting.get(id)?.reject(error);
    }
  }

  function call(method: Method, ...values: readonly unknown[]): Promise<never> {
    if (ended !== null) return Promise.reject(ended);
    return new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      if (queue.length === 0) queueMicrotask(send);
      queue.push({ id, method, values });
    });
  }

  worker.on('message', (replies: readonly Reply[]) => {
    for (const reply of replies) answer(waiting, reply);
  });
  worker.on('error', (cause) => end(lost(cause)));
  worker.on('exit', () => end(lost()));

  return {
    call: call,
    async stop() {
      if (ended !== null) return;
      ended = new RingfenceError('store_unavailable', 'The store is closed');
      const exit = once(worker, 'exit');
      queueMicrotask(() => worker.postMessage('close', []));
      await exit;
    },
  };
}

function answer(waiting: Map<number, Waiting>, reply: Reply): void {
  const waiter = waiting.get(reply.id);
  waiting.delete(reply.id);
  if ('fault' in reply) waiter?.reject(toError(reply.fault));
  else waiter?.resolve(reply.value as never);
}
