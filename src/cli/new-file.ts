import { open, type FileHandle } from 'node:fs/promises';
import { RingfenceError } from '../kernel/errors.ts';

/** Creates a file that only its owner can read. Throws `usage` when it exists or cannot be written. */
export async function openNewFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'EEXIST' ? 'exists already' : `cannot be written: ${cause.message}`;
    throw new RingfenceError('usage', `${path} ${what}.`, { cause });
  });
}
