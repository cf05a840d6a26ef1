import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '../../src/store/ports.ts';
import { CLOCK } from './store-builders.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

/** A storage engine as the contract suite sees it. Tables and columns are called the same in all of them. */
export interface EngineUnderTest {
  readonly name: string;
  create(): Promise<Sandbox>;
}

/** One empty store that belongs to a test. */
export interface Sandbox {
  readonly store: Store;
  /** Closes and opens again. */
  reopen(): Promise<Store>;
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

export const ENGINES: readonly EngineUnderTest[] = [{ name: 'SQLite', create: createSqlite }];
