import type { SystemService } from '../api/services.ts';
import { answerProbe } from '../gateway/probe.ts';
import type { JournalState } from '../journal/options.ts';
import { VERSION } from '../kernel/version.ts';
import { describeLoss } from './losses.ts';
import { renderMetrics } from './metrics.ts';
import type { Primary } from './primary.ts';

/** What runs on this node, and how it is. */
export function createSystemService(primary: Primary, startedAt: number): SystemService {
  const { config, registry, supervisor, store, clock, authority, hosts, ring, journal, losses } = primary;
  const { apps, proxy, tls, admin } = config.listeners;
  const url = (scheme: string, { host, port }: { readonly host: string; readonly port: number }) =>
    `${scheme}://${host}:${port}`;

  async function journals() {
    const reports = await supervisor.reports();
    const own = { node: journal.node, report: { journal: journal.state() } };
    return [own, ...reports].map(({ node, report }) => ({
      node,
      state: report.journal === 'open' ? ('ok' as const) : ('failed' as const),
      unshipped: 0,
      problem: problemOf(node, report.journal),
    }));
  }

  function problemOf(node: string, state: JournalState): string | null {
    if (state !== 'open') return `the journal is ${state}: nothing may be spent`;
    const loss = losses.of(node);
    return loss === null ? null : describeLoss(loss);
  }

  /** All processes are there, and their journals take records. */
  async function isReady(): Promise<boolean> {
    if (supervisor.live() !== config.workers || journal.state() !== 'open') return false;
    const reports = await supervisor.reports();
    return reports.filter(({ report }) => report.journal === 'open').length === config.workers;
  }

  return {
    async status() {
      const reports = new Map((await supervisor.reports()).map((one) => [one.node, one]));
      return {
        version: VERSION,
        startedAt,
        uptimeSeconds: Math.floor((Date.now() - startedAt) / 1000),
        listeners: [
          { name: 'apps', url: url('http', apps) },
          ...(proxy === null ? [] : [{ name: 'proxy', url: url('http', proxy) }]),
          ...(tls === null ? [] : [{ name: 'tls', url: url('https', tls) }]),
          { name: 'admin', url: url('http', admin) },
        ],
        workers: Array.from({ length: config.workers }, (_, index) => {
          const found = reports.get(`w${index}`);
          return {
            node: `w${index}`,
            pid: found?.pid ?? null,
            epoch: found?.epoch ?? null,
            state: found === undefined ? ('starting' as const) : ('ok' as const),
          };
        }),
        journals: await journals(),
        store: { engine: 'sqlite', state: 'ok' as const, problem: null },
        vendors: registry.vendors.map(({ id, facts }) => ({ id, hosts: [...facts.hosts] })),
        clock: { wall: clock.wall(), ledger: clock.ledger() },
        alarms: await alarms(primary),
      };
    },
    ca: async () => ({
      certificate: authority.certificate,
      fingerprint: authority.fingerprint,
      hosts: [...hosts],
    }),
    probe: (nonce) => answerProbe(nonce, ring.derive('probe')),
    async metrics() {
      const [leases, canaries, leaks] = await Promise.all([
        store.leases.open(),
        primary.canaries.list(),
        primary.leaks.list(),
      ]);
      return renderMetrics(await supervisor.reports(), { leases, canaries, leaks });
    },
    ready: isReady,
  };
}

/** What wants a person: used decoys, and leaked credentials of ours that still work. */
async function alarms({ canaries, leaks }: Pick<Primary, 'canaries' | 'leaks'>): Promise<string[]> {
  const used = (await canaries.list()).filter(({ uses, retiredAt }) => uses > 0 && retiredAt === null);
  const open = (await leaks.list()).filter(
    ({ endedAt, match }) => endedAt === null && match !== null && match.kind !== 'canary',
  );
  return [
    ...used.map(({ name, uses, lastUse }) => {
      const last = lastUse === null ? '' : `, last from ${lastUse.address}`;
      return `canary ${name} was used ${uses} times${last}`;
    }),
    ...open.map(({ id, title, state }) => `leak ${id} is ${state}: ${title}`),
  ];
}
