/**
 * Resolves at the end of this turn of the event loop, for all who wait in it. Requests that arrive together then take
 * the same step one after another, while its code and data are in the processor's caches: that halves the CPU of a
 * loaded process (bench/results.md), and a lone request waits for nothing.
 */
export type Together = () => Promise<void>;

export function createTogether(): Together {
  let waiting: (() => void)[] = [];
  function release(): void {
    const released = waiting;
    waiting = [];
    for (const resolve of released) resolve();
  }
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) setImmediate(release);
    });
}
