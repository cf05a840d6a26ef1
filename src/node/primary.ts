import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { pathsOf } from '../config/config.ts';
import { CHECKPOINT_KEY_SETTING, loadOrCreateCheckpointKey } from '../custody/checkpoint-key.ts';
import { createAccounts } from '../custody/accounts.ts';
import { createKeyedHash } from '../custody/keyed-hash.ts';
import { openAccount } from '../custody/open.ts';
import { createRecordLock } from '../custody/record-lock.ts';
import { createKeyRing } from '../custody/sealing/key-ring.ts';
import { readKeyRing, type KeyRingSource } from '../custody/sealing/key-ring-source.ts';
import { createSealer } from '../custody/sealing/sealer.ts';
import { createVirtualKeys } from '../custody/virtual-keys.ts';
import { createBank } from '../guard/budgets/bank.ts';
import { createUpstream } from '../gateway/upstream.ts';
import { openJournal } from '../journal/journal.ts';
import type { AdminRecord } from '../journal/records.ts';
import { pruneJournal } from '../journal/retention.ts';
import { createClock } from '../kernel/clock.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { VERSION } from '../kernel/version.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { BudgetRecord, VirtualKeyRecord } from '../store/records.ts';
import {
  AUTHORITY_CERTIFICATE_SETTING,
  AUTHORITY_KEY_SETTING,
  loadOrCreateAuthority,
} from '../tls/authority.ts';
import { VENDORS } from '../vendors/index.ts';
import { createRegistry } from '../vendors/registry.ts';
import type { WireRequest, WireResponse } from '../vendors/wire.ts';
import type { Part, StartOrder } from './messages.ts';
import { createSettlement } from './settlement.ts';
import { createShipper } from './shipper.ts';
import { createSupervisor } from './supervisor.ts';

const CONTROL = 'control';
const LEDGER_TIME_SETTING = 'clock.ledgerTime';
const KEY_PAGE = 2000;
/** Rounds of background work between two looks at the size of the journals. */
const PRUNE_EVERY = 60;

export interface PrimaryOptions {
  readonly config: Config;
  readonly keyRing: KeyRingSource;
  readonly say: (line: string) => void;
  /** Milliseconds between two rounds of looking up late prices and unknown outcomes. */
  readonly settleEvery?: number;
  readonly graceMilliseconds?: number;
}

export type Primary = Awaited<ReturnType<typeof openPrimary>>;

/**
 * The primary process of a node: store, custody, bank of budget money, loading of journals, settlement, and the
 * data-plane processes. Nothing of an app's request runs here.
 */
export async function openPrimary({
  config,
  keyRing: source,
  say,
  settleEvery = 1000,
  graceMilliseconds,
}: PrimaryOptions) {
  const paths = pathsOf(config);
  const ring = createKeyRing(await readKeyRing(source));
  const store = await openSqliteStore({ path: paths.store, clock: { wall: Date.now } });
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const highWater = Number((await store.settings.get(LEDGER_TIME_SETTING)) ?? 0);
  const clock = createClock({ wall: Date.now, monotonic: () => performance.now(), highWater });
  const registry = createRegistry(VENDORS);
  const sealers = {
    account: createSealer({ keyRing: ring, random: randomBytes, purpose: 'account' }),
    key: createSealer({ keyRing: ring, random: randomBytes, purpose: 'key' }),
    setting: createSealer({ keyRing: ring, random: randomBytes, purpose: 'setting' }),
  };
  const checkpoint = await loadOrCreateCheckpointKey({
    settings: store.settings,
    sealer: sealers.setting,
    random: randomBytes,
  });
  const journal = await openJournal({
    directory: join(paths.journal, CONTROL),
    node: CONTROL,
    clock,
    boot,
    version: VERSION,
    sign: checkpoint.sign,
    ...config.journal,
  });
  const hosts = [...registry.hosts, ...(await ownHosts())];
  const { authority } = await loadOrCreateAuthority({
    settings: store.settings,
    sealer: sealers.setting,
    clock,
    random: randomBytes,
    hosts,
  });
  const nodes = Array.from({ length: config.workers }, (_, index) => `w${index}`);
  const upstream = createUpstream();
  const lock = createRecordLock();
  let budgets = new Map<string, BudgetRecord>();
  let isClosed = false;
  let rounds = 0;

  async function ownHosts(): Promise<string[]> {
    const accounts = await store.accounts.list();
    return accounts.flatMap(({ fields: { host } }) =>
      host === undefined || registry.find(host) !== null ? [] : [host],
    );
  }

  async function send(request: WireRequest, origin: string | null): Promise<WireResponse> {
    const result = await upstream.send(origin ?? `https://${request.host}`, CONTROL, request, null);
    if (result.kind !== 'answered')
      throw new RingfenceError('upstream_unreachable', undefined, { cause: result.error });
    result.rest?.destroy();
    return { status: result.status, headers: result.headers, body: result.body };
  }

  async function order(node: string): Promise<StartOrder> {
    const setting = async (name: string): Promise<string> => (await store.settings.get(name)) ?? '';
    return {
      type: 'start',
      node,
      config,
      boot,
      version: VERSION,
      keyRing: source,
      hosts,
      checkpointKey: await setting(CHECKPOINT_KEY_SETTING),
      authority: {
        key: await setting(AUTHORITY_KEY_SETTING),
        certificate: await setting(AUTHORITY_CERTIFICATE_SETTING),
      },
      ledgerHighWater: clock.ledger(),
    };
  }

  async function* parts(): AsyncGenerator<Part> {
    yield { kind: 'accounts', all: await store.accounts.list() };
    yield { kind: 'policy', source: (await store.policies.active())?.source ?? null };
    yield { kind: 'prices', all: await store.prices.list() };
    yield { kind: 'budgets', all: await store.budgets.list() };
    yield { kind: 'kills', all: await store.kills.list() };
    let page = await store.keys.page('', KEY_PAGE);
    while (page.length > 0) {
      yield { kind: 'keys', put: page };
      page = await store.keys.page(page.at(-1)?.id ?? '', KEY_PAGE);
    }
  }

  const supervisor = createSupervisor({
    nodes,
    order,
    parts,
    store,
    journalDirectory: paths.journal,
    boot,
    say,
  });
  const bank = createBank({
    leases: store.leases,
    clock,
    budget: (id) => budgets.get(id),
    holders: { live: supervisor.live, recall: supervisor.recall },
    loaded: supervisor.loaded,
  });

  /** Journals an administrative act before it happens. */
  async function record(act: Omit<AdminRecord, 'type' | 'at'>): Promise<void> {
    journal.append({ type: 'admin', at: clock.wall(), ...act });
    await journal.flush();
  }

  async function refreshBudgets(): Promise<void> {
    const all = await store.budgets.list();
    budgets = new Map(all.map((budget) => [budget.id, budget]));
    await supervisor.broadcast({ kind: 'budgets', all });
  }

  const settlement = createSettlement({
    ledger: store.ledger,
    async account(id) {
      const found = await store.accounts.get(id);
      const vendor = found === null ? null : registry.byId(found.vendor);
      return found === null || vendor === null
        ? null
        : { vendor, open: openAccount(sealers.account, found), upstream: found.upstream };
    },
    budget: (id) => budgets.get(id),
    send,
    fingerprint: createKeyedHash(ring.derive('fingerprint')),
    async journal(entry) {
      journal.append(entry);
      await journal.flush();
    },
    incident: (what, detail) => void journal.append({ type: 'incident', at: clock.wall(), what, detail }),
    ...(graceMilliseconds === undefined ? {} : { graceMilliseconds }),
    now: Date.now,
  });

  /** Frees the disk of what is loaded and beyond the configured size. */
  async function prune(): Promise<void> {
    for (const node of [CONTROL, ...nodes]) {
      const loaded = (await store.ledger.cursors(node)).at(-1);
      if (loaded === undefined) continue;
      const directory = join(paths.journal, node);
      await pruneJournal({ directory, loaded, sign: checkpoint.sign, keepBytes: config.journal.keepBytes });
    }
  }

  /** Late prices, last use of keys, ledger time: what happens in the background. */
  async function tend(): Promise<void> {
    while (!isClosed) {
      await sleep(settleEvery);
      try {
        await settlement.round();
        if (++rounds % PRUNE_EVERY === 0) await prune();
        const reports = await supervisor.reports();
        const uses = new Map(reports.flatMap(({ report }) => report.keyUses));
        if (uses.size > 0) await store.keys.touch(uses);
        const times = reports.map(({ report }) => report.ledgerTime);
        await store.settings.put(LEDGER_TIME_SETTING, String(Math.max(clock.ledger(), ...times)));
      } catch (error) {
        if (!isClosed) say(`background work: ${(error as Error).message}`);
      }
    }
  }

  const accounts = createAccounts({
    accounts: store.accounts,
    keys: store.keys,
    settings: store.settings,
    vendorOf: registry.byId,
    sealer: sealers.account,
    settingSealer: sealers.setting,
    lock,
    clock,
    random: randomBytes,
    send,
    announce: async () => supervisor.broadcast({ kind: 'accounts', all: await store.accounts.list() }),
  });
  const keys = createVirtualKeys({
    keys: store.keys,
    apps: store.apps,
    accounts: store.accounts,
    custodyOf: (vendor) => registry.byId(vendor)?.custody ?? null,
    sealer: sealers.key,
    index: createKeyedHash(ring.derive('index')),
    lock,
    clock,
    random: randomBytes,
    announce: (changed: VirtualKeyRecord) => supervisor.broadcast({ kind: 'keys', put: [changed] }),
  });
  let controlShipper: Awaited<ReturnType<typeof createShipper>> | null = null;
  let tending: Promise<void> = Promise.resolve();

  return Object.freeze({
    config,
    paths,
    store,
    clock,
    registry,
    ring,
    sealers,
    journal,
    authority,
    checkpoint,
    supervisor,
    bank,
    settlement,
    accounts,
    keys,
    lock,
    hosts,
    record,
    refreshBudgets,
    refreshPolicy: async () =>
      supervisor.broadcast({ kind: 'policy', source: (await store.policies.active())?.source ?? null }),
    refreshPrices: async () => supervisor.broadcast({ kind: 'prices', all: await store.prices.list() }),
    refreshKills: async () => supervisor.broadcast({ kind: 'kills', all: await store.kills.list() }),
    async start() {
      controlShipper = await createShipper({
        node: CONTROL,
        directory: join(paths.journal, CONTROL),
        ledger: store.ledger,
        sleep: (milliseconds) => sleep(milliseconds),
        onFault: (error) => say(`loading the control journal: ${(error as Error).message}`),
      });
      await refreshBudgets();
      await supervisor.start(bank);
      tending = tend();
    },
    async close() {
      isClosed = true;
      await supervisor.stop();
      await tending;
      await journal.close();
      await controlShipper?.drain();
      await controlShipper?.close();
      await upstream.close();
      await store.close();
    },
  });
}
