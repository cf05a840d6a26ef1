import { lockHolder } from '../../journal/lock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { pause } from './revival.ts';

const POLL_MILLISECONDS = 20;
const PATIENCE_MILLISECONDS = 5000;

export interface EarlierRun {
  readonly node: string;
  /** Of the node's journal. */
  readonly directory: string;
  readonly stopping: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Waits for a process of an earlier primary, which ends soon after that was killed: until then it may spend, and its
 * leases must not be closed. Throws `conflict` when it goes on.
 */
export async function untilEarlierRunEnds({ node, directory, stopping, say }: EarlierRun): Promise<void> {
  for (let waited = 0; ; waited += POLL_MILLISECONDS) {
    const holder = lockHolder(directory);
    if (holder === null) return;
    if (waited === 0) say(`waiting for process ${holder} of an earlier run to end`);
    if (waited >= PATIENCE_MILLISECONDS)
      throw new RingfenceError('conflict', `The journal of ${node} is in use by process ${holder}`);
    await pause(stopping, POLL_MILLISECONDS);
  }
}
