import type { CanaryRecord } from '../../custody/canaries/canaries.ts';
import type { LeakRecord } from '../../custody/leaks/record.ts';
import type { LeaseRecord } from '../../store/records.ts';
import type { FleetReport } from '../processes/fleet.ts';

export interface MetricSources {
  readonly leases: readonly LeaseRecord[];
  readonly canaries: readonly CanaryRecord[];
  readonly leaks: readonly LeakRecord[];
}

/** Labels as they stand in the text, and the value under them. */
type Sample = readonly [labels: string, value: number];

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  samples(reports: readonly FleetReport[], sources: MetricSources | null): readonly Sample[];
}

const each =
  (of: (report: FleetReport['report']) => number): Family['samples'] =>
  (reports) =>
    reports.map(({ node, report }) => [`{node="${node}"}`, of(report)]);

const stored =
  (of: (sources: MetricSources) => readonly Sample[]): Family['samples'] =>
  (_reports, sources) =>
    sources === null ? [] : of(sources);

const FAMILIES: readonly Family[] = [
  {
    name: 'requests_total',
    type: 'counter',
    help: 'Requests of apps.',
    samples: each((report) => report.requests),
  },
  {
    name: 'forwarded_total',
    type: 'counter',
    help: 'Requests sent to vendors.',
    samples: each((report) => report.forwarded),
  },
  {
    name: 'unknown_outcomes_total',
    type: 'counter',
    help: 'Requests whose outcome is unknown.',
    samples: each((report) => report.unknownOutcomes),
  },
  {
    name: 'malformed_total',
    type: 'counter',
    help: 'Requests rejected as malformed or ambiguous.',
    samples: each((report) => report.malformed),
  },
  {
    name: 'refusals_total',
    type: 'counter',
    help: 'Refused requests by code.',
    samples: (reports) =>
      reports.flatMap(({ node, report }) =>
        report.refusals.map(([code, count]): Sample => [`{node="${node}",code="${code}"}`, count]),
      ),
  },
  {
    name: 'journal_open',
    type: 'gauge',
    help: 'Whether the journal takes records.',
    samples: each((report) => (report.journal === 'open' ? 1 : 0)),
  },
  {
    name: 'resident_bytes',
    type: 'gauge',
    help: 'Memory of the data-plane process.',
    samples: each((report) => report.residentBytes),
  },
  {
    name: 'workers',
    type: 'gauge',
    help: 'Data-plane processes that answer.',
    samples: (reports) => [['', reports.length]],
  },
  {
    name: 'leases',
    type: 'gauge',
    help: 'Slices of budgets that processes hold.',
    samples: stored(({ leases }) => [['', leases.length]]),
  },
  {
    name: 'canary_uses_total',
    type: 'counter',
    help: 'Uses of decoy keys: each is an incident.',
    samples: stored(({ canaries }) => [['', canaries.reduce((sum, { uses }) => sum + uses, 0)]]),
  },
  {
    name: 'leaks',
    type: 'gauge',
    help: 'Leaked credentials that are not resolved.',
    samples: stored(({ leaks }) => openLeaks(leaks)),
  },
];

function openLeaks(leaks: readonly LeakRecord[]): readonly Sample[] {
  const open = leaks.filter(({ endedAt }) => endedAt === null);
  const counts = Map.groupBy(open, ({ state, match }) => `{state="${state}",ours="${match !== null}"}`);
  return Array.from(counts, ([labels, all]): Sample => [labels, all.length]);
}

/**
 * The Prometheus text format (version 0.0.4). Labels have few values: no keys, no numbers. `sources`: null while the store
 * cannot be read; what it knows is left out then.
 */
export function renderMetrics(reports: readonly FleetReport[], sources: MetricSources | null): string {
  const lines = FAMILIES.flatMap(({ name, type, help, samples }) => [
    `# HELP ringfence_${name} ${help}`,
    `# TYPE ringfence_${name} ${type}`,
    ...samples(reports, sources).map(([labels, value]) => `ringfence_${name}${labels} ${value}`),
  ]);
  return `${lines.join('\n')}\n`;
}
