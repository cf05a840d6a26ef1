import type { Clock } from '../../kernel/clock.ts';
import type { Store } from '../ports.ts';
import type { AccountRecord, AppRecord, BudgetRecord, KillRecord } from '../records.ts';
import {
  createCollection,
  createKeys,
  createPolicies,
  createPrices,
  createSettings,
} from './control-store.ts';
import { openDatabase } from './database.ts';
import type { PostgresConnection } from './database.ts';
import { createLeaseStore } from './leases.ts';
import { createLedgerStore, refuseBackup } from './ledger-reads.ts';
import { migrate } from './migrate.ts';
import { createNames } from './names.ts';
import { MIGRATIONS } from './schema.ts';

export interface PostgresOptions extends PostgresConnection {
  /** Dates the migrations. */
  readonly clock: Pick<Clock, 'wall'>;
}

/**
 * Opens (and creates or migrates) a store that several gateways share. Node names must be unique among them.
 * Rejects with `store_unavailable` when it cannot be reached, `store_newer` when a later version wrote it.
 */
export async function openPostgresStore({ clock, ...connection }: PostgresOptions): Promise<Store> {
  const database = openDatabase(connection);
  try {
    await migrate(database, MIGRATIONS, clock.wall());
  } catch (error) {
    await database.close();
    throw error;
  }
  // Names have connections of their own: a transaction that asks for one never waits for the connection of another.
  const naming = openDatabase({ ...connection, connections: 2 });
  const context = { database, names: createNames(naming) };
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
    backup: refuseBackup,
    close: once(async () => void (await Promise.all([database.close(), naming.close()]))),
  });
}

/** A pool may be ended only once. */
function once(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | null = null;
  return () => (closed ??= close());
}
