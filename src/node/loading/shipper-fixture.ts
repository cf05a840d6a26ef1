import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { intent, nobodyLives, openFor, readRaw } from '../../journal/journal-fixture.ts';
import type { Journal } from '../../journal/journal.ts';
import type { JournalRecord } from '../../journal/records.ts';
import { segmentPath } from '../../journal/segments.ts';
import { systemBoot } from '../../journal/system.ts';
import { micros } from '../../kernel/money.ts';
import type { Store } from '../../store/ports.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { createShipper, type Loss, type Shipper, type ShipperOptions } from './shipper.ts';

export const BOOT = systemBoot();
export const COST = micros(10);

export interface World {
  readonly store: Store;
  readonly directory: string;
  readonly losses: Loss[];
  /** A life of the process: a journal with so many intents of 10 micros, out of a slice of 1,000. Never closed. */
  live(intents: number): Promise<Journal>;
  ship(options?: Partial<ShipperOptions>): Promise<Shipper>;
  /** Spoils a record of an epoch that is not being written. */
  spoil(epoch: number, position: number): void;
  leased(): Promise<readonly [epoch: number, remaining: number][]>;
  period(): Promise<{ readonly spent: number; readonly leased: number; readonly presumed: number }>;
}

export async function openWorld(t: TestContext): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-shipper-'));
  const store = await openSqliteStore({ path: join(folder, 'store.db'), clock: { wall: Date.now } });
  const directory = join(folder, 'w0');
  const losses: Loss[] = [];
  const shippers: Shipper[] = [];
  t.after(async () => {
    for (const shipper of shippers) await shipper.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    store,
    directory,
    losses,
    async live(intents) {
      const journal = await openFor(t, { directory, boot: BOOT, processes: nobodyLives });
      await store.leases.grant({
        budget: 'b',
        period: 0,
        since: 0,
        limit: micros(1_000_000),
        node: 'w0',
        epoch: journal.epoch,
        need: micros(1),
        want: micros(1_000),
      });
      for (let index = 0; index < intents; index += 1) journal.append(spending(index));
      await journal.flush();
      return journal;
    },
    async ship(options = {}) {
      const shipper = await createShipper({
        node: 'w0',
        directory,
        ledger: store.ledger,
        leases: store.leases,
        sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds / 10)),
        onFault: () => {},
        onRecovery: () => {},
        onLoss: (loss) => Promise.resolve(void losses.push(loss)),
        onSetback: async () => {},
        ...options,
      });
      shippers.push(shipper);
      return shipper;
    },
    spoil(epoch, position) {
      const path = segmentPath(directory, { epoch, position: 0 });
      const offset = readRaw(path).offsets[position] ?? 0;
      const file = readFileSync(path);
      file.writeUInt8((file[offset + 60] ?? 0) ^ 1, offset + 60);
      writeFileSync(path, file);
    },
    leased: async () => (await store.leases.open()).map(({ epoch, remaining }) => [epoch, remaining]),
    period: async () => {
      const [period] = await store.leases.periods('b', 0);
      assert.ok(period !== undefined);
      return { spent: period.spent, leased: period.leased, presumed: period.presumed };
    },
  };
}

export function spending(at: number): JournalRecord {
  return { ...intent(at), bound: COST, currency: 'USD', reserves: [['b', 0, COST]] };
}
