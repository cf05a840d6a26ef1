import type { ChildProcess } from 'node:child_process';
import type { ToPrimary, ToWorker } from './messages.ts';

/** A message that is answered under its id. */
export type Question = ToWorker & { readonly id: number };
export type Answer = Extract<ToPrimary, { type: 'done' | 'recalled' | 'permits-recalled' | 'report' }>;

/** Messages to a data-plane process, and its answers to those that ask for one. */
export interface WorkerLine {
  /** Lost without a word when the process has ended: its `exit` tells. */
  post(message: ToWorker): void;
  /** Rejects when the process has ended or ends before it answers. */
  ask(make: (id: number) => Question): Promise<Answer>;
  answered(answer: Answer): void;
  /** The process is dead: nobody waits any longer. */
  close(): void;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export function createWorkerLine(child: Pick<ChildProcess, 'connected' | 'send'>): WorkerLine {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let isClosed = false;
  const post = (message: ToWorker): void => {
    if (child.connected) child.send(message, () => {});
  };
  return Object.freeze({
    post,
    ask(make: (id: number) => Question) {
      if (isClosed) return Promise.reject(ended());
      const { promise, ...settle } = Promise.withResolvers<Answer>();
      const question = make(nextId++);
      waiting.set(question.id, settle);
      post(question);
      return promise;
    },
    answered(answer: Answer) {
      waiting.get(answer.id)?.resolve(answer);
      waiting.delete(answer.id);
    },
    close() {
      isClosed = true;
      for (const { reject } of waiting.values()) reject(ended());
      waiting.clear();
    },
  });
}

function ended(): Error {
  return new Error('the process has ended');
}
