import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { openDatabase } from './database.ts';

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
    throw new RingfenceError('store_unavailable', `The store cannot be copied: ${(cause as Error).message}`, {
      cause,
    });
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
