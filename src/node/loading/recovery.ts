import { openSegment } from '../../journal/segment-reader.ts';
import { listSegments } from '../../journal/segments.ts';
import type { LeaseStore, LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';

export interface RecoveryOptions {
  readonly node: string;
  readonly directory: string;
  readonly boot: string;
  readonly leases: Pick<LeaseStore, 'open' | 'close'>;
  readonly ledger: Pick<LedgerStore, 'cursors' | 'list'>;
  /** True when the last life ended because its journal could not be made durable. */
  readonly isDoubtful: boolean;
}

const PAGE = 1000;

/**
 * Ends the leases of a process that is dead and whose journal is loaded to its end. When the machine went down in
 * between, or the disk failed, records may be lost: what is left of the leases counts as spent. The last life is ended
 * also where it had no lease, as without budgets, and so is each whose requests have no outcome: an older store may be
 * given many lives at once, and their lost answers would never be looked for.
 */
export async function closeLeases({
  node,
  directory,
  boot,
  leases,
  ledger,
  isDoubtful,
}: RecoveryOptions): Promise<void> {
  const epochs = new Set(
    (await leases.open()).filter((lease) => lease.node === node).map(({ epoch }) => epoch),
  );
  const last = (await ledger.cursors(node)).at(-1);
  if (last !== undefined) epochs.add(last.epoch);
  for await (const row of underWay(ledger)) if (row.node === node) epochs.add(row.epoch);
  for (const epoch of epochs) {
    const isSameBoot = (await bootOf(directory, epoch)) === boot;
    await leases.close(node, epoch, isSameBoot && !isDoubtful ? 'free' : 'presume');
  }
}

/** All rows without an outcome, of all processes: as many as are loaded into an older store. */
async function* underWay(ledger: Pick<LedgerStore, 'list'>): AsyncIterable<LedgerRecord> {
  let before: LedgerRecord | undefined;
  do {
    const older = before === undefined ? {} : { before };
    const rows = await ledger.list({ state: 'reserved', limit: PAGE, ...older });
    yield* rows;
    before = rows.length < PAGE ? undefined : rows.at(-1);
  } while (before !== undefined);
}

/** Boot of the machine in which an epoch was opened, as the header of any of its segments says; null when none can. */
async function bootOf(directory: string, epoch: number): Promise<string | null> {
  for (const file of await listSegments(directory)) {
    if (file.epoch !== epoch) continue;
    const found = await openSegment(file);
    if (found === 'blank' || 'kind' in found) continue;
    await found.close();
    return found.header.boot;
  }
  return null;
}
