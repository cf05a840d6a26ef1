import { join } from 'node:path';
import type { JournalEntry, JournalService } from '../api/services.ts';
import { faultError, type Fault } from '../journal/fault.ts';
import { findRecord, readJournal } from '../journal/tail.ts';
import type { JournalPoint } from '../store/records.ts';
import { CONTROL } from './foundation.ts';
import { retireEpochs } from './journal-retirement.ts';
import { tailJournals, type Journals } from './journal-tail.ts';
import { verifyJournals } from './journal-verification.ts';
import type { Primary } from './primary.ts';

/** How far behind a record its outcome is looked for. */
const FOLLOWERS = 50_000;

/** Reads the journals of all processes of this node from their files. */
export function createJournalService(primary: Primary): JournalService {
  const { config, paths } = primary;
  const journals: Journals = {
    nodes: [CONTROL, ...Array.from({ length: config.workers }, (_, index) => `w${index}`)],
    directoryOf: (node) => join(paths.journal, node),
  };
  return {
    tail: (options) => tailJournals(journals, options),
    show: (point) => show(journals, point),
    export: (range) => exportRecords(journals, range),
    verify: () => verifyJournals(primary, journals),
    retire: (request, actor) => retireEpochs(primary, journals, { ...request, actor }),
  };
}

async function show(
  { nodes, directoryOf }: Journals,
  { node, epoch, position }: JournalPoint,
): Promise<readonly JournalEntry[]> {
  if (!nodes.includes(node)) return [];
  const directory = directoryOf(node);
  const found = await findRecord(directory, { epoch, position });
  if (found === null) return [];
  const entries: JournalEntry[] = [{ node, epoch, position, record: found.record }];
  let looked = 0;
  for await (const next of readJournal(directory, { epoch, position: position + 1 })) {
    if (next.epoch !== epoch || ++looked > FOLLOWERS) break;
    if (next.record.type !== 'outcome' || next.record.of !== position) continue;
    entries.push({ node, epoch, position: next.position, record: next.record });
    break;
  }
  return entries;
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
