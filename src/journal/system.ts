import fs, { readFileSync } from 'node:fs';
import { clearInterval, setImmediate, setInterval } from 'node:timers';

type Done = (error: Error | null) => void;

/** What the writer does to its files. `nodeFiles` in the product; wrapped in tests to simulate faults. */
export interface JournalFiles {
  openSync(path: string, flags: string, mode: number): number;
  closeSync(fd: number): void;
  writeSync(fd: number, bytes: Buffer, offset: number, length: number, at: number): number;
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  write(fd: number, bytes: Buffer, offset: number, length: number, at: number, done: Written): void;
  ftruncate(fd: number, length: number, done: Done): void;
  fdatasync(fd: number, done: Done): void;
  fsync(fd: number, done: Done): void;
  statfs(path: string, done: (error: Error | null, stats: FreeSpace) => void): void;
}

type Written = (error: Error | null, written: number) => void;

export interface FreeSpace {
  readonly bavail: number;
  readonly bsize: number;
}

export const nodeFiles: JournalFiles = fs;

/** When things run: once in this turn of the event loop, or again and again. */
export interface Scheduler {
  immediate(run: () => void): void;
  /** Runs every `milliseconds` and keeps no process alive. The result stops it. */
  every(milliseconds: number, run: () => void): () => void;
}

export const systemScheduler: Scheduler = {
  immediate: (run) => void setImmediate(run),
  every(milliseconds, run) {
    const timer = setInterval(run, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Boot id of this machine (random(4)); empty where there is none. */
export function systemBoot(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** A callback-style call as a promise; for opening and closing, not for the hot path. */
export function settled(call: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

/** Writes all of `bytes`; the system may take them in several steps. */
export function writeFully(files: JournalFiles, fd: number, bytes: Buffer, at: number): void {
  let written = 0;
  while (written < bytes.length)
    written += files.writeSync(fd, bytes, written, bytes.length - written, at + written);
}
