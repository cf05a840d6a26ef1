import type { SystemService } from '../../api/services/system.ts';
import type { Config } from '../../config/config.ts';
import { listenerUrl } from '../../config/listener-url.ts';
import { hasEnded } from '../../custody/rotation/record.ts';
import { answerProbe } from '../../gateway/probe.ts';
import type { Fault } from '../../journal/fault.ts';
import type { JournalState } from '../../journal/options.ts';
import { clockDifference, wallAndLedger } from '../../kernel/clock-difference.ts';
import { formatMicros } from '../../kernel/money.ts';
import { counted } from '../../kernel/wording.ts';
import { VERSION } from '../../kernel/version.ts';
import type { Cursor } from '../../store/ports.ts';
import { isAway, nullIfAway } from './away.ts';
import { withUse } from './budget-use.ts';
import type { FleetReport } from '../processes/fleet.ts';
import { dataPlaneNodes } from '../foundation.ts';
import { describeLoss } from '../loading/losses.ts';
import { renderMetrics } from './metrics.ts';
import type { Primary } from '../primary.ts';

/** What runs on this node, and how it is. */
export function createSystemService(primary: Primary, startedAt: number): SystemService {
  const { supervisor, store, trust, ring, canaries, leaks } = primary;
  return {
    status: () => statusOf(primary, startedAt),
    ca: async () => {
      const { certificate, fingerprint } = trust.authority();
      return { certificate, fingerprint, hosts: [...trust.part().hosts] };
    },
    probe: (nonce) => answerProbe(nonce, ring.derive('probe')),
    async metrics() {
      const sources = Promise.all([store.leases.open(), canaries.list(), leaks.stored()]);
      const known = await sources.then(
        ([leases, allCanaries, allLeaks]) => ({ leases, canaries: allCanaries, leaks: allLeaks }),
        nullIfAway,
      );
      return renderMetrics(await supervisor.reports(), known);
    },
    ready: () => isReady(primary),
  };
}

async function statusOf(primary: Primary, startedAt: number): ReturnType<SystemService['status']> {
  const { config, registry, clock } = primary;
  const reports = await primary.supervisor.reports();
  const kept = await readKept(primary, reports);
  return {
    version: VERSION,
    startedAt,
    uptimeSeconds: Math.floor((Date.now() - startedAt) / 1000),
    listeners: listenersOf(config),
    workers: workersOf(config, reports),
    journals: journalsOf(primary, reports, kept),
    store: {
      engine: config.store.kind,
      state: kept.problem === null ? 'ok' : 'failed',
      problem: kept.problem,
    },
    vendors: registry.vendors.map(({ id, facts }) => ({ id, hosts: [...facts.hosts] })),
    clock: wallAndLedger(clock),
    alarms: [...unstoredKills(primary), ...clockAlarm(primary), ...kept.alarms],
  };
}

/** What only the store knows. While it is away the rest is shown all the same: that is when people ask for the status. */
interface Kept {
  /** Why the store cannot be read; null: it can. */
  readonly problem: string | null;
  readonly cursors: ReadonlyMap<string, readonly Cursor[]>;
  readonly alarms: readonly string[];
}

async function readKept(primary: Primary, reports: readonly FleetReport[]): Promise<Kept> {
  const { journal, store } = primary;
  const nodes = [journal.node, ...reports.map(({ node }) => node)];
  try {
    const cursors = await Promise.all(
      nodes.map(async (node) => [node, await store.ledger.cursors(node)] as const),
    );
    return { problem: null, cursors: new Map(cursors), alarms: await alarms(primary) };
  } catch (error) {
    if (!isAway(error)) throw error;
    const unread = 'rotations, canaries and leaks are not shown: the store cannot be read';
    return { problem: error.message, cursors: new Map(), alarms: [unread] };
  }
}

function listenersOf({ listeners }: Config) {
  const { apps, proxy, tls, admin, hosts } = listeners;
  const given = [
    { name: 'apps', scheme: 'http', at: apps },
    ...Object.entries(hosts).map(
      ([name, port]) => ({ name, scheme: 'http', at: { host: apps.host, port } }) as const,
    ),
    { name: 'proxy', scheme: 'http', at: proxy },
    { name: 'tls', scheme: 'https', at: tls },
    { name: 'admin', scheme: 'http', at: admin },
  ] as const;
  return given.flatMap(({ name, scheme, at }) =>
    at === null ? [] : [{ name, url: listenerUrl(at, scheme) }],
  );
}

function workersOf(config: Config, reports: readonly FleetReport[]) {
  const byNode = new Map(reports.map((one) => [one.node, one]));
  return dataPlaneNodes(config).map((node) => {
    const found = byNode.get(node);
    return {
      node,
      pid: found?.pid ?? null,
      epoch: found?.epoch ?? null,
      state: found === undefined ? ('starting' as const) : ('ok' as const),
    };
  });
}

function journalsOf({ journal, losses }: Primary, reports: readonly FleetReport[], { cursors }: Kept) {
  const { node, epoch } = journal;
  const own = { node, epoch, report: { journal: journal.state(), records: journal.position() } };
  return [own, ...reports].map((one) => ({
    node: one.node,
    state: one.report.journal === 'open' ? ('ok' as const) : ('failed' as const),
    unshipped: unshippedOf(one, cursors.get(one.node)),
    problem: problemOf(one.report.journal, losses.of(one.node)),
  }));
}

interface Written {
  readonly epoch: number;
  readonly report: { readonly records: number };
}

/** Records of the present epoch that the ledger has not loaded; the epochs before are loaded before it begins. */
function unshippedOf({ epoch, report }: Written, cursors: readonly Cursor[] | undefined): number | null {
  if (cursors === undefined) return null;
  const loaded = cursors.find((cursor) => cursor.epoch === epoch)?.position ?? 0;
  return Math.max(0, report.records - loaded);
}

function problemOf(state: JournalState, loss: Fault | null): string | null {
  if (state !== 'open') return `the journal is ${state}: nothing may be spent`;
  return loss === null ? null : describeLoss(loss);
}

/** All processes take requests, and their journals take records. */
async function isReady({ supervisor, config, journal }: Primary): Promise<boolean> {
  if (!supervisor.isServing() || journal.state() !== 'open') return false;
  const reports = await supervisor.reports();
  return reports.filter(({ report }) => report.journal === 'open').length === config.workers;
}

function clockAlarm({ clock }: Pick<Primary, 'clock'>): readonly string[] {
  const apart = clockDifference(wallAndLedger(clock));
  return apart === null ? [] : [`${apart.message}. ${apart.remedy}`];
}

function unstoredKills({ kills }: Pick<Primary, 'kills'>): readonly string[] {
  const found = kills.list().filter(({ kept }) => kept !== 'store');
  return found.map(({ id, kept }) => {
    const where = kept === 'disk' ? 'kept on disk until it is' : 'and not on disk: a restart forgets it';
    return `kill switch ${id} is in force, but not stored yet; ${where}`;
  });
}

type Alarming = 'store' | 'clock' | 'canaries' | 'leaks' | 'rotations' | 'closedAccounts' | 'policyInForce';

/** What wants a person: a policy that is not in force, closed accounts, stopped rotations, used canaries, and leaked credentials of ours that still work. */
async function alarms(primary: Pick<Primary, Alarming>): Promise<string[]> {
  const { canaries, leaks, rotations } = primary;
  const policy = await primary.policyInForce();
  const used = (await canaries.list()).filter(({ uses, retiredAt }) => uses > 0 && retiredAt === null);
  const open = (await leaks.stored()).filter(
    ({ endedAt, match }) => endedAt === null && match !== null && match.kind !== 'canary',
  );
  const halted = (await rotations.list()).filter(
    (one) => one.problem !== null && !hasEnded(one) && !rotations.isRunning(one.account),
  );
  return [
    ...(policy.problem === null ? [] : [policy.problem]),
    ...(await presumedMoney(primary)),
    ...(await primary.closedAccounts()),
    ...halted.map(
      ({ account, secret, problem }) => `rotation of ${secret} of ${account} has stopped: ${problem}`,
    ),
    ...used.map(({ name, uses, lastUse }) => {
      const last = lastUse === null ? '' : `, last from ${lastUse.address}`;
      return `canary ${name} was used ${counted(uses, 'time')}${last}`;
    }),
    ...open.map(({ id, title, state }) => `leak ${id} is ${state}: ${title}`),
  ];
}

/** It is gone until somebody looks, from a `total` budget for ever. */
async function presumedMoney({ store, clock }: Pick<Primary, 'store' | 'clock'>): Promise<readonly string[]> {
  const budgets = await withUse(store.leases, clock.ledger(), await store.budgets.list());
  return budgets.flatMap(({ name, currency, use }) =>
    use.presumed === 0
      ? []
      : [
          `${formatMicros(use.presumed)} ${currency} of budget ${name} are presumed spent: see \`ringfence budgets presumed ${wordOf(name)}\``,
        ],
  );
}

/** As a shell takes it for one. */
function wordOf(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
