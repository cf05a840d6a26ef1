import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Store } from '../ports.ts';
import type { AccountRecord, AppRecord, BudgetRecord, KillRecord } from '../records.ts';
import { createCollection } from './collections.ts';
import { type Database, openDatabase, type PostgresConnection } from './database.ts';
import { createKeys } from './keys.ts';
import { createLeaseStore } from './leases.ts';
import { createLedgerStore } from './ledger-store.ts';
import { checkStore, migrate } from './migrate.ts';
import { createNames, type Names } from './names.ts';
import { createPolicies } from './policies.ts';
import { createPrices } from './prices.ts';
import { MIGRATIONS } from './schema.ts';
import { createSettings } from './settings.ts';

export interface PostgresOptions extends PostgresConnection {
  /** Dates the migrations. */
  readonly clock: Pick<Clock, 'wall'>;
  /**
   * Who opens it: the store belongs to the first owner for ever, because its ledger continues that one's journals.
   * Absent: nobody is asked.
   */
  readonly owner?: string;
}

const OWNER_SETTING = 'store.owner';

/**
 * Opens (and creates or migrates) a store in PostgreSQL. Keeping it to one gateway at a time is up to the caller (`hold.ts`).
 * Rejects with `store_unavailable` when it cannot be reached, `store_newer` when a later version wrote it, `conflict`
 * when it belongs to another owner.
 */
export async function openPostgresStore({ clock, owner, ...connection }: PostgresOptions): Promise<Store> {
  let names: Names | null = null;
  const database = openDatabase(connection, () => names?.forget());
  try {
    await migrate(database, MIGRATIONS, clock.wall());
    if (owner !== undefined) await claim(database, owner);
  } catch (error) {
    await database.close();
    throw error;
  }
  // Names have connections of their own: a transaction that asks for one never waits for the connection of another.
  const naming = openDatabase({ ...connection, connections: 2 }, () => names?.forget());
  names = createNames(naming);
  const context = { database: forgetting(database, names), names };
  return Object.freeze({
    apps: createCollection<AppRecord>(database, 'app'),
    accounts: createCollection<AccountRecord>(database, 'account'),
    budgets: createCollection<BudgetRecord>(database, 'budget'),
    kills: createCollection<KillRecord>(database, 'kill'),
    keys: createKeys(database),
    policies: createPolicies(database),
    prices: createPrices(database),
    settings: createSettings(database),
    ledger: createLedgerStore(context),
    leases: createLeaseStore(context),
    close: once(async () => void (await Promise.all([database.close(), naming.close()]))),
  });
}

/**
 * Whatever has failed, the database may be a copy that lacks the latest names: with their numbers nothing could be written
 * any more, or under the names to which the copy gave them. To find them again is a statement each. So it is when
 * connections change: after a failover the first thing that is done may as well succeed.
 */
function forgetting(database: Database, names: Names): Database {
  return {
    ...database,
    async transaction(work, mode) {
      try {
        return await database.transaction(work, mode);
      } catch (error) {
        names.forget();
        throw error;
      }
    },
  };
}

/** What is there for `owner` (null: nobody yet), without changing anything. Rejects as opening it would. */
export async function inspectPostgresStore({
  owner,
  ...connection
}: PostgresConnection & { readonly owner: string | null }): Promise<'nothing' | 'older' | 'current'> {
  const database = openDatabase(connection);
  try {
    const version = await checkStore(database, MIGRATIONS.length);
    if (version === 0) return 'nothing';
    await checkOwner(database, owner);
    return version < MIGRATIONS.length ? 'older' : 'current';
  } finally {
    await database.close();
  }
}

async function claim(database: Database, owner: string): Promise<void> {
  await database.run(
    'INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING',
    OWNER_SETTING,
    owner,
  );
  await checkOwner(database, owner);
}

async function checkOwner(database: Database, owner: string | null): Promise<void> {
  const row = await database.get('SELECT value FROM setting WHERE name = $1', OWNER_SETTING);
  if (row !== undefined && row['value'] !== owner)
    throw new RingfenceError('conflict', 'The store belongs to another gateway, whose journals it continues');
}

/** A pool may be ended only once. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | null = null;
  return () => (closed ??= close());
}
