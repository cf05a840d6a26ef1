import { RingfenceError } from '../../kernel/errors.ts';
import type { Method, Methods } from './engine.ts';
import { startThread, type Answer, type Call, type Thread } from './thread.ts';

/** A connection that only reads, opened when it is first needed. */
export interface Reader {
  readonly call: Call;
  stop(): Promise<void>;
}

export function createReader(path: string): Reader {
  let thread: Promise<Thread> | null = null;
  let stopped = false;

  function start(): Promise<Thread> {
    const started = startThread({ path, role: 'reader' });
    started.catch(() => (thread = null));
    return started;
  }

  const call = async <M extends Method>(method: M, ...values: Parameters<Methods[M]>): Promise<Answer<M>> => {
    if (stopped) throw new RingfenceError('store_unavailable', 'The store is closed');
    thread ??= start();
    return (await thread).call(method, ...values);
  };

  return {
    call,
    async stop() {
      stopped = true;
      if (thread !== null) await (await thread.catch(() => null))?.stop();
    },
  };
}
