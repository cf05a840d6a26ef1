import type { CanaryRecord } from '../custody/canaries/canaries.ts';
import type { LeakRecord } from '../custody/leaks/record.ts';
import type { LeaseRecord } from '../store/records.ts';
import type { Supervisor } from './supervisor.ts';

type Reports = Awaited<ReturnType<Supervisor['reports']>>;

export interface MetricSources {
  readonly leases: readonly LeaseRecord[];
  readonly canaries: readonly CanaryRecord[];
  readonly leaks: readonly LeakRecord[];
}

/** The Prometheus text format (version 0.0.4). Labels have few values: no keys, no numbers. */
export function renderMetrics(reports: Reports, { leases, canaries, leaks }: MetricSources): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    samples: readonly (readonly [labels: string, value: number])[],
  ): void => {
    lines.push(`# HELP ringfence_${name} ${help}`, `# TYPE ringfence_${name} ${type}`);
    for (const [labels, value] of samples) lines.push(`ringfence_${name}${labels} ${value}`);
  };
  const each = (of: (report: Reports[number]['report']) => number) =>
    reports.map(({ node, report }) => [`{node="${node}"}`, of(report)] as const);
  family(
    'requests_total',
    'counter',
    'Requests of apps.',
    each((report) => report.requests),
  );
  family(
    'forwarded_total',
    'counter',
    'Requests sent to vendors.',
    each((report) => report.forwarded),
  );
  family(
    'unknown_outcomes_total',
    'counter',
    'Requests whose outcome nobody knows yet.',
    each((report) => report.unknownOutcomes),
  );
  family(
    'malformed_total',
    'counter',
    'Requests rejected because they had more than one reading.',
    each((report) => report.malformed),
  );
  const refusals = reports.flatMap(({ node, report }) =>
    report.refusals.map(([code, count]) => [`{node="${node}",code="${code}"}`, count] as const),
  );
  family('refusals_total', 'counter', 'Refused requests by code.', refusals);
  family(
    'journal_open',
    'gauge',
    'Whether the journal takes records.',
    each((report) => (report.journal === 'open' ? 1 : 0)),
  );
  family(
    'resident_bytes',
    'gauge',
    'Memory of the data-plane process.',
    each((report) => report.residentBytes),
  );
  family('workers', 'gauge', 'Data-plane processes that answer.', [['', reports.length]]);
  family('leases', 'gauge', 'Slices of budgets that processes hold.', [['', leases.length]]);
  const uses = canaries.reduce((sum, canary) => sum + canary.uses, 0);
  family('canary_uses_total', 'counter', 'Uses of decoy keys: each is an incident.', [['', uses]]);
  const open = leaks.filter(({ endedAt }) => endedAt === null);
  const counts = Map.groupBy(open, ({ state, match }) => `{state="${state}",ours="${match !== null}"}`);
  family(
    'leaks',
    'gauge',
    'Leaked credentials without end of the matter.',
    Array.from(counts, ([labels, all]) => [labels, all.length] as const),
  );
  return `${lines.join('\n')}\n`;
}
