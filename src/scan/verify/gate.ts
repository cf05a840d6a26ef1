export interface GateOptions {
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Work under way at the same time. */
  readonly parallel: number;
  /** Milliseconds between two beginnings at one host. */
  readonly pause: number;
}

export interface Gate {
  /** Runs `work` when it is its turn. Rejects when the signal is aborted before. */
  through<T>(host: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

/** Few requests at once, and none too soon after another to the same host. */
export function createGate({ now, sleep, parallel, pause }: GateOptions): Gate {
  const next = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function enter(): Promise<void> {
    if (busy >= parallel) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy += 1;
  }

  /** Hands the place over to the longest waiting; the count of occupied places changes only if nobody waits. */
  function leave(): void {
    const first = waiting.shift();
    if (first === undefined) busy -= 1;
    else first();
  }

  return {
    async through(host, signal, work) {
      const start = Math.max(now(), next.get(host) ?? 0);
      next.set(host, start + pause);
      const wait = start - now();
      if (wait > 0) await sleep(wait, signal);
      await enter();
      try {
        signal.throwIfAborted();
        return await work();
      } finally {
        leave();
      }
    },
  };
}
