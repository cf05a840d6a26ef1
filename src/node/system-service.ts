import type { SystemService } from '../api/services.ts';
import type { Config } from '../config/config.ts';
import { hasEnded } from '../custody/rotation/record.ts';
import { answerProbe } from '../gateway/probe.ts';
import type { Fault } from '../journal/fault.ts';
import type { JournalState } from '../journal/options.ts';
import { VERSION } from '../kernel/version.ts';
import type { FleetReport } from './fleet.ts';
import { describeLoss } from './losses.ts';
import { renderMetrics } from './metrics.ts';
import type { Primary } from './primary.ts';

/** What runs on this node, and how it is. */
export function createSystemService(primary: Primary, startedAt: number): SystemService {
  const { supervisor, store, authority, hosts, ring, canaries, leaks } = primary;
  return {
    status: () => statusOf(primary, startedAt),
    ca: async () => ({
      certificate: authority.certificate,
      fingerprint: authority.fingerprint,
      hosts: [...hosts],
    }),
    probe: (nonce) => answerProbe(nonce, ring.derive('probe')),
    async metrics() {
      const [leases, allCanaries, allLeaks] = await Promise.all([
        store.leases.open(),
        canaries.list(),
        leaks.stored(),
      ]);
      return renderMetrics(await supervisor.reports(), { leases, canaries: allCanaries, leaks: allLeaks });
    },
    ready: () => isReady(primary),
  };
}

async function statusOf(primary: Primary, startedAt: number): ReturnType<SystemService['status']> {
  const { config, registry, clock } = primary;
  const reports = await primary.supervisor.reports();
  return {
    version: VERSION,
    startedAt,
    uptimeSeconds: Math.floor((Date.now() - startedAt) / 1000),
    listeners: listenersOf(config),
    workers: workersOf(config, reports),
    journals: journalsOf(primary, reports),
    store: { engine: config.store.kind, state: 'ok', problem: null },
    vendors: registry.vendors.map(({ id, facts }) => ({ id, hosts: [...facts.hosts] })),
    clock: { wall: clock.wall(), ledger: clock.ledger() },
    alarms: await alarms(primary),
  };
}

function listenersOf({ listeners }: Config) {
  const { apps, proxy, tls, admin } = listeners;
  const given = [
    { name: 'apps', scheme: 'http', at: apps },
    { name: 'proxy', scheme: 'http', at: proxy },
    { name: 'tls', scheme: 'https', at: tls },
    { name: 'admin', scheme: 'http', at: admin },
  ];
  return given.flatMap(({ name, scheme, at }) =>
    at === null ? [] : [{ name, url: `${scheme}://${at.host}:${at.port}` }],
  );
}

function workersOf({ workers }: Config, reports: readonly FleetReport[]) {
  const byNode = new Map(reports.map((one) => [one.node, one]));
  return Array.from({ length: workers }, (_, index) => {
    const found = byNode.get(`w${index}`);
    return {
      node: `w${index}`,
      pid: found?.pid ?? null,
      epoch: found?.epoch ?? null,
      state: found === undefined ? ('starting' as const) : ('ok' as const),
    };
  });
}

function journalsOf({ journal, losses }: Primary, reports: readonly FleetReport[]) {
  const own = { node: journal.node, report: { journal: journal.state() } };
  return [own, ...reports].map(({ node, report }) => ({
    node,
    state: report.journal === 'open' ? ('ok' as const) : ('failed' as const),
    unshipped: 0,
    problem: problemOf(report.journal, losses.of(node)),
  }));
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

/** What wants a person: stopped rotations, used decoys, and leaked credentials of ours that still work. */
async function alarms({
  canaries,
  leaks,
  rotations,
}: Pick<Primary, 'canaries' | 'leaks' | 'rotations'>): Promise<string[]> {
  const used = (await canaries.list()).filter(({ uses, retiredAt }) => uses > 0 && retiredAt === null);
  const open = (await leaks.stored()).filter(
    ({ endedAt, match }) => endedAt === null && match !== null && match.kind !== 'canary',
  );
  const halted = (await rotations.list()).filter(
    (one) => one.problem !== null && !hasEnded(one) && !rotations.isRunning(one.account),
  );
  return [
    ...halted.map(
      ({ account, secret, problem }) => `rotation of ${secret} of ${account} has stopped: ${problem}`,
    ),
    ...used.map(({ name, uses, lastUse }) => {
      const last = lastUse === null ? '' : `, last from ${lastUse.address}`;
      return `canary ${name} was used ${uses} times${last}`;
    }),
    ...open.map(({ id, title, state }) => `leak ${id} is ${state}: ${title}`),
  ];
}
