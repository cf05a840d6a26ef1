import { faultError, type Fault } from '../../journal/fault.ts';
import { isBefore, type Place } from '../../journal/segments.ts';

/** How far a journal is in the ledger, and who waits for it to get further. */
export interface Headway {
  /** Everything before is in the ledger. */
  place(): Place;
  /** The furthest place, also while the ledger is given again what it has lost. */
  furthest(): Place;
  isReached(place: Place): boolean;
  /** Resolves once everything before the place is in the ledger; rejects when it never will be. */
  until(place: Place): Promise<void>;
  isAwaited(): boolean;
  moveTo(place: Place): void;
  /** The rest of the fault's epoch is never loaded: whoever waits for that, or asks for it until `goOn`, is told. */
  giveUp(fault: Fault): void;
  /** Is the rest of an epoch given up, and no later one there yet? */
  isStuck(): boolean;
  goOn(): void;
}

interface Waiter extends Place {
  done(error?: Error): void;
}

export function createHeadway(start: Place): Headway {
  let place = start;
  let furthest = start;
  let lost: Fault | null = null;
  let waiters: readonly Waiter[] = [];

  function release(isMeant: (waiter: Waiter) => boolean, error?: Error): void {
    const meant = waiters.filter(isMeant);
    waiters = waiters.filter((waiter) => !meant.includes(waiter));
    for (const waiter of meant) waiter.done(error);
  }

  const isReached = (one: Place): boolean => !isBefore(place, one);
  return Object.freeze({
    place: () => place,
    furthest: () => furthest,
    isReached,
    until(wanted: Place) {
      if (isReached(wanted)) return Promise.resolve();
      if (lost !== null && wanted.epoch <= lost.epoch) return Promise.reject(faultError(lost));
      return new Promise<void>((resolve, reject) => {
        const done = (error?: Error): void => (error === undefined ? resolve() : reject(error));
        waiters = [...waiters, { ...wanted, done }];
      });
    },
    isAwaited: () => waiters.length > 0,
    moveTo(next: Place) {
      place = next;
      if (isReached(furthest)) furthest = next;
      release(isReached);
    },
    giveUp(fault: Fault) {
      lost = fault;
      if (furthest.epoch <= fault.epoch) furthest = place;
      release(({ epoch }) => epoch <= fault.epoch, faultError(fault));
    },
    isStuck: () => lost !== null,
    goOn() {
      lost = null;
    },
  });
}
