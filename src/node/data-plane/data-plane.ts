import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCanaryWatch, type CanaryWatch, type TellCanary } from '../../custody/canaries/watch.ts';
import { createKeyTable, type KeyTable } from '../../custody/key-table.ts';
import { createKeyedHash, remembering } from '../../custody/keyed-hash.ts';
import { openVerifier } from '../../custody/open.ts';
import { createKeyRing } from '../../custody/sealing/key-ring.ts';
import { createSealer, type Purpose } from '../../custody/sealing/sealer.ts';
import { createAnswerRoom } from '../../gateway/answer-room.ts';
import { createCounters, type Counters } from '../../gateway/counters.ts';
import { createExchange, type Exchange } from '../../gateway/exchange.ts';
import type { PipelineParts } from '../../gateway/parts.ts';
import { createPipeline } from '../../gateway/pipeline.ts';
import { createBodyRoom } from '../../gateway/read-body.ts';
import { createEndOfTurn } from '../../gateway/end-of-turn.ts';
import { createUpstream } from '../../gateway/upstream.ts';
import { createBudgets, type Budgets } from '../../guard/budgets/budgets.ts';
import type { BankPort } from '../../guard/budgets/slice.ts';
import { createLimits } from '../../guard/limits/limits.ts';
import type { PermitPort } from '../../guard/limits/permit.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { createContexts } from '../../tls/contexts.ts';
import { openAuthority } from '../../tls/authority.ts';
import { createRegistry } from '../../vendors/registry.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { createAppServers } from './app-servers.ts';
import { createLiveParts, type LiveParts } from './live-parts.ts';
import type { Part, StartOrder, WorkerReport } from '../processes/messages.ts';

/** The hashes of at least this many texts are kept, and of at most twice as many. */
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
  readonly permits: PermitPort;
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
  const { order, clock, journal } = options;
  const custody = openCustody(options);
  const replacedBy = (key: string): string | null => custody.keys.get(key)?.replaces ?? null;
  const budgets = createBudgets({ clock, bank: options.bank, sleep, replacedBy });
  const permits = order.config.workers > 1 ? options.permits : null;
  const limits = createLimits({ clock, permits });
  const counters = createCounters();
  const upstream = createUpstream();
  const contexts = createContexts(clock);
  const { keys, canaries, sealerFor } = custody;
  const live = createLiveParts({
    registry: createRegistry(options.vendors),
    sealer: sealerFor('account'),
    keys,
    budgets,
    limits,
    canaries,
    onTrust({ certificate, hosts }) {
      const sources = { sealer: sealerFor('setting'), clock, random: randomBytes };
      const { issue } = openAuthority(order.authorityKey, certificate, sources);
      contexts.configure({ issue, hosts });
    },
  });
  const exchange = openExchange(options, { custody, live, budgets, limits, counters, upstream });
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

/** What the key ring opens: virtual keys, canaries, and the sealers of the rest. */
function openCustody({ ring, onCanary }: Pick<DataPlaneOptions, 'ring' | 'onCanary'>) {
  const keyRing = createKeyRing(ring);
  const sealerFor = (purpose: Purpose) => createSealer({ keyRing, random: randomBytes, purpose });
  const keySealer = sealerFor('key');
  const index = createKeyedHash(keyRing.derive('index'));
  const canaries = createCanaryWatch(index, onCanary);
  const keys = createKeyTable({ index, openVerifier: (record) => openVerifier(keySealer, record) });
  return { keyRing, sealerFor, canaries, keys };
}

interface ExchangeParts extends Pick<PipelineParts, 'budgets' | 'limits' | 'counters' | 'upstream'> {
  readonly custody: ReturnType<typeof openCustody>;
  readonly live: LiveParts;
}

/** The path of a request, from its bytes to the answer. */
function openExchange(
  { order, clock, plan, journal, onFault }: DataPlaneOptions,
  { custody: { keyRing, keys, canaries }, live, ...parts }: ExchangeParts,
): Exchange {
  const endOfTurn = createEndOfTurn();
  const answers = createAnswerRoom();
  const { accounts, kills, policy, prices } = live;
  const fingerprint = remembering(createKeyedHash(keyRing.derive('fingerprint')), REMEMBERED_TEXTS);
  const decided = { accounts, kills, policy, prices, onUnusableKey: canaries.check };
  return createExchange({
    registry: live.registry,
    counters: parts.counters,
    endOfTurn,
    probeKey: keyRing.derive('probe'),
    bodyBytes: order.config.limits.bodyBytes,
    room: createBodyRoom(),
    uploadBytes: order.config.limits.uploadBytes,
    answers,
    onFault,
    pipeline: createPipeline({
      ...parts,
      ...decided,
      clock,
      plan,
      keys,
      journal,
      endOfTurn,
      answers,
      fingerprint,
    }),
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
