import { closeSync, existsSync, openSync } from 'node:fs';
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

export type Value = null | number | string | Uint8Array;
export type Row = Readonly<Record<string, Value>>;

/** One connection. The only file that knows `node:sqlite`. Methods throw its errors; `faults.ts` translates them. */
export interface Database {
  exec(sql: string): void;
  /** Number of changed rows. */
  run(sql: string, ...values: readonly Value[]): number;
  get(sql: string, ...values: readonly Value[]): Row | undefined;
  all(sql: string, ...values: readonly Value[]): readonly Row[];
  iterate(sql: string, ...values: readonly Value[]): Iterable<Row>;
  /** A prepared statement for a hot loop. */
  prepare(sql: string): { run(...values: readonly Value[]): unknown };
  inTransaction(): boolean;
  /** Copies one snapshot into a new file, on another thread of libuv's pool. Told as it goes: bytes that are copied. */
  backup(path: string, onBytes: (done: number) => void): Promise<void>;
  close(): void;
}

export interface DatabaseOptions {
  readonly path: string;
  readonly readOnly: boolean;
  /** Nobody writes it, and it has no log: it is read without locks, and without making any file. */
  readonly isAtRest?: boolean;
  /** Upper limit of the file's size in bytes; absent: the disk. */
  readonly maximumBytes?: number;
}

/** Bytes. Larger than the default: a load touches half as many pages, which are what a commit costs. */
const PAGE = 8192;
/** Pages that are copied between two words of progress. */
const STEP = 1024;
const BUSY_MILLISECONDS = 5_000;

/** What is replaced or removed is overwritten: a ring key that was dropped must open nothing that is left in the file. */
const PRAGMAS = `
  PRAGMA secure_delete = ON;
  PRAGMA page_size = ${PAGE};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA journal_size_limit = 67108864;
`;

const READ_PRAGMAS = `
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
  PRAGMA trusted_schema = OFF;
`;

/** Opens the file, creating it readable by its owner only. */
export function openDatabase({ path, readOnly, isAtRest, maximumBytes }: DatabaseOptions): Database {
  if (!readOnly && !existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const connection = new DatabaseSync(isAtRest === true ? immutable(path) : path, {
    readOnly,
    timeout: BUSY_MILLISECONDS,
    enableForeignKeyConstraints: true,
    allowExtension: false,
  });
  try {
    connection.exec(readOnly ? READ_PRAGMAS : READ_PRAGMAS + PRAGMAS);
    if (maximumBytes !== undefined)
      connection.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maximumBytes / PAGE))}`);
  } catch (error) {
    connection.close();
    throw error;
  }
  return wrap(connection);
}

/** https://www.sqlite.org/uri.html#uriimmutable */
function immutable(path: string): URL {
  const url = pathToFileURL(path);
  url.searchParams.set('immutable', '1');
  return url;
}

function wrap(connection: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) statements.set(sql, (statement = connection.prepare(sql)));
    return statement;
  }
  return {
    exec: (sql) => connection.exec(sql),
    run: (sql, ...values) => Number(prepare(sql).run(...values).changes),
    get: (sql, ...values) => prepare(sql).get(...values) as Row | undefined,
    all: (sql, ...values) => prepare(sql).all(...values) as Row[],
    // A statement of its own: an iteration may be left early or run inside another one.
    iterate: (sql, ...values) => connection.prepare(sql).iterate(...values) as Iterable<Row>,
    prepare,
    inTransaction: () => connection.isTransaction,
    backup: (path, onBytes) => copySnapshot(connection, path, onBytes),
    close() {
      statements.clear();
      connection.close();
    },
  };
}

/** One snapshot is read from first to last: else SQLite begins anew at each write, without end beside a busy gateway. */
async function copySnapshot(
  connection: DatabaseSync,
  path: string,
  onBytes: (done: number) => void,
): Promise<void> {
  connection.exec('BEGIN; SELECT 1 FROM sqlite_schema');
  try {
    const pages = await backup(connection, path, {
      rate: STEP,
      progress: ({ totalPages, remainingPages }) => onBytes((totalPages - remainingPages) * PAGE),
    });
    onBytes(pages * PAGE);
  } finally {
    connection.exec('COMMIT');
  }
}

/**
 * Locks `path` for this process alone until the returned function is called or the process dies: an exclusive
 * transaction on an empty database. Throws SQLITE_BUSY when another process holds it.
 */
export function lockFile(path: string): () => void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  const connection = new DatabaseSync(path, { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    throw error;
  }
  return () => connection.close();
}
