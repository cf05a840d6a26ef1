import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry, JournalService } from '../../api/services/journal.ts';
import { isBefore, listSegments, type Place } from '../../journal/segments.ts';
import { readJournal } from '../../journal/tail.ts';
import { RingfenceError } from '../../kernel/errors.ts';

/** The journals of all processes of this node. */
export interface Journals {
  readonly nodes: readonly string[];
  directoryOf(node: string): string;
}

type Places = Map<string, Place>;

/** Who looks at the latest records is not kept from them by damage before; `verify` names it. */
export const passOver = (): void => {};
const POLL_MILLISECONDS = 100;

/** The latest records, and those that come; waits at most `wait` ms for the next. */
export async function tailJournals(
  journals: Journals,
  { cursor, limit, wait, signal }: Parameters<JournalService['tail']>[0],
): ReturnType<JournalService['tail']> {
  const places = cursor === null ? await latest(journals, limit) : readCursor(cursor);
  const end = performance.now() + wait;
  for (;;) {
    const rows = await after(journals, places, limit);
    // The latest of all nodes are the last of those that are the latest of each; what came before them is not to come again.
    const found = merge(rows, cursor === null ? Infinity : limit);
    if (found.length > 0 || performance.now() >= end || signal.aborted)
      return { entries: found.slice(-limit), cursor: writeCursor(places, found) };
    await sleep(POLL_MILLISECONDS);
  }
}

async function after(
  { nodes, directoryOf }: Journals,
  places: Places,
  limit: number,
): Promise<readonly JournalEntry[][]> {
  const rows: JournalEntry[][] = [];
  for (const node of nodes) {
    const found: JournalEntry[] = [];
    for await (const { epoch, position, record } of readJournal(
      directoryOf(node),
      places.get(node),
      passOver,
    )) {
      found.push({ node, epoch, position, record });
      if (found.length >= limit) break;
    }
    rows.push(found);
  }
  return rows;
}

/** In the order of time, but those of one node in their own order: its clock may have gone back. */
function merge(rows: readonly JournalEntry[][], limit: number): readonly JournalEntry[] {
  const merged: JournalEntry[] = [];
  const heads = rows.map(() => 0);
  while (merged.length < limit) {
    let first: JournalEntry | undefined;
    let from = 0;
    for (const [index, row] of rows.entries()) {
      const entry = row[heads[index] ?? 0];
      if (entry === undefined || (first !== undefined && first.record.at <= entry.record.at)) continue;
      [first, from] = [entry, index];
    }
    if (first === undefined) break;
    merged.push(first);
    heads[from] = (heads[from] ?? 0) + 1;
  }
  return merged;
}

/** Places from which about the last `limit` records of each node follow. */
async function latest({ nodes, directoryOf }: Journals, limit: number): Promise<Places> {
  const places: Places = new Map();
  for (const node of nodes) {
    const first = await placeOfLast(directoryOf(node), limit);
    if (first !== null) places.set(node, first);
  }
  return places;
}

/** Place of the first of the last `limit` records; a life, and with it a segment, may be short. */
async function placeOfLast(directory: string, limit: number): Promise<Place | null> {
  const recent: Place[] = [];
  for (const { epoch, first } of (await listSegments(directory)).toReversed()) {
    const [end] = recent;
    const from = { epoch, position: first };
    const found: Place[] = [];
    for await (const { epoch: of, position } of readJournal(directory, from, passOver)) {
      if (end !== undefined && !isBefore({ epoch: of, position }, end)) break;
      found.push({ epoch: of, position });
      if (found.length + recent.length > limit) found.shift();
    }
    recent.unshift(...found);
    if (recent.length >= limit) break;
  }
  return recent[0] ?? null;
}

function writeCursor(places: Places, entries: readonly JournalEntry[]): string {
  const next = new Map(places);
  for (const { node, epoch, position } of entries) next.set(node, { epoch, position: position + 1 });
  return [...next].map(([node, { epoch, position }]) => `${node}.${epoch}.${position}`).join(',');
}

function readCursor(cursor: string): Places {
  const places: Places = new Map();
  for (const part of cursor === '' ? [] : cursor.split(',')) {
    const match = /^(\w+)\.(\d{1,9})\.(\d{1,15})$/.exec(part);
    if (match?.[1] === undefined)
      throw new RingfenceError('input_invalid', 'The cursor is not one that an earlier answer gave.');
    places.set(match[1], { epoch: Number(match[2]), position: Number(match[3]) });
  }
  return places;
}
