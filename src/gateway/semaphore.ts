import { clearTimeout, setTimeout } from 'node:timers';

export interface SemaphoreLimits {
  /** How many may hold a slot at a time. */
  readonly slots: number;
  /** How many may wait for a slot. */
  readonly waiting: number;
  /** How long each may wait, in ms. */
  readonly patience: number;
}

/** Gives a limited number of slots. A limited number of others wait for one, for a limited time, in order of arrival. */
export interface Semaphore {
  /** True: a slot is held, until it is released once. False: too many wait already, or no slot came free in time. */
  acquire(): boolean | Promise<boolean>;
  release(): void;
  /** Nobody holds a slot, and so nobody waits for one. */
  isIdle(): boolean;
  /** As many wait as may. */
  isFull(): boolean;
}

export function createSemaphore({ slots, waiting, patience }: SemaphoreLimits): Semaphore {
  let free = slots;
  const queue = new Set<() => void>();
  const wait = (): Promise<boolean> =>
    new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        queue.delete(go);
        resolve(false);
      }, patience);
      queue.add(go);
    });
  return Object.freeze({
    acquire() {
      if (free === 0) return queue.size < waiting && wait();
      free -= 1;
      return true;
    },
    release() {
      const [next] = queue;
      if (next === undefined) {
        free += 1;
        return;
      }
      queue.delete(next);
      next();
    },
    isIdle: () => free === slots,
    isFull: () => queue.size >= waiting,
  });
}
