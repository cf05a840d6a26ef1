import { open, stat } from 'node:fs/promises';
import { RingfenceError } from '../../kernel/errors.ts';
import { MIGRATIONS } from './schema.ts';

/** https://www.sqlite.org/fileformat.html#the_database_header */
const HEADER = 100;
const MAGIC = 'SQLite format 3\0';
const VERSION_AT = 60;

/**
 * What the file holds as far as its header tells, without opening it as a database: that would leave files beside it.
 * Rejects with `store_newer` and `store_unavailable` as opening it would.
 */
export async function inspectSqliteStore(path: string): Promise<'nothing' | 'empty' | 'older' | 'current'> {
  const header = await readHeader(path);
  if (header === null) return 'nothing';
  if (header.length === 0) return (await hasLog(path)) ? 'current' : 'empty';
  if (header.length < HEADER || header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new RingfenceError('store_unavailable', `${path} is not a store, or its first page is damaged`);
  const version = header.readUInt32BE(VERSION_AT);
  const known = MIGRATIONS.length;
  if (version > known)
    throw new RingfenceError('store_newer', `The store has version ${version}; this program knows ${known}`);
  // Nothing is said while the first pages are in the log beside the file alone.
  return version > 0 && version < known ? 'older' : 'current';
}

/** A store that was killed in its first moments is in the log beside the file alone. */
function hasLog(path: string): Promise<boolean> {
  return stat(`${path}-wal`).then(
    ({ size }) => size > 0,
    () => false,
  );
}

async function readHeader(path: string): Promise<Buffer | null> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER), 0, HEADER, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new RingfenceError('store_unavailable', `The store cannot be read: ${message}`, { cause: error });
  }
}
