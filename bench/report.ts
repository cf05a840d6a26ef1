import { cpus, totalmem } from 'node:os';
import type { Measured } from './load.ts';
import { sample } from './request.ts';

export interface Figures {
  readonly cpuMicrosPerRequest: number;
  readonly nginxCpuMicrosPerRequest: number;
  readonly portkeyCpuMicrosPerRequest: number | null;
  readonly throughputVsNginx: number;
  readonly throughputVsPortkey: number | null;
  readonly addedP50Ms: number;
  readonly addedP99Ms: number;
  readonly keysFlatness: number;
  readonly budgetsFlatness: number;
  readonly rssMiB: number;
  readonly freshTlsCpuMs: number;
}

export interface Report {
  readonly figures: Figures;
  readonly rows: readonly { readonly name: string; readonly rounds: readonly Measured[] }[];
  readonly latency: readonly { readonly name: string; readonly p50: number; readonly p99: number }[];
  readonly latencyLoad: string;
  readonly treeMiB: number;
  readonly seconds: number;
  readonly command: string;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank below; NaN of nothing. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * part;
  if (part !== 0.5) return sorted[Math.floor(place)] ?? Number.NaN;
  return ((sorted[Math.floor(place)] ?? Number.NaN) + (sorted[Math.ceil(place)] ?? Number.NaN)) / 2;
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

/** `bench/results.md`. */
export function toMarkdown({ figures, rows, ...report }: Report): string {
  const loads = rows.map(({ name, rounds }) => [
    name,
    median(rounds.map(({ cpuMicros }) => cpuMicros)).toFixed(1),
    Math.round(median(rounds.map(({ requestsPerSecond }) => requestsPerSecond))),
    rounds.map(({ cpuMicros }) => cpuMicros.toFixed(1)).join(', '),
    rounds.map(({ load }) => load).join(', '),
  ]);
  const latency = report.latency.map(({ name, p50, p99 }) => [name, p50.toFixed(2), p99.toFixed(2)]);
  const [cpu] = cpus();
  return `# Benchmark results

${new Date().toISOString()}, by \`${report.command}\`. ${cpus().length} × ${cpu?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.version}.

Load: wrk, 64 keep-alive connections, ${report.seconds} s a round, rounds interleaved. Posts of ${sample.body.length} bytes (${sample.vendor}) to an nginx stub that
answers ${sample.answer.length} bytes; load generator, stub and contenders share the cores. Ringfence runs with everything on: virtual
keys, policy of 100 rules, five budgets that count each request, four limits, durable chained journal, loading into the
ledger; one data-plane process and the primary. CPU is user and system time of the whole process tree, with the work
that follows the answers. Other work on the machine makes Node dearer by the request: read a figure with the load
average (one minute; more than the number of cores means that others waited) beside it, and ratios before figures.
\`node:http\` that answers itself is no gateway: it shows what an HTTP exchange costs in Node on this machine.

${table(['', 'CPU µs per request (median)', 'requests/s (median)', 'CPU µs by round', 'load average by round'], loads)}

Added latency, open loop at 2,000 requests/s (load average ${report.latencyLoad}):

${table(['', 'p50 ms', 'p99 ms'], latency)}

${table(
  ['Figure', 'Value'],
  [
    ...Object.entries(figures).map(([name, value]: [string, number | null]) => [
      name,
      value ?? 'null (could not be run)',
    ]),
    ['RSS of the whole tree, MiB', report.treeMiB],
  ],
)}

- Throughput figures are Ringfence's requests/s divided by the other's in the same round; flatness is CPU per request
  with many divided by CPU per request with few; both are medians over rounds. Every key takes its turn and has been
  used before the first round, as in steady traffic: the first use of a key in a process hashes its secret.
- \`rssMiB\` is the data-plane process after the load (10 keys, 10 budgets); the tree adds the primary with its store.
- \`freshTlsCpuMs\`: CONNECT and a full TLS handshake at the forward proxy, without a request.
- The vendor's answers state the final price. When they do not, the primary looks prices up later, which is not part
  of these figures.
- Portkey gets a JSON chat completion of the same size, with the stub as its custom host.
`;
}
