import type { SandboxTimers } from './core.ts';

/** Runs things at a wall time. */
export interface Timeline {
  /** Returns a function that cancels. */
  at(time: number, run: () => void): () => void;
}

/** Longest delay that the platform's timers accept. */
const LONGEST = 2 ** 31 - 1;

export function createTimeline(now: () => number, timers: SandboxTimers): Timeline {
  function at(time: number, run: () => void): () => void {
    let timer: unknown;
    const arm = () => {
      const delay = Math.max(0, time - now());
      timer = delay > LONGEST ? timers.set(arm, LONGEST) : timers.set(run, delay);
    };
    arm();
    return () => timers.clear(timer);
  }
  return Object.freeze({ at });
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  cancelled: boolean;
}

/** A clock that stands still, with the timers that belong to it. For tests that move time themselves. */
export function createManualTime(start: number): {
  readonly clock: { wall(): number };
  readonly timers: Required<SandboxTimers>;
} {
  let now = start;
  let order = 0;
  let entries: Entry[] = [];
  const due = (until: number): Entry | undefined => {
    entries = entries.filter((entry) => !entry.cancelled);
    return entries
      .filter((entry) => entry.at <= until)
      .toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
  };
  const timers = {
    set(run: () => void, milliseconds: number) {
      const entry = { at: now + Math.max(0, milliseconds), order: order++, run, cancelled: false };
      entries.push(entry);
      return entry;
    },
    clear(timer: unknown) {
      const entry = entries.find((one) => one === timer);
      if (entry !== undefined) entry.cancelled = true;
    },
    async advance(milliseconds: number, settle: () => Promise<void>) {
      const target = now + milliseconds;
      for (;;) {
        await settle();
        const entry = due(target);
        if (entry === undefined) break;
        entry.cancelled = true;
        now = Math.max(now, entry.at);
        entry.run();
      }
      now = target;
    },
  };
  return { clock: { wall: () => now }, timers };
}
