import { join } from 'node:path';
import type { JournalEntry, JournalService } from '../../api/services/journal.ts';
import { faultError, type Fault } from '../../journal/fault.ts';
import { readJournal } from '../../journal/tail.ts';
import { CONTROL } from '../foundation.ts';
import { retireEpochs } from './journal-retirement.ts';
import { readStory } from './journal-story.ts';
import { tailJournals, type Journals } from './journal-tail.ts';
import { verifyJournals } from './journal-verification.ts';
import type { Primary } from '../primary.ts';

/** Reads the journals of all processes of this node from their files. */
export function createJournalService(primary: Primary): JournalService {
  const { nodes, former, paths } = primary;
  const journals: Journals = {
    nodes: [CONTROL, ...nodes, ...former],
    directoryOf: (node) => join(paths.journal, node),
  };
  return {
    tail: (options) => tailJournals(journals, options),
    show: (point) => readStory(journals, point),
    export: (range) => exportRecords(journals, range),
    verify: (progress) => verifyJournals(primary, journals, progress),
    retire: (request, actor) => retireEpochs(primary, journals, { ...request, actor }),
  };
}

/** Everything that can be trusted; the rest of a damaged epoch is left out, and said at the end. */
async function* exportRecords(
  { nodes, directoryOf }: Journals,
  { since, until }: Parameters<JournalService['export']>[0],
): AsyncGenerator<JournalEntry> {
  const faults: Fault[] = [];
  const isWanted = (at: number) => at >= (since ?? 0) && at < (until ?? Infinity);
  for (const node of nodes) {
    const all = readJournal(directoryOf(node), undefined, (fault) => faults.push(fault));
    for await (const { epoch, position, record } of all)
      if (isWanted(record.at)) yield { node, epoch, position, record };
  }
  const [first] = faults;
  if (first !== undefined) throw faultError(first);
}
