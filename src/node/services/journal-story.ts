import type { JournalEntry, JournalService } from '../../api/services/journal.ts';
import { listSegments, type Place } from '../../journal/segments.ts';
import { findRecord, readJournal } from '../../journal/tail.ts';
import { pointId, type JournalPoint } from '../../kernel/point.ts';
import { CONTROL } from '../foundation.ts';
import { passOver, type Journals } from './journal-tail.ts';
import { SETTLED_BY_HAND } from './ledger-service.ts';

/** How many records are looked at. */
export interface StoryLimits {
  /** Behind the record, for its outcome. */
  readonly outcome: number;
  /** In the journal of the control plane from the record's time on, for what was learned about it later. */
  readonly settlements: number;
}

const LIMITS: StoryLimits = { outcome: 50_000, settlements: 500_000 };
/** The clock of the machine may have gone back meanwhile. */
const CLOCK_STEP_MILLISECONDS = 60_000;

/** What is found behind a record, and whether more may stand where nobody looked. */
interface Found {
  readonly entries: readonly JournalEntry[];
  readonly isCut: boolean;
}

/** See `JournalService.show`. */
export async function readStory(
  { nodes, directoryOf }: Journals,
  point: JournalPoint,
  limits = LIMITS,
): ReturnType<JournalService['show']> {
  const { node, epoch, position } = point;
  const directory = directoryOf(node);
  const found = nodes.includes(node) ? await findRecord(directory, { epoch, position }) : null;
  if (found === null) return { entries: [], isCut: false };
  const { record } = found;
  const start: JournalEntry = { node, epoch, position, record };
  if (record.type !== 'intent' || node === CONTROL) return { entries: [start], isCut: false };
  const outcome = await outcomeOf(directory, point, limits.outcome);
  const later = await settlementsOf(directoryOf(CONTROL), { point, at: record.at }, limits.settlements);
  return { entries: [start, ...outcome.entries, ...later.entries], isCut: outcome.isCut || later.isCut };
}

async function outcomeOf(
  directory: string,
  { node, epoch, position }: JournalPoint,
  limit: number,
): Promise<Found> {
  let looked = 0;
  for await (const next of readJournal(directory, { epoch, position: position + 1 })) {
    if (next.epoch !== epoch) break;
    if (looked++ === limit) return { entries: [], isCut: true };
    if (next.record.type === 'outcome' && next.record.of === position)
      return { entries: [{ node, epoch, position: next.position, record: next.record }], isCut: false };
  }
  return { entries: [], isCut: false };
}

/** What was learned about a record later, and by whom. */
async function settlementsOf(
  control: string,
  { point, at }: { readonly point: JournalPoint; readonly at: number },
  limit: number,
): Promise<Found> {
  const id = pointId(point);
  const isAbout = (record: JournalEntry['record']): boolean =>
    (record.type === 'settlement' && record.of.position === point.position && pointId(record.of) === id) ||
    (record.type === 'admin' && record.act === SETTLED_BY_HAND && record.target === id);
  const entries: JournalEntry[] = [];
  const from = await placeAt(control, at - CLOCK_STEP_MILLISECONDS);
  let looked = 0;
  for await (const { epoch, position, record } of readJournal(control, from, passOver)) {
    if (looked++ === limit) return { entries, isCut: true };
    if (isAbout(record)) entries.push({ node: CONTROL, epoch, position, record });
  }
  return { entries, isCut: false };
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
