/**
 * Resolves at the end of this turn of the event loop, for all who wait in it. Requests that arrive together then take
 * the same step one after another, while its code and data are in the processor's caches: that halves the CPU of a
 * loaded process (docs/decisions/2026-11-25-steps-together.md), and a lone request waits for nothing.
 */
export type EndOfTurn = () => Promise<void>;

export function createEndOfTurn(): EndOfTurn {
  let pending: Promise<void> | null = null;
  const start = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        pending = null;
        resolve();
      });
    });
  return () => (pending ??= start());
}
