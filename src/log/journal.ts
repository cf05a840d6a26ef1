import type { Clock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { FRAME_BYTES, GENESIS, MAX_PAYLOAD, toHex, writeFrame, type Chain } from './format.ts';
import { findEnd } from './find-end.ts';
import { takeLock } from './lock.ts';
import type { JournalRecord } from '../journal/records.ts';
import { createSegmentStore, type SegmentStore } from './segment-store.ts';
import { nodeFiles, systemScheduler, type JournalFiles, type Scheduler } from './system.ts';

type Callback = (error: Error | null) => void;

/**
 * - `open`: everything is fine
 * - `full`: no room for new spending; running requests can still be completed
 * - `failed`: a write or sync failed; nothing is acknowledged any more and the process must end
 */
export type JournalState = 'open' | 'full' | 'failed' | 'closed';

export interface Journal {
  readonly node: string;
  readonly epoch: number;
  /** False when no new spending may be recorded. */
  accepts(): boolean;
  state(): JournalState;
  /** Next position; everything below it was appended. */
  position(): number;
  /**
   * Appends a record and returns its position. All records of one turn of the event loop are written together;
   * then `onWritten` runs: a kill of the process can no longer lose the record.
   */
  append(record: JournalRecord, onWritten?: Callback): number;
  /** Runs `done` once a power cut cannot lose the record at `position`; with an error when that will never be. */
  onDurable(position: number, done: Callback): void;
  /** Resolves once everything appended so far is durable. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  readonly directory: string;
  readonly node: string;
  readonly clock: Pick<Clock, 'wall'>;
  /** Boot id of the machine: tells after a restart whether the disk cache survived. */
  readonly boot: string;
  readonly version: string;
  /** Signs the hex chain head for checkpoints, base64url. */
  readonly sign: (head: string) => string;
  readonly segmentBytes?: number;
  /** New spending is refused while the disk has less than this. */
  readonly minFreeBytes?: number;
  readonly checkpointEvery?: number;
  readonly files?: JournalFiles;
  readonly scheduler?: Scheduler;
}

const BUFFER_BYTES = 1024 * 1024;
const CHECKPOINT_MILLISECONDS = 1000;

/**
 * Opens a journal directory for one process and starts a new epoch in it. Throws `conflict` when another process
 * holds the directory, `verify_failed` when the last epoch is damaged.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, node, files = nodeFiles, scheduler = systemScheduler } = options;
  const unlock = takeLock(directory);
  try {
    const last = await findEnd(directory);
    const epoch = last === null ? 1 : last.epoch + 1;
    const previous = last === null ? GENESIS : last.head;
    const segments = await createSegmentStore({
      directory,
      node,
      boot: options.boot,
      epoch,
      files,
      scheduler,
      segmentBytes: options.segmentBytes ?? 16 * 1024 * 1024,
      minFreeBytes: options.minFreeBytes ?? 64 * 1024 * 1024,
      chain: { position: 0, head: previous },
    });
    const journal = createWriter({ ...options, files, scheduler }, { epoch, previous, segments, unlock });
    const { boot, version, clock } = options;
    journal.append({
      type: 'open',
      at: clock.wall(),
      node,
      epoch,
      previous: last === null ? '' : toHex(previous),
      boot,
      version,
    });
    await journal.flush();
    return journal;
  } catch (error) {
    unlock();
    throw error;
  }
}

interface Opened {
  readonly epoch: number;
  readonly previous: string;
  readonly segments: SegmentStore;
  readonly unlock: () => void;
}

interface Waiter {
  readonly position: number;
  readonly done: Callback;
}

function createWriter(
  options: JournalOptions & { readonly files: JournalFiles; readonly scheduler: Scheduler },
  { epoch, previous, segments, unlock }: Opened,
): Journal {
  const { node, clock, scheduler, sign, checkpointEvery = 1000 } = options;
  const chain: Chain = { position: 0, head: previous };
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let used = 0;
  let isScheduled = false;
  let isSyncing = false;
  let failure: Error | null = null;
  let isClosed = false;
  let written = 0;
  let synced = 0;
  let checkpoint = 0;
  let onWritten: Callback[] = [];
  const waiters: Waiter[] = [];
  let head = 0;

  function fail(error: unknown): void {
    failure ??= error instanceof Error ? error : new Error(String(error));
    const callbacks = onWritten;
    onWritten = [];
    for (const callback of callbacks) callback(failure);
    while (head < waiters.length) waiters[head++]?.done(failure);
  }

  function write(): void {
    isScheduled = false;
    if (failure !== null) return fail(failure);
    try {
      if (used > 0) segments.write(buffer, used, chain);
    } catch (error) {
      return fail(error);
    }
    used = 0;
    written = chain.position;
    const callbacks = onWritten;
    onWritten = [];
    for (const callback of callbacks) callback(null);
    sync();
  }

  function sync(): void {
    if (isSyncing || failure !== null || synced === written) return;
    isSyncing = true;
    const target = written;
    segments.sync((error) => {
      isSyncing = false;
      if (error !== null) return fail(error);
      synced = target;
      release();
      sync();
    });
  }

  function release(): void {
    for (;;) {
      const waiter = waiters[head];
      if (waiter === undefined || waiter.position >= synced) break;
      head += 1;
      waiter.done(null);
    }
    if (head > 1024 && head * 2 > waiters.length) head = (waiters.splice(0, head), 0);
  }

  function frame(text: string): number {
    if (used + FRAME_BYTES + text.length * 3 > buffer.length) write();
    const position = chain.position;
    const bytes = writeFrame(buffer, used, chain, text);
    if (bytes === 0)
      throw new RingfenceError('internal', `A journal record is larger than ${MAX_PAYLOAD} bytes.`);
    used += bytes;
    if (!isScheduled) {
      isScheduled = true;
      scheduler.immediate(write);
    }
    return position;
  }

  function append(record: JournalRecord, callback?: Callback): number {
    if (failure !== null || isClosed) {
      const error = failure ?? new RingfenceError('journal_unavailable', 'The journal is closed.');
      scheduler.immediate(() => callback?.(error));
      return chain.position;
    }
    const position = frame(JSON.stringify(record));
    if (callback !== undefined) onWritten.push(callback);
    if (chain.position - checkpoint >= checkpointEvery) mark();
    return position;
  }

  /** Signs the head of the chain, so that nobody without the key can write the records before it anew. */
  function mark(): void {
    const text = toHex(chain.head);
    frame(JSON.stringify({ type: 'checkpoint', at: clock.wall(), head: text, signature: sign(text) }));
    checkpoint = chain.position;
  }

  const stopMarking = scheduler.every(CHECKPOINT_MILLISECONDS, () => {
    if (chain.position > checkpoint && failure === null && !isClosed) mark();
  });

  function onDurable(position: number, done: Callback): void {
    if (failure !== null) return done(failure);
    if (position < synced) return done(null);
    waiters.push({ position, done });
  }

  const flush = (): Promise<void> =>
    new Promise((resolve, reject) =>
      onDurable(chain.position - 1, (error) => (error === null ? resolve() : reject(error))),
    );

  return Object.freeze({
    node,
    epoch,
    accepts: () => failure === null && !isClosed && segments.hasRoom(),
    state: () => (isClosed ? 'closed' : failure !== null ? 'failed' : segments.hasRoom() ? 'open' : 'full'),
    position: () => chain.position,
    append,
    onDurable,
    flush,
    async close() {
      if (isClosed) return;
      stopMarking();
      if (failure === null) {
        append({ type: 'close', at: clock.wall() });
        mark();
        await flush().catch(() => {});
      }
      isClosed = true;
      await segments.close();
      unlock();
    },
  } satisfies Journal);
}
