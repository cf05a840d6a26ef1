import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { intent, nobodyLives, openFor } from '../../journal/journal-fixture.ts';
import { systemBoot } from '../../journal/system.ts';
import { micros } from '../../kernel/money.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import type { LedgerFilter } from '../../store/ports.ts';
import { closeLeases } from './recovery.ts';
import { createShipper } from './shipper.ts';

const BOOT = systemBoot();

test('lost answers of several lives that are loaded together, as into an older store, are all unknown', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-recovery-'));
  const store = await openSqliteStore({ path: join(folder, 'store.db'), clock: { wall: Date.now } });
  const node = { node: 'w0', directory: join(folder, 'w0') };
  const shipper = await createShipper({
    ...node,
    ...store,
    sleep: () => new Promise((done) => setTimeout(done, 10)),
    onFault: () => {},
    onRecovery: () => {},
    onLoss: async () => {},
    onSetback: async () => {},
  });
  t.after(async () => {
    await shipper.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (let life = 1; life <= 3; life += 1) {
    const journal = await openFor(t, { directory: node.directory, boot: BOOT, processes: nobodyLives });
    journal.append({ ...intent(1), bound: micros(10), currency: 'USD' });
    await journal.flush();
  }
  await shipper.drain();
  assert.equal((await store.ledger.list({ state: 'reserved', limit: 10 })).length, 3);
  await closeLeases({ ...node, ...store, boot: BOOT, isDoubtful: false });
  assert.equal((await store.ledger.pending('unknown', 10)).length, 3);
});

test('a life is ended however many rows of other processes are newer than its own', async () => {
  const newer = Array.from({ length: 12_000 }, (_, index) => ({
    node: 'w1',
    epoch: 1,
    position: 12_000 - index,
  }));
  const rows = [...newer, { node: 'w0', epoch: 1, position: 1 }];
  const closed: string[] = [];
  const ledger = {
    cursors: () => Promise.resolve([{ epoch: 2, position: 1, head: '' }]),
    list({ limit, before }: LedgerFilter) {
      const start = rows.findIndex(
        ({ node, position }) => node === before?.node && position === before.position,
      );
      return Promise.resolve(rows.slice(start + 1, start + 1 + limit));
    },
  };
  const leases = {
    open: () => Promise.resolve([]),
    close: (node: string, epoch: number) => Promise.resolve(void closed.push(`${node}-${epoch}`)),
  };
  const ports = { leases, ledger } as unknown as Pick<Parameters<typeof closeLeases>[0], 'leases' | 'ledger'>;
  await closeLeases({ ...ports, node: 'w0', directory: tmpdir(), boot: BOOT, isDoubtful: false });
  assert.deepEqual(closed.toSorted(), ['w0-1', 'w0-2']);
});
