import { open, stat } from 'node:fs/promises';
import { RingfenceError, systemReason } from '../../kernel/errors.ts';
import { openDatabase } from './database.ts';
import { toError, toFault } from './faults.ts';
import { MIGRATIONS } from './schema.ts';

/** https://www.sqlite.org/fileformat.html#the_database_header */
const HEADER = 100;
const MAGIC = 'SQLite format 3\0';
const PAGE_BYTES_AT = 16;
const PAGES_AT = 28;
const VERSION_AT = 60;

/**
 * What the file holds as far as its header tells, without opening it as a database: that would leave files beside it.
 * Rejects with `store_newer` and `store_unavailable` as opening it would.
 */
export async function inspectSqliteStore(path: string): Promise<'nothing' | 'empty' | 'older' | 'current'> {
  const head = await readHead(path);
  if (head === null) return 'nothing';
  const { header, size } = head;
  if (size === 0) return (await hasLog(path)) ? 'current' : 'empty';
  if (header.length < HEADER || header.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new RingfenceError(
      'store_unavailable',
      `${path} is not a store, or its first page is damaged: restore a backup`,
    );
  const version = header.readUInt32BE(VERSION_AT);
  const known = MIGRATIONS.length;
  if (version > known)
    throw new RingfenceError('store_newer', `The store has version ${version}; this program knows ${known}`);
  if (size < bytesOf(header) && !(await hasLog(path)))
    throw new RingfenceError(
      'store_unavailable',
      `${path} is cut short: it has ${size} of ${bytesOf(header)} bytes. Restore a backup`,
    );
  // Nothing is said while the first pages are in the log beside the file alone.
  return version > 0 && version < known ? 'older' : 'current';
}

/**
 * A setting of a store that was closed in order, read without leaving a file beside it; null: there is none, or the store is
 * in use, was killed, or is of another version. Rejects as opening it would.
 */
export async function readSqliteSetting(path: string, name: string): Promise<string | null> {
  if ((await inspectSqliteStore(path)) !== 'current' || (await hasLog(path))) return null;
  try {
    return readSetting(path, name);
  } catch (error) {
    throw toError(toFault(error));
  }
}

function readSetting(path: string, name: string): string | null {
  const database = openDatabase({ path, readOnly: true, isAtRest: true });
  try {
    const row = database.get('SELECT value FROM setting WHERE name = ?', name);
    return row === undefined ? null : (row['value'] as string);
  } finally {
    database.close();
  }
}

/** A store whose gateway was killed in its first moments may be in the write-ahead log alone, with an empty file beside it. */
function hasLog(path: string): Promise<boolean> {
  return stat(`${path}-wal`).then(
    ({ size }) => size > 0,
    () => false,
  );
}

/** As many as the file had when it was last closed in order. */
function bytesOf(header: Buffer): number {
  return header.readUInt16BE(PAGE_BYTES_AT) * header.readUInt32BE(PAGES_AT);
}

async function readHead(path: string): Promise<{ readonly header: Buffer; readonly size: number } | null> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER), 0, HEADER, 0);
    return { header: buffer.subarray(0, bytesRead), size: (await file.stat()).size };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    const message = `The store ${path} cannot be read (${systemReason(error)})`;
    throw new RingfenceError('store_unavailable', message, { cause: error });
  }
}
