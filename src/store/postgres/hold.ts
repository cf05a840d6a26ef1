import type { SettingStore } from '../ports.ts';
import { openDatabase, type PostgresConnection } from './database.ts';
import { createSettings } from './settings.ts';

/** A connection of its own, whose lock says that somebody works on the store. */
export interface Hold {
  /** False: another session has the lock. It may be one of our own whose end the server has not noticed yet. */
  take(): Promise<boolean>;
  /** The settings of the store, read through the same connection. */
  readonly settings: SettingStore;
  /** Ends the connection, and the lock with it. */
  close(): Promise<void>;
}

/** With these settings the server notices within 15 seconds that a machine is gone. Taking a lock that one holds does nothing. */
const TAKE = `SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '2', false),
  pg_try_advisory_lock(hashtextextended('ringfence ' || coalesce(current_schema(), ''), 0)) AS taken`;
const WAIT_MILLISECONDS = 1_000;

/** Nothing is asked of the server yet. */
export function openHold(connection: PostgresConnection): Hold {
  const database = openDatabase({ waitMilliseconds: WAIT_MILLISECONDS, ...connection, connections: 1 });
  return Object.freeze({
    take: async () => (await database.get(TAKE))?.['taken'] === true,
    settings: createSettings(database),
    close: () => database.close(),
  });
}
