import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to null after so many milliseconds. It does not keep the process alive. */
export function pass(milliseconds: number): Promise<null> {
  return sleep(milliseconds, null, { ref: false });
}

/** What comes of `work`; null when it takes longer. It then goes on, but nobody waits for it. */
export function within<T>(milliseconds: number, work: Promise<T>): Promise<T | null> {
  return Promise.race([work, pass(milliseconds)]);
}
