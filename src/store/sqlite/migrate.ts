import { RingfenceError } from '../../kernel/errors.ts';
import type { Database } from './database.ts';

/** "RFNC": marks the file as ours (PRAGMA application_id). */
const APPLICATION = 0x52464e43;

/**
 * Brings the schema up to date, each migration in one transaction with its version number, so that a crash leaves
 * the store at a whole version. Throws `store_newer` for a store of a later version.
 */
export function migrate(database: Database, migrations: readonly string[], now: number): void {
  const version = checkStore(database, migrations.length);
  migrations.slice(version).forEach((sql, index) => {
    apply(database, { sql, now, version: version + index + 1 });
  });
}

const HISTORY =
  'CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, applied_at INTEGER) STRICT';

/** The version of the store; 0 for a new file. Throws when the file belongs to something else or to the future. */
export function checkStore(database: Database, known: number): number {
  const version = number(database, 'PRAGMA user_version');
  const application = number(database, 'PRAGMA application_id');
  const empty = number(database, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (application !== APPLICATION && !(application === 0 && version === 0 && empty))
    throw new RingfenceError('store_unavailable', 'The file is a database of another program');
  if (version > known)
    throw new RingfenceError('store_newer', `The store has version ${version}; this program knows ${known}`);
  return version;
}

interface Migration {
  readonly sql: string;
  readonly version: number;
  /** Wall time. */
  readonly now: number;
}

function apply(database: Database, { sql, version, now }: Migration): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(sql);
    database.exec(HISTORY);
    database.run('INSERT INTO migration (version, applied_at) VALUES (?, ?)', version, now);
    database.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${version}`);
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction()) database.exec('ROLLBACK');
    throw error;
  }
}

function number(database: Database, sql: string): number {
  return Object.values(database.get(sql) ?? {})[0] as number;
}
