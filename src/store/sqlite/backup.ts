import { open, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Call } from './thread.ts';

/**
 * Copies a snapshot to `path`, which must not exist. It appears there only when it is whole and on disk.
 * Readable by its owner only.
 */
export async function backupStore(call: Call, path: string): Promise<void> {
  if (existsSync(path)) throw new RingfenceError('conflict', `${path} exists already`);
  const partial = `${path}.partial`;
  try {
    await rm(partial, { force: true });
    await (await open(partial, 'wx', 0o600)).close();
    await call('backup', partial);
    await sync(partial);
    await rename(partial, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    if (error instanceof RingfenceError) throw error;
    throw new RingfenceError(
      'store_unavailable',
      `The backup cannot be written: ${(error as Error).message}`,
    );
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
