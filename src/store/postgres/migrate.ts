import { RingfenceError } from '../../kernel/errors.ts';
import type { Database, Queries } from './database.ts';

const HISTORY =
  'CREATE TABLE IF NOT EXISTS migration (version bigint PRIMARY KEY, applied_at bigint NOT NULL)';

/** One gateway migrates at a time; others wait. The number is the lock's name ("RFNC"). */
const LOCK = 'SELECT pg_advisory_xact_lock(1380339267)';

/** As `sqlite/migrate.ts`: each migration in one transaction with its version. Throws `store_newer`. */
export async function migrate(database: Database, migrations: readonly string[], now: number): Promise<void> {
  for (let done = false; !done;) done = await step(database, migrations, now);
}

function step(database: Database, migrations: readonly string[], now: number): Promise<boolean> {
  return database.transaction(async (queries) => {
    await queries.run(LOCK);
    await queries.run(HISTORY);
    const version = await readVersion(queries, migrations.length);
    const sql = migrations[version];
    if (sql === undefined) return true;
    if (version === 0) await checkEncoding(queries);
    await queries.run(sql);
    await queries.run('INSERT INTO migration (version, applied_at) VALUES ($1, $2)', version + 1, now);
    return false;
  }, 'schema');
}

/** A database in another encoding would refuse some names, policies and vendor ids; and one such id would stop a whole journal. */
async function checkEncoding(queries: Queries): Promise<void> {
  const encoding = (await queries.get('SHOW server_encoding'))?.['server_encoding'];
  if (encoding !== 'UTF8')
    throw new RingfenceError(
      'config_invalid',
      `The database of the store has the encoding ${String(encoding)}: create it with ENCODING 'UTF8' TEMPLATE template0.`,
    );
}

async function readVersion(queries: Queries, known: number): Promise<number> {
  const row = await queries.get('SELECT coalesce(max(version), 0) AS version FROM migration');
  const version = row?.['version'] as number;
  if (version > known)
    throw new RingfenceError('store_newer', `The store has version ${version}; this program knows ${known}`);
  return version;
}

/** The version of the store, 0 where there is none yet; changes nothing. Throws `store_newer`. */
export async function checkStore(queries: Queries, known: number): Promise<number> {
  const row = await queries.get(`SELECT to_regclass('migration') IS NOT NULL AS there`);
  return row?.['there'] === true ? readVersion(queries, known) : 0;
}
