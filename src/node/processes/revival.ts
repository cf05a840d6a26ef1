import { setTimeout as sleep } from 'node:timers/promises';

export interface RevivalOptions {
  /** Ends the pauses, and after the present try the tries. */
  readonly stopping: AbortSignal;
  /** Loads the journal of the process that has ended and closes its leases; others may need the money before the next start. */
  readonly settle: (node: string) => Promise<void>;
  /** Starts the process of a node; rejects when it did not come to take requests. */
  readonly start: (node: string) => Promise<void>;
  readonly say: (line: string) => void;
}

/** Starts processes again that have ended. Those that fail again and again are tried less and less often. */
export interface Revival {
  /** The process of a node has ended: it is tried until it runs. Another end of it meanwhile changes nothing. */
  ended(node: string, code: number | null): void;
  /** It takes requests: what failed before is forgotten, if it goes on doing so for a while. */
  runs(node: string): void;
  /** Resolves when no try is under way. */
  settled(): Promise<void>;
}

const PAUSE_MILLISECONDS = 100;
const LONGEST_PAUSE_MILLISECONDS = 10_000;

interface State extends RevivalOptions {
  /** Starts that failed or ended soon, by node. */
  readonly failures: Map<string, number>;
  /** Tries under way. */
  readonly underWay: Map<string, Promise<void>>;
}

export function createRevival(options: RevivalOptions): Revival {
  const { say } = options;
  const state: State = { ...options, failures: new Map(), underWay: new Map() };
  const { failures, underWay } = state;
  return Object.freeze({
    ended(node: string, code: number | null) {
      if (underWay.has(node)) return;
      say(`data-plane process ${node} ended (${code ?? 'killed'}); starting it again`);
      const work = reviveUntilStarted(state, node).finally(() => underWay.delete(node));
      underWay.set(node, work);
    },
    runs(node: string) {
      setTimeout(() => failures.delete(node), LONGEST_PAUSE_MILLISECONDS).unref();
    },
    async settled() {
      await Promise.all(underWay.values());
    },
  });
}

async function reviveUntilStarted(state: State, node: string): Promise<void> {
  while (!state.stopping.aborted && !(await isRevived(state, node)));
}

async function isRevived(state: State, node: string): Promise<boolean> {
  const { failures, stopping, settle, start, say } = state;
  const count = (failures.get(node) ?? 0) + 1;
  failures.set(node, count);
  if (count > 1) {
    await settle(node).catch(() => {}); // The start tries it again, and tells of it.
    await pause(stopping, pauseAfter(count));
  }
  try {
    await start(node);
    return true;
  } catch (error) {
    say(`data-plane process ${node} cannot start: ${(error as Error).message}`);
    return false;
  }
}

function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MILLISECONDS, PAUSE_MILLISECONDS * 2 ** Math.min(failures, 10));
}

/** Ends early, without an error, when everything stops. */
export async function pause(signal: AbortSignal, milliseconds: number): Promise<void> {
  await sleep(milliseconds, null, { signal }).catch(() => {});
}
