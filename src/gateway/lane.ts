import { clearTimeout, setTimeout } from 'node:timers';

export interface LaneLimits {
  /** How many may be inside at a time. */
  readonly places: number;
  /** How many may wait for a place. */
  readonly waiting: number;
  /** How long each may wait, in ms. */
  readonly patience: number;
}

/** Lets a limited number in at a time. A limited number of others wait for their turn, for a limited time. */
export interface Lane {
  /** True: inside. False: there is no place, and none came in time. Whoever is inside leaves once. */
  enter(): boolean | Promise<boolean>;
  leave(): void;
}

export function createLane({ places, waiting, patience }: LaneLimits): Lane {
  let free = places;
  /** In order of arrival. */
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
    enter() {
      if (free === 0) return queue.size < waiting && wait();
      free -= 1;
      return true;
    },
    leave() {
      const [next] = queue;
      if (next === undefined) {
        free += 1;
        return;
      }
      queue.delete(next);
      next();
    },
  });
}
