import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '../../src/store/ports.ts';
import { after } from 'node:test';
import { Client, type ClientConfig } from 'pg';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { findPostgres, startPostgres, type PostgresServer } from './postgres-server.ts';
import { CLOCK } from './store-builders.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

/** A storage engine as the contract suite sees it. Tables and columns are called the same in all of them. */
export interface EngineUnderTest {
  readonly name: string;
  /** Share of the work that the scale test does: engines behind a socket are slower, not worse. */
  readonly scale: number;
  create(): Promise<Sandbox>;
}

/** Where the database of a store is. */
export type Place =
  | { readonly path: string }
  | { readonly host: string; readonly user: string; readonly database: string };

/** One empty store that belongs to a test. */
export interface Sandbox {
  readonly store: Store;
  readonly place: Place;
  /** Closes and opens again. */
  reopen(): Promise<Store>;
  /** A second store on the same database; absent when one process must have it alone. */
  another?(limits?: { readonly waitMilliseconds: number }): Promise<Store>;
  /** Runs `sql` in a transaction that stays open until the returned function is called. */
  hold?(sql: string): Promise<() => Promise<void>>;
  /** Edits the database by hand, behind the store's back, while it is open. */
  edit(sql: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Empties the money tables, so that one store (and its threads) serves many tests. */
export const EMPTY_MONEY = `
  DELETE FROM mark WHERE ledger > 0; DELETE FROM ledger; DELETE FROM lease; DELETE FROM anchor;
  DELETE FROM life;
  UPDATE period SET spent = 0, leased = 0, presumed = 0;`;

async function createSqlite(): Promise<Sandbox> {
  const directory = await mkdtemp(join(tmpdir(), 'store-'));
  const path = join(directory, 'store.db');
  let store = await openSqliteStore({ path, clock: CLOCK });
  return {
    place: { path },
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await openSqliteStore({ path, clock: CLOCK });
      return store;
    },
    async edit(sql) {
      const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
      database.exec(`PRAGMA ignore_check_constraints = ON; ${sql}`);
      database.close();
    },
    async dispose() {
      await store.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

// One server for all tests of this process; it starts with the first sandbox.
const programs = findPostgres();
let server: Promise<PostgresServer> | null = null;
let databases = 0;

after(async () => {
  if (server !== null) await (await server).stop();
});

async function createPostgres(): Promise<Sandbox> {
  server ??= startPostgres(programs ?? '');
  const { host, user } = await server;
  const database = `store_${++databases}`;
  await execute({ host, user, database: 'postgres' }, `CREATE DATABASE ${database}`);
  // Patience for a machine that is busy with other tests.
  const options = { host, user, database, clock: CLOCK, waitMilliseconds: 30_000 };
  let store = await openPostgresStore(options);
  return {
    place: { host, user, database },
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await openPostgresStore(options);
      return store;
    },
    another: (limits) => openPostgresStore({ ...options, ...limits }),
    async hold(sql) {
      const client = new Client({ host, user, database });
      await client.connect();
      await client.query(`BEGIN; ${sql}`);
      return () => client.end();
    },
    async edit(sql) {
      // Foreign keys rest in this role; checks are dropped where the edit breaks one.
      const edit = `SET session_replication_role = replica; ${sql}`;
      await execute(options, edit).catch(
        async (error: { code?: string; table?: string; constraint?: string }) => {
          if (error.code !== '23514') throw error;
          await execute(options, `ALTER TABLE ${error.table} DROP CONSTRAINT ${error.constraint}; ${edit}`);
        },
      );
    },
    dispose: () => store.close(),
  };
}

async function execute(connection: ClientConfig, sql: string): Promise<void> {
  const client = new Client(connection);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export const ENGINES: readonly EngineUnderTest[] = [
  { name: 'SQLite', scale: 1, create: createSqlite },
  ...(programs === null ? [] : [{ name: 'PostgreSQL', scale: 0.2, create: createPostgres }]),
];
