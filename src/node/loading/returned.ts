import { listSegments } from '../../journal/segments.ts';
import { createTail } from '../../journal/tail.ts';
import type { Cursor, LedgerStore } from '../../store/ports.ts';
import { isRefused, toLedgerBatch } from './ledger-batch.ts';

const BATCH = 2000;

export interface ReturnedOptions {
  readonly node: string;
  readonly directory: string;
  readonly ledger: Pick<LedgerStore, 'load' | 'cursors' | 'givenUp'>;
  readonly say: (line: string) => void;
}

/**
 * Loads what epochs hold that were given up and passed, and whose files somebody has put back: what they spent is counted,
 * out of the money that is presumed spent as far as it has not been released. Call it before anything is granted.
 */
export async function loadReturned(options: ReturnedOptions): Promise<void> {
  const { node, directory, ledger, say } = options;
  const present = (await ledger.cursors(node)).findLast(({ position }) => position > 0)?.epoch ?? 0;
  const kept = new Set((await listSegments(directory)).map(({ epoch }) => epoch));
  for (const cursor of await ledger.givenUp(node)) {
    if (cursor.epoch >= present || !kept.has(cursor.epoch)) continue;
    const to = await loadRest(options, cursor);
    if (to > cursor.position)
      say(`journal of ${node}: what was lost of epoch ${cursor.epoch} is there again, and is loaded`);
  }
}

/** Position up to which the epoch is loaded then. What is still damaged stays given up: it was told when it was found. */
async function loadRest({ node, directory, ledger }: ReturnedOptions, cursor: Cursor): Promise<number> {
  const tail = createTail(directory, cursor);
  let loaded = cursor.position;
  try {
    for (;;) {
      const batch = await tail.next(BATCH);
      if (batch === null || batch.epoch !== cursor.epoch) return loaded;
      await ledger.load(toLedgerBatch(node, batch));
      loaded = batch.to;
    }
  } catch (error) {
    if (isRefused(error)) return loaded;
    throw error;
  } finally {
    await tail.close();
  }
}
