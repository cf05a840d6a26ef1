import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { toError, toFault } from './faults.ts';
import type { Store } from '../ports.ts';
import type { AccountRecord, AppRecord, BudgetRecord, KillRecord } from '../records.ts';
import {
  createCollection,
  createKeys,
  createPolicies,
  createPrices,
  createSettings,
} from './control-store.ts';
import { createLeaseStore, createLedgerStore } from './money-store.ts';
import { createReader } from './reader.ts';
import { startThread } from './thread.ts';

export interface SqliteOptions {
  /** The database file; `<path>.lock` beside it is held while the store is open. */
  readonly path: string;
  /** Dates the migrations. */
  readonly clock: Pick<Clock, 'wall'>;
  /** Upper limit of the file in bytes. Absent: the disk decides. */
  readonly maximumBytes?: number;
}

/**
 * Opens (and creates or migrates) a store for this process alone. One thread writes; lists and verification read
 * their own snapshots in threads that start when they are first needed.
 * Rejects with `store_unavailable` when another process has it open or the file cannot be used, `store_newer` when
 * a later version wrote it.
 */
export async function openSqliteStore({ path, clock, ...limits }: SqliteOptions): Promise<Store> {
  makeDirectory(path);
  const writer = await startThread({ path, role: 'writer', now: clock.wall(), ...limits }).catch(
    (error: RingfenceError) => {
      throw withPath(error, path);
    },
  );
  const lists = createReader(path);
  const audits = createReader(path);
  const { call } = writer;
  return Object.freeze({
    apps: createCollection<AppRecord>(call, 'app'),
    accounts: createCollection<AccountRecord>(call, 'account'),
    budgets: createCollection<BudgetRecord>(call, 'budget'),
    kills: createCollection<KillRecord>(call, 'kill'),
    keys: createKeys(call),
    policies: createPolicies(call),
    prices: createPrices(call, lists.call),
    settings: createSettings(call),
    ledger: createLedgerStore({ call, lists: lists.call, audits: audits.call }),
    leases: createLeaseStore(call),
    async close() {
      await Promise.all([lists.stop(), audits.stop()]);
      await writer.stop();
    },
  });
}

/** Names the file of the store in the message: somebody will look at its existence and rights. */
function withPath(error: RingfenceError, path: string): RingfenceError {
  if (error.message.includes(path)) return error;
  return new RingfenceError(error.code, `${path}: ${error.message}`, { cause: error });
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toError(toFault(error));
  }
}
