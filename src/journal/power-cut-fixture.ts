import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { nodeFiles, type JournalFiles } from './system.ts';

/** A disk that forgets: what was not synced may or may not have reached it, sector by sector. */
export interface ForgetfulDisk {
  readonly files: JournalFiles;
  /** Writes into `directory` what a power cut at this moment could leave. `random` gives 0 up to 1. */
  cut(directory: string, random: () => number): void;
}

interface Write {
  readonly at: number;
  readonly bytes: Buffer;
}

type WriteCall = readonly [
  fd: number,
  bytes: Buffer,
  offset: number,
  length: number,
  at: number,
  ...rest: unknown[],
];

interface File {
  durable: Buffer;
  pending: Write[];
}

type NameChange = { readonly path: string; readonly file: File | null };

const SECTOR = 512;

/** Wraps real files and follows what is synced when. */
export function createForgetfulDisk(): ForgetfulDisk {
  const opened = new Map<number, File>();
  const byPath = new Map<string, File>();
  const durableNames = new Map<string, File>();
  let changes: NameChange[] = [];

  function rename(path: string, file: File | null): void {
    changes.push({ path, file });
    if (file === null) byPath.delete(path);
    else byPath.set(path, file);
  }
  const note = ([fd, bytes, offset, length, at]: WriteCall): unknown =>
    opened.get(fd)?.pending.push({ at, bytes: Buffer.from(bytes.subarray(offset, offset + length)) });

  const files: JournalFiles = {
    ...nodeFiles,
    openSync(path, flags, mode) {
      const fd = nodeFiles.openSync(path, flags, mode);
      const file = { durable: Buffer.alloc(0), pending: [] };
      opened.set(fd, file);
      rename(path, file);
      return fd;
    },
    closeSync(fd) {
      opened.delete(fd);
      nodeFiles.closeSync(fd);
    },
    renameSync(from, to) {
      nodeFiles.renameSync(from, to);
      const file = byPath.get(from) ?? null;
      rename(to, file);
      rename(from, null);
    },
    unlinkSync(path) {
      nodeFiles.unlinkSync(path);
      rename(path, null);
    },
    writeSync(...call) {
      note(call);
      return nodeFiles.writeSync(...call);
    },
    write(...call) {
      note(call);
      nodeFiles.write(...call);
    },
    fdatasync(fd, done) {
      const file = opened.get(fd);
      const covered = file?.pending.length ?? 0;
      nodeFiles.fdatasync(fd, (error) => {
        if (file !== undefined) settle(file, covered);
        done(error);
      });
    },
    fsync(fd, done) {
      const covered = changes.length;
      nodeFiles.fsync(fd, (error) => {
        apply(durableNames, changes.slice(0, covered));
        changes = changes.slice(covered);
        done(error);
      });
    },
  };
  return {
    files,
    cut(directory, random) {
      const names = new Map(durableNames);
      apply(names, changes.slice(0, Math.floor(random() * (changes.length + 1))));
      mkdirSync(directory, { recursive: true });
      for (const [path, file] of names)
        writeFileSync(join(directory, basename(path)), survivor(file, random));
    },
  };
}

function apply(names: Map<string, File>, changes: readonly NameChange[]): void {
  for (const { path, file } of changes) {
    if (file === null) names.delete(path);
    else names.set(path, file);
  }
}

function settle(file: File, covered: number): void {
  for (const write of file.pending.slice(0, covered)) file.durable = put(file.durable, write);
  file.pending = file.pending.slice(covered);
}

function put(bytes: Buffer, write: Write): Buffer {
  const end = write.at + write.bytes.length;
  const grown = end <= bytes.length ? bytes : Buffer.concat([bytes, Buffer.alloc(end - bytes.length)]);
  write.bytes.copy(grown, write.at);
  return grown;
}

/** Each sector holds the synced content and a random number of the later writes, in their order. */
function survivor({ durable, pending }: File, random: () => number): Buffer {
  const content = Buffer.alloc(
    Math.max(durable.length, ...pending.map(({ at, bytes }) => at + bytes.length)),
  );
  durable.copy(content);
  let size = durable.length;
  const luck = [0, 0.5, 0.9, 1][Math.floor(random() * 4)] ?? 0;
  const cutOff = new Set<number>();
  for (const { at, bytes } of pending) {
    for (let offset = 0; offset < bytes.length;) {
      const sector = Math.floor((at + offset) / SECTOR);
      const end = Math.min(bytes.length, (sector + 1) * SECTOR - at);
      if (random() >= luck) cutOff.add(sector);
      if (!cutOff.has(sector)) {
        bytes.copy(content, at + offset, offset, end);
        size = Math.max(size, at + end);
      }
      offset = end;
    }
  }
  return content.subarray(0, size);
}
