import { basename } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';
import { createCursor, type Cursor, type CursorOptions, type From, type Step } from './cursor.ts';
import { faultError, type Fault } from './fault.ts';
import { toHex } from './format.ts';
import { notRecord, parseRecord } from './record-shape.ts';
import type { JournalRecord } from './records.ts';
import type { Place } from './segments.ts';

export interface ReadRecord extends Place {
  /** Chain hash after this record, binary: few ask for it, and there are many records. */
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
  /**
   * The next records of one epoch, at most `limit`; null when there are none yet. They are on disk: what was loaded
   * elsewhere cannot vanish here in a power cut. Throws `verify_failed` when what comes next cannot be trusted, again
   * and again until `skipEpoch`; `journal_unavailable` when the disk does not take it.
   */
  next(limit: number): Promise<Batch | null>;
  /** What `next` last said cannot be trusted; null when it never did. */
  fault(): Fault | null;
  /** Gives up the rest of a damaged epoch; false while there is no later one. */
  skipEpoch(): Promise<boolean>;
  close(): Promise<void>;
}

/** Starts at `from`, which may be the store's cursor; without it at the first record that is kept. */
export function createTail(directory: string, from?: From, options?: Pick<CursorOptions, 'boot'>): Tail {
  const cursor = createCursor({
    directory,
    ...options,
    ...(from === undefined ? {} : { from: beginAt(from) }),
  });
  const batches = createBatches(cursor, basename(directory));
  let failed: RingfenceError | null = null;
  let found: Fault | null = null;
  return Object.freeze({
    async next(limit: number) {
      if (failed !== null) throw failed;
      const batch = await batches.next(limit);
      if (batch !== null && 'kind' in batch) {
        found = batch;
        throw faultError(batch);
      }
      if (batch !== null)
        await cursor.sync().catch((error: unknown) => {
          // Asking again would be answered with success: the system forgets the error, not the loss.
          failed = new RingfenceError('journal_unavailable', undefined, { cause: error });
          throw failed;
        });
      return batch;
    },
    fault: () => found,
    skipEpoch: batches.skipEpoch,
    close: () => cursor.close(),
  });
}

/** A cursor at position 0 has no head. */
function beginAt({ epoch, position, head }: From): From {
  return head === undefined || head === '' ? { epoch, position } : { epoch, position, head };
}

interface Batches {
  /** The next records of one epoch; null when there are none now. */
  next(limit: number): Promise<Batch | Fault | null>;
  skipEpoch(): Promise<boolean>;
}

/** What a cursor gives, as records. A frame that holds no record is a fault, after the records before it. */
function createBatches(cursor: Cursor, node: string): Batches {
  let wrong: Fault | null = null;
  return {
    async next(limit) {
      while (wrong === null) {
        const step = await cursor.next(limit);
        if (step.kind === 'end') return null;
        if (step.kind === 'fault') return step.fault;
        if (step.kind === 'epoch') continue;
        const records = toRecords(step);
        const other = step.frames[records.length];
        wrong = other === undefined ? null : notRecord(node, step.file, other.position);
        const batch = toBatch(records);
        if (batch !== null) return batch;
      }
      return wrong;
    },
    async skipEpoch() {
      const isSkipped = await cursor.skipEpoch();
      if (isSkipped) wrong = null;
      return isSkipped;
    },
  };
}

type Frames = Extract<Step, { readonly kind: 'frames' }>;

/** Up to the first frame that is no record. */
function toRecords({ file: { epoch }, frames }: Frames): readonly ReadRecord[] {
  const records: ReadRecord[] = [];
  for (const { position, head, payload } of frames) {
    const record = parseRecord(payload);
    if (record === null) return records;
    records.push({ epoch, position, head, record });
  }
  return records;
}

function toBatch(records: readonly ReadRecord[]): Batch | null {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { epoch, position: from } = first;
  return { epoch, from, to: last.position + 1, head: toHex(last.head), records };
}

/** Called for each epoch whose rest is left out because it cannot be trusted. */
export type OnFault = (fault: Fault) => void;

/**
 * All records from a place on, to the end that is there now. Where they cannot be trusted it throws `verify_failed`,
 * or with `onFault` goes on in the next epoch.
 */
export async function* readJournal(
  directory: string,
  from?: Place,
  onFault?: OnFault,
): AsyncGenerator<ReadRecord> {
  const { epoch, position } = from ?? { epoch: 0, position: 0 };
  const cursor = createCursor({ directory, from: { epoch, position } });
  const batches = createBatches(cursor, basename(directory));
  try {
    for (;;) {
      const batch = await batches.next(1_000);
      if (batch === null) return;
      if ('records' in batch) {
        yield* batch.records;
        continue;
      }
      if (onFault === undefined) throw faultError(batch);
      onFault(batch);
      if (!(await batches.skipEpoch())) return;
    }
  } finally {
    await cursor.close();
  }
}

/** One record by its coordinates; null when there is none, or it has been pruned. */
export async function findRecord(directory: string, place: Place): Promise<ReadRecord | null> {
  for await (const record of readJournal(directory, place))
    return record.epoch === place.epoch && record.position === place.position ? record : null;
  return null;
}
