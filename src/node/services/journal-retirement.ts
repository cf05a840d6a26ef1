import type { JournalService } from '../../api/services/journal.ts';
import { planRetirement, retire } from '../../journal/retire.ts';
import type { Retirement } from '../../journal/retirement.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Journals } from './journal-tail.ts';
import { verifyOne } from './journal-verification.ts';
import type { Primary } from '../primary.ts';
import { journalLockName } from '../background-work.ts';

const RECORDED_SEGMENTS = 100;
const RECORDED_FAULTS = 20;

interface RetireAct {
  readonly node: string;
  readonly through: number;
  readonly reason: string;
  readonly actor: string;
}

/** Journaled before it happens, with the hash of each segment; pruning waits meanwhile. */
export async function retireEpochs(
  primary: Primary,
  journals: Journals,
  { node, through, reason, actor }: RetireAct,
): ReturnType<JournalService['retire']> {
  const { store, lock, clock, checkpoint, losses } = primary;
  if (!journals.nodes.includes(node))
    throw new RingfenceError('not_found', `There is no journal ${JSON.stringify(node)}.`);
  return lock(journalLockName(node), async () => {
    const directory = journals.directoryOf(node);
    const { faults } = await verifyOne(primary, journals, node);
    const loaded = (await store.ledger.cursors(node)).findLast(({ position }) => position > 0) ?? null;
    const plan = await planRetirement({ directory, node, through, faults, loaded });
    const retirement: Retirement = { ...plan, at: clock.wall(), actor, reason };
    await recordRetirement(primary, retirement);
    await retire(directory, retirement, checkpoint.sign);
    losses.retired(node, through);
    return retirement;
  });
}

/** A record has its size: many segments take several. */
async function recordRetirement({ record }: Primary, retirement: Retirement): Promise<void> {
  const { node, actor, through, reason, faults, segments, start } = retirement;
  const parts = Math.max(1, Math.ceil(segments.length / RECORDED_SEGMENTS));
  for (let part = 0; part < parts; part++) {
    const some = segments.slice(part * RECORDED_SEGMENTS, (part + 1) * RECORDED_SEGMENTS);
    const detail = {
      through,
      reason,
      faults: faults.slice(0, RECORDED_FAULTS),
      part: part + 1,
      parts,
      start,
    };
    await record({ actor, act: 'journal.retire', target: node, detail: { ...detail, segments: some } });
  }
}
