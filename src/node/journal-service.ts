import { join } from 'node:path';
import type { JournalEntry, JournalService } from '../api/services.ts';
import { faultError, type Fault } from '../journal/fault.ts';
import { listSegments, type Place } from '../journal/segments.ts';
import { findRecord, readJournal } from '../journal/tail.ts';
import { pointId, type JournalPoint } from '../kernel/point.ts';
import { CONTROL } from './foundation.ts';
import { retireEpochs } from './journal-retirement.ts';
import { passOver, tailJournals, type Journals } from './journal-tail.ts';
import { verifyJournals } from './journal-verification.ts';
import { SETTLED_BY_HAND } from './ledger-service.ts';
import type { Primary } from './primary.ts';

/** How many records behind one its outcome is looked for, and from its time on its settlements. */
const FOLLOWERS = 50_000;
const SETTLEMENTS = 500_000;
/** The clock of the machine may have gone back meanwhile. */
const CLOCK_STEP = 60_000;

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
  if (found.record.type === 'intent' && node !== CONTROL)
    entries.push(...(await settlementsOf(directoryOf(CONTROL), { node, epoch, position }, found.record.at)));
  return entries;
}

/** What was learned about a record later, and by whom. */
async function settlementsOf(
  control: string,
  point: JournalPoint,
  at: number,
): Promise<readonly JournalEntry[]> {
  const id = pointId(point);
  const isAbout = (record: JournalEntry['record']): boolean =>
    (record.type === 'settlement' && record.of.position === point.position && pointId(record.of) === id) ||
    (record.type === 'admin' && record.act === SETTLED_BY_HAND && record.target === id);
  const entries: JournalEntry[] = [];
  const from = await placeAt(control, at - CLOCK_STEP);
  let looked = 0;
  for await (const { epoch, position, record } of readJournal(control, from, passOver)) {
    if (++looked > SETTLEMENTS) break;
    if (isAbout(record)) entries.push({ node: CONTROL, epoch, position, record });
  }
  return entries;
}

/** Beginning of the last segment whose first record is not later than `at`; of the first one if all are. */
async function placeAt(directory: string, at: number): Promise<Place> {
  const places = (await listSegments(directory)).map(({ epoch, first }) => ({ epoch, position: first }));
  for (const place of places.toReversed()) {
    const first = await findRecord(directory, place).catch(() => null); // A damaged one is passed over.
    if (first !== null && first.record.at <= at) return place;
  }
  return { epoch: 0, position: 0 };
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
