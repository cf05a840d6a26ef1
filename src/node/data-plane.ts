import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCanaryWatch, type CanaryWatch, type TellCanary } from '../custody/canaries/watch.ts';
import { createKeyTable, type KeyTable } from '../custody/key-table.ts';
import { createKeyedHash, remembering } from '../custody/keyed-hash.ts';
import { openVerifier } from '../custody/open.ts';
import { createKeyRing } from '../custody/sealing/key-ring.ts';
import { createSealer } from '../custody/sealing/sealer.ts';
import { createCounters, type Counters } from '../gateway/counters.ts';
import { createExchange } from '../gateway/exchange.ts';
import { createPipeline } from '../gateway/pipeline.ts';
import { createTogether } from '../gateway/together.ts';
import { createUpstream } from '../gateway/upstream.ts';
import { createBudgets, type Budgets } from '../guard/budgets/budgets.ts';
import type { BankPort } from '../guard/budgets/slice.ts';
import { createLimits } from '../guard/limits/limits.ts';
import type { Journal } from '../journal/journal.ts';
import type { Clock } from '../kernel/clock.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import { createContexts } from '../tls/contexts.ts';
import { openAuthority } from '../tls/authority.ts';
import { createRegistry } from '../vendors/registry.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { createAppServers } from './app-servers.ts';
import { createLiveParts } from './live-parts.ts';
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
  readonly onFault: (error: unknown) => void;
  readonly onCanary: TellCanary;
}

export interface DataPlane {
  apply(part: Part): void;
  listen(): Promise<void>;
  readonly budgets: Budgets;
  readonly limits: ReturnType<typeof createLimits>;
  readonly takeKeyUses: KeyTable['takeUses'];
  readonly canaries: Pick<CanaryWatch, 'flush'>;
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
  const canaries = createCanaryWatch(options.onCanary);
  const keys = createKeyTable({
    index: remembering(createKeyedHash(keyRing.derive('index')), REMEMBERED_TEXTS),
    openVerifier: (record) => openVerifier(keySealer, record),
    onUnknown: (hash, { address, vendor, wall }) => canaries.check(hash, { at: wall, address, vendor }),
  });
  const budgets = createBudgets({ clock, bank: options.bank, sleep });
  const limits = createLimits({ clock });
  const counters = createCounters();
  const upstream = createUpstream();
  const together = createTogether();
  const live = createLiveParts({ registry, sealer: sealerFor('account'), keys, budgets, limits, canaries });
  const exchange = createExchange({
    registry: live.registry,
    counters,
    together,
    probeKey: keyRing.derive('probe'),
    bodyBytes: order.config.limits.bodyBytes,
    uploadBytes: order.config.limits.uploadBytes,
    onFault: options.onFault,
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
  const shared = { exchange, counters, connections: order.config.limits.connections };
  const servers = createAppServers(order.config, shared, contexts);
  return Object.freeze({
    apply: live.apply,
    budgets,
    limits,
    takeKeyUses: keys.takeUses,
    canaries,
    listen: servers.listen,
    report: () => ({
      ...countersOf(counters),
      journal: journal.state(),
      records: journal.position(),
      ledgerTime: clock.ledger(),
      residentBytes: process.memoryUsage.rss(),
    }),
    async close() {
      await servers.close();
      await upstream.close();
      await journal.close();
    },
  });
}

function countersOf({ refusals, unauthorized, ...counts }: Counters) {
  const { requests, forwarded, unknownOutcomes, malformed } = counts;
  return {
    requests,
    forwarded,
    unknownOutcomes,
    malformed,
    refusals: [...refusals],
    unauthorized: [...unauthorized],
  };
}
