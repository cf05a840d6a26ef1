import { existsSync, statSync } from 'node:fs';
import { open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { openDatabase } from './database.ts';
import { toFault } from './faults.ts';

/**
 * Copies a snapshot of the store at `path`, which may be in use, to `target`, which must not exist. It appears there only
 * when it is whole and on disk. Readable by its owner only. `onBytes` is told how much is copied. Rejects with `conflict`
 * and `store_unavailable`.
 */
export async function backupSqliteStore(
  path: string,
  target: string,
  onBytes: (done: number) => void = () => undefined,
): Promise<void> {
  if (existsSync(target)) throw new RingfenceError('conflict', `${target} exists already`);
  const partial = `${target}.partial`;
  try {
    await rm(partial, { force: true });
    await (await open(partial, 'wx', 0o600)).close();
    await copySnapshot(path, partial, onBytes);
    await sync(partial);
    await rename(partial, target);
    await sync(dirname(target));
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    const reason = (await lackOfRoom(path, dirname(target))) ?? reasonOf(cause as Error);
    throw new RingfenceError('store_unavailable', `The store cannot be copied: ${reason}`, { cause });
  }
}

/** Errors of the system name the file they are about, store or copy; those of SQLite are translated, and name none. */
const reasonOf = (cause: Error): string => ('errcode' in cause ? toFault(cause).message : cause.message);

const MIB = 1024 * 1024;

/** SQLite does not say which of the two disks is full or has failed. Null: there is room for the store and its log. */
async function lackOfRoom(path: string, folder: string): Promise<string | null> {
  try {
    const sizes = [path, `${path}-wal`].map((one) => statSync(one, { throwIfNoEntry: false })?.size ?? 0);
    const { bavail, bsize } = await statfs(folder);
    const [size, free] = [sizes.reduce((sum, one) => sum + one, 0), bavail * bsize];
    if (free >= size) return null;
    return `the disk of ${folder} has ${Math.floor(free / MIB)} MiB free, and the store takes ${Math.ceil(size / MIB)} MiB. Make room there, or name another folder`;
  } catch {
    return null;
  }
}

async function copySnapshot(path: string, target: string, onBytes: (done: number) => void): Promise<void> {
  const database = openDatabase({ path, readOnly: true });
  try {
    await database.backup(target, onBytes);
  } finally {
    database.close();
  }
}

async function sync(path: string): Promise<void> {
  await using file = await open(path, 'r');
  await file.sync();
}
