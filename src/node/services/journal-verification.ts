import { pointId } from '../../kernel/point.ts';
import type { Progress } from '../../kernel/progress.ts';
import type { JournalService } from '../../api/services/journal.ts';
import { verifyCheckpoint } from '../../custody/checkpoint-key.ts';
import type { IsSigned } from '../../journal/checkpoint.ts';
import { readRetirements } from '../../journal/retirement.ts';
import { verifyJournal, type JournalVerification } from '../../journal/verify.ts';
import type { Journals } from './journal-tail.ts';
import type { Primary } from '../primary.ts';

/** Recomputes every journal, and compares what was retired of it with its note. */
export async function verifyJournals(
  primary: Primary,
  journals: Journals,
  progress: (progress: Progress) => void = () => undefined,
): ReturnType<JournalService['verify']> {
  const verified = [];
  const problems: string[] = [];
  let before = 0;
  for (const node of journals.nodes) {
    const { epochs, records, signed, lastAt, torn, faults } = await verifyOne(
      primary,
      journals,
      node,
      (done) => progress({ done: before + done, total: 0, unit: 'records' }),
    );
    before += records;
    const retired = await readRetirements(journals.directoryOf(node), isSignedBy(primary));
    const ends = torn.map(({ bytes, ...end }) => ({ id: pointId({ node, ...end }), bytes }));
    const shown = retired.flatMap(({ retirement, kept }) =>
      retirement === null ? [] : [{ ...retirement, kept }],
    );
    verified.push({ node, epochs, records, signed, lastAt, torn: ends, retired: shown });
    problems.push(
      ...faults.map(({ message }) => message),
      ...retired.flatMap(({ problem }) => problem ?? []),
    );
  }
  return { journals: verified, problems };
}

/** Anchors are read first: a journal that is being written may only be ahead of them. */
export async function verifyOne(
  primary: Primary,
  { directoryOf }: Journals,
  node: string,
  onRecords: (records: number) => void = () => undefined,
): Promise<JournalVerification> {
  const anchors = await primary.store.ledger.heads(node);
  const isSigned = isSignedBy(primary);
  return verifyJournal({ directory: directoryOf(node), node, anchors, isSigned, onRecords });
}

function isSignedBy({ checkpoint }: Primary): IsSigned {
  return (text, signature) => verifyCheckpoint(text, signature, checkpoint.publicKey);
}
