import { setTimeout as sleep } from 'node:timers/promises';
import { RingfenceError } from '../kernel/errors.ts';
import type { Hold } from '../store/postgres/hold.ts';

/** Which run of a gateway works on the store, or was the last to do so. */
const RUN_SETTING = 'store.run';
const BEAT_MILLISECONDS = 500;
/** The server may not have missed a gateway yet that has just been killed. */
const PATIENCE_MILLISECONDS = 5_000;
/** Long enough for a gateway that has lost its connection, and the lock with it, to give a sign of life. */
const GRACE_MILLISECONDS = 2_000;
const ENDED = 'ended ';

export interface StoreHoldOptions {
  readonly hold: Hold;
  /** Differs with each start of a gateway. */
  readonly run: string;
  /** Called once when another gateway works on the store: nothing may be read or written any more. */
  readonly onTaken: (error: RingfenceError) => void;
}

/** Keeps the store to one gateway at a time. */
export interface StoreHold {
  /** Rejects with `store_unavailable` while another gateway works on the store. */
  take(): Promise<void>;
  /** To be called when the tables are there: from now on it is watched that nobody else comes. Rejects as `take`. */
  begin(): Promise<void>;
  /** To be called when nothing is read or written any more. */
  end(): Promise<void>;
}

/**
 * A lock keeps others away while its connection lives. That may be lost, with a failover above all: so each run leaves
 * its mark in the store. Who takes the lock after a run that did not say that it ended waits for a sign of life, and goes
 * if there is one; a run that finds the mark of another ends.
 */
export function createStoreHold({ hold, run, onTaken }: StoreHoldOptions): StoreHold {
  const { settings } = hold;
  const ending = new AbortController();
  let before: string | null = null;
  let signs = 0;
  let watching: Promise<void> = Promise.resolve();

  async function take(): Promise<void> {
    for (let waited = 0; !(await hold.take()); waited += BEAT_MILLISECONDS) {
      if (waited >= PATIENCE_MILLISECONDS) throw busy();
      await sleep(BEAT_MILLISECONDS);
    }
  }

  /** Gives a sign of life when it is needed. False when another run has left its mark. */
  async function isOurs(): Promise<boolean> {
    const isHeld = await hold.take();
    const mark = await settings.get(RUN_SETTING);
    if (mark?.startsWith(run) !== true && mark !== before) return false;
    // A database that fails over to an older copy may lack our mark.
    if (!isHeld || mark === before) await settings.put(RUN_SETTING, `${run} ${(signs += 1)}`);
    return true;
  }

  async function watch(): Promise<void> {
    for (;;) {
      await sleep(BEAT_MILLISECONDS, undefined, { ref: false, signal: ending.signal }).catch(() => {});
      if (ending.signal.aborted) return;
      const isStillOurs = await isOurs().catch(() => true); // A store that is away is told of by whoever needs it.
      if (!isStillOurs) return onTaken(busy());
    }
  }

  return Object.freeze({
    take,
    async begin() {
      before = await settings.get(RUN_SETTING);
      if (before !== null && !before.startsWith(ENDED)) await sleep(GRACE_MILLISECONDS);
      if ((await settings.get(RUN_SETTING)) !== before || !(await hold.take())) throw busy();
      await settings.put(RUN_SETTING, run);
      watching = watch();
    },
    async end() {
      ending.abort();
      await watching;
      const mark = await settings.get(RUN_SETTING).catch(() => null);
      if (mark?.startsWith(run) === true) await settings.put(RUN_SETTING, `${ENDED}${run}`).catch(() => {});
      await hold.close();
    },
  });
}

function busy(): RingfenceError {
  const what = 'Another gateway works on the store, with this data directory or a copy of it';
  return new RingfenceError('store_unavailable', `${what}. Only one may: stop that one first`);
}
