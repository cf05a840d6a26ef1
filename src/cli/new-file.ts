import { open, type FileHandle } from 'node:fs/promises';
import { RingfenceError } from '../kernel/errors.ts';

/** A file that was not there, for its owner alone. Throws `usage` that tells why there is none. */
export async function openNewFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600).catch((cause: NodeJS.ErrnoException) => {
    const what = cause.code === 'EEXIST' ? 'exists already' : `cannot be written: ${cause.message}`;
    throw new RingfenceError('usage', `${path} ${what}.`, { cause });
  });
}
