/**
 * Resolves at the end of this turn of the event loop, for all who wait in it. Requests that arrive together then take
 * the same step one after another, while its code and data are in the processor's caches: that halves the CPU of a
 * loaded process (bench/results.md), and a lone request waits for nothing.
 */
export type Together = () => Promise<void>;

export function createTogether(): Together {
  let turn: Promise<void> | null = null;
  const endOfTurn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        turn = null;
        resolve();
      });
    });
  return () => (turn ??= endOfTurn());
}
