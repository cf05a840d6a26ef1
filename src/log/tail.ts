import { toHex } from './format.ts';
import { faultError } from './fault.ts';
import type { JournalRecord } from '../journal/records.ts';
import { openSegment, type SegmentReader } from './segment-reader.ts';
import { listSegments, type Place, type SegmentFile } from './segments.ts';

export interface ReadRecord {
  readonly epoch: number;
  readonly position: number;
  /** Chain hash after this record, hex. */
  readonly head: string;
  readonly record: JournalRecord;
}

/** Records of one epoch in a row. `to` is the position after the last; `head` the chain hash there, hex. */
export interface Batch {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
  readonly head: string;
  readonly records: readonly ReadRecord[];
}

/** Follows a journal that another process is writing. */
export interface Tail {
  /** The next records of one epoch; null when there are none yet. Throws `verify_failed` on damage. */
  next(limit: number): Promise<Batch | null>;
  close(): Promise<void>;
}

/** Starts at `from`, which must lie in a segment that exists; positions before it are skipped. */
export function createTail(directory: string, from: Place): Tail {
  let reader: SegmentReader | null = null;
  let place = from;

  async function advance(): Promise<boolean> {
    const file = pick(await listSegments(directory), place, reader?.file ?? null);
    if (file === null) return false;
    const next = await openSegment(file);
    if (next === 'blank') return false;
    if (!('frames' in next)) throw faultError(next);
    await reader?.close();
    reader = next;
    if (file.epoch > place.epoch) place = { epoch: file.epoch, position: file.first };
    return true;
  }

  async function read(limit: number): Promise<Batch | null> {
    if (reader === null) return null;
    const { epoch } = reader.file;
    const first = reader.chain.position;
    const frames = await reader.frames(limit);
    if (frames.length === 0) return null;
    const records = frames
      .map(({ position, head, payload }) => ({
        epoch,
        position,
        head: toHex(head),
        record: JSON.parse(payload.toString()) as JournalRecord,
      }))
      .filter(({ position }) => position >= place.position);
    const to = first + frames.length;
    const start = Math.max(first, place.position);
    place = { epoch, position: Math.max(place.position, to) };
    return { epoch, from: start, to, head: toHex(reader.chain.head), records };
  }

  async function next(limit: number): Promise<Batch | null> {
    for (;;) {
      const batch = await read(limit);
      if (batch !== null && batch.records.length > 0) return batch;
      if (batch === null && !(await advance())) return null;
    }
  }

  return Object.freeze({
    next,
    async close() {
      await reader?.close();
      reader = null;
    },
  });
}

/** The segment that holds `place`, or the first one after the segment that was read to its end. */
function pick(
  segments: readonly SegmentFile[],
  place: Place,
  current: SegmentFile | null,
): SegmentFile | null {
  if (current !== null) return segments[segments.findIndex(({ path }) => path === current.path) + 1] ?? null;
  const holding = segments.findLast(({ epoch, first }) => epoch === place.epoch && first <= place.position);
  return holding ?? segments.find(({ epoch }) => epoch > place.epoch) ?? null;
}

/** All records from a place on, to the end that is there now. */
export async function* readJournal(directory: string, from: Place): AsyncGenerator<ReadRecord> {
  const tail = createTail(directory, from);
  try {
    for (let batch = await tail.next(1000); batch !== null; batch = await tail.next(1000))
      yield* batch.records;
  } finally {
    await tail.close();
  }
}

/** One record by its coordinates, or null. */
export async function findRecord(directory: string, place: Place): Promise<ReadRecord | null> {
  for await (const record of readJournal(directory, place))
    return record.epoch === place.epoch && record.position === place.position ? record : null;
  return null;
}
