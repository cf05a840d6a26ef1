import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.ts';
import { generateKeyRing } from '../../src/custody/sealing/key-ring.ts';
import { writeKeyRing } from '../../src/custody/sealing/key-ring-source.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createJournalService } from '../../src/node/journal-service.ts';
import { openPrimary } from '../../src/node/primary.ts';
import type { PriceRecord } from '../../src/store/records.ts';
import { budgetsFor, POLICY, type Setup } from './world.ts';

/** A gateway node that the torture kills and starts again: seeds itself on the first start. */
process.on('disconnect', () => process.exit(0));
const [, , data = '', text = ''] = process.argv;
const setup = JSON.parse(text) as Setup;
const ring = join(data, 'key-ring');
const config = readConfig({
  data,
  workers: setup.processes,
  listeners: { apps: { port: setup.port }, proxy: null, tls: null, admin: { port: 0 } },
  journal: { segmentBytes: 8 * 1024 * 1024 },
});
if (!existsSync(ring))
  await writeKeyRing(ring, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
const say = (line: string): void => void process.stderr.write(setup.isLoud ? `${line}\n` : '');
const primary = await openPrimary({
  config,
  keyRing: { kind: 'file', path: ring },
  say,
  settleEvery: 300,
  graceMilliseconds: setup.grace,
});
const seeded = join(data, 'seeded.json');
if (!existsSync(seeded)) await seed();
await primary.start();
process.send?.({ ready: JSON.parse(readFileSync(seeded, 'utf8')) as unknown });

async function seed(): Promise<void> {
  const { store, accounts, keys } = primary;
  const { currency, credentials } = setup.account;
  const account = await accounts.seal({
    vendor: setup.vendor,
    name: 'main',
    values: setup.values,
    upstream: setup.origin,
    currency,
  });
  void credentials;
  await store.apps.put({ id: 'app_torture', name: 'torture', createdAt: 0 });
  await store.policies.put({ source: POLICY, createdAt: 0, actor: 'torture' }, 0);
  await store.prices.put(setup.prices as readonly PriceRecord[]);
  const { record, credential } = await keys.create({
    app: 'app_torture',
    account: account.id,
    name: 'torture',
    lifetime: null,
    networks: [],
  });
  for (const budget of budgetsFor(setup, record.id, account.id)) await store.budgets.put(budget);
  const parts = Object.fromEntries(
    Object.entries(credential.parts).map(([name, value]) => [
      name,
      value instanceof Secret ? value.reveal() : value,
    ]),
  );
  writeFileSync(seeded, JSON.stringify({ parts, key: record.id, account: account.id }));
}

/** What the torture wants to know at the end. */
async function inspect(): Promise<unknown> {
  const { store } = primary;
  const verification = await store.ledger.verify();
  const late = await store.ledger.pending('late', 1000);
  const unknown = await store.ledger.pending('unknown', 1000);
  const reserved = await store.ledger.list({ limit: 10, state: 'reserved' });
  const budgets = await Promise.all(
    (await store.budgets.list()).map(async (budget) => {
      const periods = await store.leases.periods(budget.id, 0);
      return {
        name: budget.name,
        limit: budget.limit,
        spent: periods.map(({ spent }) => spent),
        presumed: periods.map(({ presumed }) => presumed),
        leased: periods.map(({ leased }) => leased),
      };
    }),
  );
  return { verification, late: late.length, unknown: unknown.length, reserved: reserved.length, budgets };
}

process.on('message', (message: { readonly type: string }) => {
  if (message.type === 'inspect') void inspect().then((result) => process.send?.({ result }));
  if (message.type === 'journal')
    void createJournalService(primary)
      .verify()
      .then((result) => process.send?.({ result }));
});
