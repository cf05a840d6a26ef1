import { RingfenceError } from '../../kernel/errors.ts';
import type { Database } from './database.ts';

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
    const version = (await queries.get('SELECT coalesce(max(version), 0) AS version FROM migration'))?.[
      'version'
    ] as number;
    if (version > migrations.length)
      throw new RingfenceError(
        'store_newer',
        `The store has version ${version}; this program knows ${migrations.length}`,
      );
    const sql = migrations[version];
    if (sql === undefined) return true;
    await queries.run(sql);
    await queries.run('INSERT INTO migration (version, applied_at) VALUES ($1, $2)', version + 1, now);
    return false;
  }, 'schema');
}
