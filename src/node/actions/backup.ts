import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { BackupView, LocalOptions } from '../../cli/context.ts';
import { pathsOf } from '../../config/config.ts';
import { copyJournals, copyWhole, journalBytes } from '../../journal/copy.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { syncDirectory } from '../../journal/segments.ts';
import type { Progress } from '../../kernel/progress.ts';
import { backupSqliteStore } from '../../store/sqlite/backup.ts';
import { inspectStore } from '../store.ts';
import type { Local } from './local.ts';

/**
 * Copies store, journals and the kill switches that the store has not taken into a new folder, also while a gateway runs on
 * them. The store goes before the journals: what those have more is loaded after a restore. The folder appears when everything is in it and on disk. With PostgreSQL the
 * database is not in it.
 */
export async function backup(
  local: Local,
  options: LocalOptions,
  folder: string,
  progress: (progress: Progress) => void = () => undefined,
): Promise<BackupView> {
  const config = await local.configOf(options);
  const paths = pathsOf(config);
  if ((await inspectStore(config, local.databaseUrl)) === 'nothing')
    throw new RingfenceError('not_found', `There is no store in ${config.data}: nothing to back up.`);
  const target = resolve(folder);
  if (existsSync(target)) throw new RingfenceError('conflict', `${folder} exists already.`);
  const partial = `${target}.partial`;
  await makeFolder(partial);
  try {
    // A kill switch leaves its file once the store has it: after the store, it would be in neither copy.
    for (const path of [paths.gatewayId, paths.kills]) await copyWhole(path, join(partial, basename(path)));
    const isSqlite = config.store.kind === 'sqlite';
    const store = join(partial, basename(paths.store));
    const told = toldOf(await bytesOf(paths, isSqlite), progress);
    if (isSqlite) await backupSqliteStore(paths.store, store, told.store);
    const journals = await copyJournals(paths.journal, join(partial, basename(paths.journal)), told.journals);
    await syncDirectory(partial);
    await rename(partial, target);
    await syncDirectory(dirname(target));
    return {
      folder: target,
      storeBytes: isSqlite ? (await stat(join(target, basename(store)))).size : null,
      journals,
    };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error instanceof RingfenceError ? error : unwritten(error);
  }
}

/** What there is to copy, as far as files tell: the store has more in its log. */
async function bytesOf({ store, journal }: ReturnType<typeof pathsOf>, isSqlite: boolean): Promise<number> {
  return (isSqlite ? (await stat(store)).size : 0) + (await journalBytes(journal));
}

function toldOf(total: number, progress: (progress: Progress) => void) {
  let [stored, journaled] = [0, 0];
  const tell = (): void => {
    const done = stored + journaled;
    progress({ done: inMebibytes(done), total: inMebibytes(Math.max(done, total)), unit: 'MiB' });
  };
  return {
    store(done: number): void {
      stored = done;
      tell();
    },
    journals(more: number): void {
      journaled += more;
      tell();
    },
  };
}

const inMebibytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

/** One that is there may be somebody's, or that of a backup that runs. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (!existsSync(path)) return await mkdir(path, { mode: 0o700 });
  } catch (error) {
    throw unwritten(error);
  }
  throw new RingfenceError(
    'conflict',
    `${path} exists already. If a backup that was cut off has left it, remove it; else name another folder.`,
  );
}

function unwritten(cause: unknown): RingfenceError {
  return new RingfenceError('usage', `The backup cannot be written: ${(cause as Error).message}.`, { cause });
}
