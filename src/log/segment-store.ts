import { join } from 'node:path';
import fs from 'node:fs';
import type { Chain } from './format.ts';
import { HEADER_BYTES, writeHeader } from './header.ts';
import { segmentPath, syncDirectory } from './segments.ts';
import { settled, writeFully, type JournalFiles, type Scheduler } from './system.ts';

/** The files of one epoch: one being written, the next one ready before it is needed. */
export interface SegmentStore {
  /** Writes whole frames; starts the next segment first when they do not fit. `end` is the chain after them. */
  write(bytes: Buffer, length: number, end: Readonly<Chain>): void;
  /** Makes everything written so far durable. Calls are not nested. */
  sync(done: (error: Error | null) => void): void;
  /** False when no further segment could be prepared, or the disk runs low. */
  hasRoom(): boolean;
  close(): Promise<void>;
}

export interface SegmentStoreOptions {
  readonly directory: string;
  readonly node: string;
  readonly boot: string;
  readonly epoch: number;
  readonly chain: Readonly<Chain>;
  readonly segmentBytes: number;
  readonly minFreeBytes: number;
  readonly files: JournalFiles;
  readonly scheduler: Scheduler;
}

const ZEROS = Buffer.alloc(1024 * 1024);
const WATCH_MILLISECONDS = 1000;

/** Creates the first segment of an epoch and prepares the second. Rejects when the disk has no room for it. */
export async function createSegmentStore(options: SegmentStoreOptions): Promise<SegmentStore> {
  const { directory, files, scheduler, segmentBytes, minFreeBytes } = options;
  const spare = join(directory, `${options.node}.next`);
  let first = options.chain;
  let last: Chain = { ...options.chain };
  let fd = -1;
  let offset = 0;
  let isReady = false;
  let isPreparing = false;
  let isLow = false;

  async function prepare(): Promise<void> {
    if (isReady || isPreparing) return;
    isPreparing = true;
    try {
      await fillFile(files, spare, segmentBytes);
      isReady = true;
    } catch {
      isReady = false; // Tried again by the watch; until then nothing new is accepted.
    } finally {
      isPreparing = false;
    }
  }

  function start(): void {
    const path = segmentPath(directory, { epoch: options.epoch, position: first.position });
    files.renameSync(spare, path);
    isReady = false;
    fd = files.openSync(path, 'r+', 0o600);
    const { node, boot, epoch } = options;
    writeFully(files, fd, writeHeader({ node, boot, epoch, first: first.position, chain: first.head }), 0);
    offset = HEADER_BYTES;
  }

  /** The old segment is synced before the new one begins, so that one sync always covers everything before it. */
  function rotate(): void {
    if (!isReady) throw new Error('no journal segment is ready: the disk is full');
    fs.fdatasyncSync(fd);
    files.closeSync(fd);
    first = { ...last };
    start();
    syncDirectoryNow(directory);
    void prepare();
  }

  await prepare();
  if (!isReady) throw new Error('the disk has no room for a journal segment');
  start();
  await syncDirectory(directory);
  await prepare();

  const stopWatching = scheduler.every(WATCH_MILLISECONDS, () => {
    void prepare();
    files.statfs(directory, (error, stats) => {
      if (error === null) isLow = stats.bavail * stats.bsize < minFreeBytes;
    });
  });

  return {
    write(bytes, length, end) {
      if (offset + length > segmentBytes) rotate();
      writeFully(files, fd, bytes.subarray(0, length), offset);
      offset += length;
      last = { position: end.position, head: end.head };
    },
    sync: (done) => files.fdatasync(fd, done),
    hasRoom: () => !isLow && (isReady || offset < segmentBytes / 2),
    async close() {
      stopWatching();
      files.closeSync(fd);
    },
  };
}

async function fillFile(files: JournalFiles, path: string, size: number): Promise<void> {
  const fd = files.openSync(path, 'w', 0o600);
  try {
    for (let at = 0; at < size; at += ZEROS.length) {
      const length = Math.min(ZEROS.length, size - at);
      await settled((done) =>
        files.write(fd, ZEROS, 0, length, at, (error, count) =>
          done(error ?? (count === length ? null : new Error('the disk is full'))),
        ),
      );
    }
    await settled((done) => files.fsync(fd, done));
  } finally {
    files.closeSync(fd);
  }
}

function syncDirectoryNow(directory: string): void {
  const fd = fs.openSync(directory, 'r');
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}
