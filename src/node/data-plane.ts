import type { Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyTable } from '../custody/key-table.ts';
import { createKeyedHash, remembering } from '../custody/keyed-hash.ts';
import { openAccount, openVerifier } from '../custody/open.ts';
import { createKeyRing } from '../custody/sealing/key-ring.ts';
import { createSealer } from '../custody/sealing/sealer.ts';
import { createCounters } from '../gateway/counters.ts';
import { createExchange } from '../gateway/exchange.ts';
import { locateByPath, locateByPort } from '../gateway/listeners/base-url.ts';
import { createForwardProxy } from '../gateway/listeners/forward-proxy.ts';
import { createListener, type ListenerOptions } from '../gateway/listeners/server.ts';
import { createTransparentTls } from '../gateway/listeners/transparent-tls.ts';
import { createPipeline } from '../gateway/pipeline.ts';
import type { LiveAccount } from '../gateway/ports.ts';
import { createScrubber } from '../gateway/scrub.ts';
import { createTogether } from '../gateway/together.ts';
import { createUpstream } from '../gateway/upstream.ts';
import { createBudgets, type Budgets } from '../guard/budgets/budgets.ts';
import type { BankPort } from '../guard/budgets/slice.ts';
import { createKillSwitch } from '../guard/kill-switch.ts';
import { createLimits } from '../guard/limits/limits.ts';
import { parsePolicy } from '../guard/policy/document.ts';
import { compilePolicy, NO_POLICY } from '../guard/policy/policy.ts';
import { createPriceBook } from '../guard/prices/price-book.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { AccountRecord } from '../store/records.ts';
import { createContexts } from '../tls/contexts.ts';
import { openAuthority } from '../tls/authority.ts';
import { atOwnHost } from '../vendors/own-host.ts';
import { createRegistry } from '../vendors/registry.ts';
import type { Vendor } from '../vendors/vendor.ts';
import type { Part, StartOrder, WorkerReport } from './messages.ts';

/** Hashes of so many texts are kept at least, of twice as many at most. */
const REMEMBERED_TEXTS = 4096;

export interface DataPlaneOptions {
  readonly order: StartOrder;
  /** Text of the key ring. */
  readonly ring: string;
  readonly vendors: readonly Vendor[];
  readonly plan: NumberingPlan;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly bank: BankPort;
}

export interface DataPlane {
  apply(part: Part): void;
  listen(): Promise<void>;
  readonly budgets: Budgets;
  readonly limits: ReturnType<typeof createLimits>;
  report(): WorkerReport;
  close(): Promise<void>;
}

/** Everything that one data-plane process does; `worker.ts` gives it a process and a channel to the primary. */
export function createDataPlane(options: DataPlaneOptions): DataPlane {
  const { order, vendors, clock, journal, plan } = options;
  const registry = createRegistry(vendors);
  const keyRing = createKeyRing(options.ring);
  const sealerFor = (purpose: 'account' | 'key' | 'setting') =>
    createSealer({ keyRing, random: randomBytes, purpose });
  const keySealer = sealerFor('key');
  const keys = createKeyTable({
    index: remembering(createKeyedHash(keyRing.derive('index')), REMEMBERED_TEXTS),
    openVerifier: (record) => openVerifier(keySealer, record),
  });
  const budgets = createBudgets({ clock, bank: options.bank, sleep });
  const limits = createLimits({ clock });
  const counters = createCounters();
  const upstream = createUpstream();
  const together = createTogether();
  const live = createLiveParts({ registry, sealer: sealerFor('account'), keys, budgets, limits });
  const exchange = createExchange({
    registry: live.registry,
    counters,
    together,
    probeKey: keyRing.derive('probe'),
    bodyBytes: order.config.limits.bodyBytes,
    uploadBytes: order.config.limits.uploadBytes,
    pipeline: createPipeline({
      clock,
      plan,
      keys,
      journal,
      budgets,
      limits,
      upstream,
      counters,
      together,
      accounts: live.accounts,
      kills: live.kills,
      policy: live.policy,
      prices: live.prices,
      fingerprint: remembering(createKeyedHash(keyRing.derive('fingerprint')), REMEMBERED_TEXTS),
    }),
  });
  const authority = openAuthority(order.authority.key, order.authority.certificate, {
    sealer: sealerFor('setting'),
    clock,
    random: randomBytes,
  });
  const contexts = createContexts({ issue: authority.issue, hosts: order.hosts, clock });
  const servers = openServers(
    order,
    { exchange, counters, connections: order.config.limits.connections },
    contexts,
  );
  return Object.freeze({
    apply: live.apply,
    budgets,
    limits,
    async listen() {
      await Promise.all(
        servers.map(({ server, host, port }) => listenOn(server, host, port, order.config.workers > 1)),
      );
    },
    report: () => ({
      journal: journal.state(),
      requests: counters.requests,
      forwarded: counters.forwarded,
      unknownOutcomes: counters.unknownOutcomes,
      malformed: counters.malformed,
      refusals: [...counters.refusals],
      unauthorized: [...counters.unauthorized],
      keyUses: [...keys.takeUses()],
      ledgerTime: clock.ledger(),
      residentBytes: process.memoryUsage.rss(),
    }),
    async close() {
      await Promise.all(servers.map(({ server }) => closeServer(server)));
      await upstream.close();
      await journal.close();
    },
  });
}

interface LiveSources {
  readonly registry: ReturnType<typeof createRegistry>;
  readonly sealer: ReturnType<typeof createSealer>;
  readonly keys: ReturnType<typeof createKeyTable>;
  readonly budgets: Budgets;
  readonly limits: ReturnType<typeof createLimits>;
}

/** What the primary pushes: compiled when it changes, read by the pipeline through one level of indirection. */
function createLiveParts({ registry, sealer, keys, budgets, limits }: LiveSources) {
  let accounts = new Map<string, LiveAccount>();
  let ownHosts = new Map<string, Vendor>();
  let kills = createKillSwitch([]);
  let policy = compilePolicy(NO_POLICY);
  let prices = createPriceBook([]);
  limits.configure(policy.limits);

  const open = (record: AccountRecord): LiveAccount | null => {
    const vendor = registry.byId(record.vendor);
    if (vendor === null) return null;
    const opened = openAccount(sealer, record);
    const { id, currency, upstream } = record;
    return {
      id,
      vendor: record.vendor,
      currency,
      upstream,
      open: opened,
      scrubber: createScrubber(opened, vendor.custody.sealedAnswerFields),
    };
  };

  const setAccounts = (all: readonly AccountRecord[]): void => {
    accounts = new Map();
    ownHosts = new Map();
    for (const record of all) {
      const account = open(record);
      const vendor = registry.byId(record.vendor);
      if (account === null || vendor === null) continue;
      accounts.set(record.id, account);
      const host = record.fields['host'];
      const there = atOwnHost(vendor);
      if (host !== undefined && there !== null) ownHosts.set(host, there);
    }
  };

  return {
    registry: { ...registry, find: (host: string) => registry.find(host) ?? ownHosts.get(host) ?? null },
    accounts: { get: (id: string) => accounts.get(id) },
    kills: { check: (...question: Parameters<typeof kills.check>) => kills.check(...question) },
    policy: { decide: (...question: Parameters<typeof policy.decide>) => policy.decide(...question) },
    prices: { bound: (...question: Parameters<typeof prices.bound>) => prices.bound(...question) },
    apply(part: Part): void {
      switch (part.kind) {
        case 'keys':
          return keys.load(part.put);
        case 'accounts':
          return setAccounts(part.all);
        case 'policy':
          policy = compilePolicy(part.source === null ? NO_POLICY : parsePolicy(part.source));
          return limits.configure(policy.limits);
        case 'budgets':
          return budgets.configure(part.all);
        case 'prices':
          prices = createPriceBook(part.all);
          return;
        case 'kills':
          kills = createKillSwitch(part.all);
      }
    },
  };
}

interface OpenServer {
  readonly server: NetServer;
  readonly host: string;
  readonly port: number;
}

function openServers(
  { config }: StartOrder,
  shared: Omit<ListenerOptions, 'locate'>,
  contexts: ReturnType<typeof createContexts>,
): readonly OpenServer[] {
  const { apps, proxy, tls, hosts } = config.listeners;
  const servers: OpenServer[] = [{ server: createListener({ ...shared, locate: locateByPath }), ...apps }];
  for (const [host, port] of Object.entries(hosts))
    servers.push({
      server: createListener({ ...shared, locate: locateByPort(host) }),
      host: apps.host,
      port,
    });
  if (proxy !== null) servers.push({ server: createForwardProxy(shared, contexts), ...proxy });
  if (tls !== null) servers.push({ server: createTransparentTls(shared, contexts), ...tls });
  return servers;
}

function listenOn(server: NetServer, host: string, port: number, reusePort: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, reusePort, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Stops accepting, lets running requests end, closes idle connections. */
function closeServer(server: NetServer & Partial<Pick<Server, 'closeIdleConnections'>>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections?.();
  });
}
