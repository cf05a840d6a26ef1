import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { readConfig } from '../../src/config/config.ts';
import { plainParts } from '../../src/custody/plain-parts.ts';
import { generateKeyRing } from '../../src/custody/sealing/key-ring.ts';
import { writeKeyRing } from '../../src/custody/sealing/key-ring-source.ts';
import { readJournal } from '../../src/journal/tail.ts';
import { CONTROL } from '../../src/node/foundation.ts';
import { createJournalService } from '../../src/node/services/journal-service.ts';
import { openPrimary } from '../../src/node/primary.ts';
import { createSystemService } from '../../src/node/services/system-service.ts';
import {
  budgetsFor,
  POLICY,
  SETUP_FILE,
  type AccountSetup,
  type Inspection,
  type Pending,
  type Setup,
} from './world.ts';

/** A gateway node that the torture kills and starts again: seeds itself on the first start. */
process.on('disconnect', () => process.exit(0));
const [, , data = ''] = process.argv;
const setup = JSON.parse(readFileSync(join(data, SETUP_FILE), 'utf8')) as Setup;
const ring = join(data, 'key-ring');
const config = readConfig({
  data,
  workers: setup.processes,
  listeners: { apps: { port: setup.port }, proxy: null, tls: null, admin: { port: 0 } },
  journal: { segmentBytes: 8 * 1024 * 1024 },
});
if (!existsSync(ring))
  await writeKeyRing(ring, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
const primary = await openPrimary({
  config,
  keyRing: { kind: 'file', path: ring },
  say: (line) => void process.stderr.write(setup.isLoud ? `${line}\n` : ''),
  settleEvery: 300,
  graceMilliseconds: setup.grace,
});
const seeded = join(data, 'seeded.json');
if (!existsSync(seeded)) await seed();
await primary.start();
process.send?.({ parts: JSON.parse(readFileSync(seeded, 'utf8')) as unknown });

async function seed(): Promise<void> {
  const { store } = primary;
  await store.apps.put({ id: 'app_torture', name: 'torture', createdAt: 0 });
  await store.policies.put({ source: POLICY, createdAt: 0, actor: 'torture' }, 0);
  await store.prices.put(setup.prices);
  const made = [];
  for (const account of setup.accounts) made.push(await seedAccount(account));
  const [keys, accounts] = [made.map(({ key }) => key), made.map(({ account }) => account)];
  for (const budget of budgetsFor(setup, keys, accounts)) await store.budgets.put(budget);
  writeFileSync(seeded, JSON.stringify(Object.fromEntries(made.map(({ vendor, parts }) => [vendor, parts]))));
  // Killed processes cannot save what they compiled.
  await import('../../src/node/data-plane/data-plane.ts');
  flushCompileCache();
}

async function seedAccount({ vendor, values, currency }: AccountSetup) {
  const request = { vendor, name: vendor, values, upstream: setup.origin, currency };
  const { id: account } = await primary.accounts.seal(request);
  const { record, credential } = await primary.keys.create({
    app: 'app_torture',
    account,
    name: vendor,
    lifetime: null,
    networks: [],
  });
  return { vendor, account, key: record.id, parts: plainParts(credential) };
}

/** More than a run leaves behind: whether settlement gets on is told by how many are left. */
const MOST_PENDING = 1_000_000;

async function pending(): Promise<Pending> {
  const { ledger } = primary.store;
  const late = await ledger.pending('late', MOST_PENDING);
  const unknown = await ledger.pending('unknown', MOST_PENDING);
  const reserved = await ledger.list({ limit: 10, state: 'reserved' });
  return { late: late.length, unknown: unknown.length, reserved: reserved.length };
}

async function inspect(): Promise<Inspection> {
  const { ledger, leases, budgets: all } = primary.store;
  const { problems, totals } = await ledger.verify();
  const budgets = await Promise.all(
    (await all.list()).map(async ({ id, name, limit }) => {
      const periods = await leases.periods(id, 0);
      return {
        name,
        limit,
        spent: periods.map(({ spent }) => spent),
        presumed: periods.map(({ presumed }) => presumed),
        leased: periods.map(({ leased }) => leased),
      };
    }),
  );
  const journal = await createJournalService(primary).verify();
  let settlements = 0;
  for await (const { record } of readJournal(join(primary.paths.journal, CONTROL)))
    if (record.type === 'settlement') settlements += 1;
  return { settlements, problems: [...problems, ...journal.problems], totals, budgets };
}

const status = () => createSystemService(primary, 0).status();

const ANSWERS: Readonly<Record<string, () => Promise<unknown>>> = { pending, inspect, status };

process.on('message', ({ ask }: { readonly ask: string }) => {
  void ANSWERS[ask]?.().then((answer) => process.send?.({ answer }));
});
