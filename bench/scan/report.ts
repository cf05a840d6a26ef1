import { cpus, totalmem } from 'node:os';
import { loadNow } from '../processes.ts';

export interface Measured {
  readonly repo: string;
  readonly oursCpuS: number;
  readonly oursWallS: number;
  readonly catFileCpuS: number;
  readonly gitLogCpuS: number;
  readonly peers: Readonly<Record<string, { readonly cpuS: number; readonly wallS: number }>>;
  readonly peakMiB: number;
  readonly stagedMs: number;
}

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

/** `bench/scan/results.md`. */
export function toMarkdown(all: readonly Measured[], turns: number): string {
  const names = [...new Set(all.flatMap(({ peers }) => Object.keys(peers)))];
  const head = ['Repository', 'Ringfence CPU s', 'wall s', 'git cat-file CPU s', 'git log -p CPU s'];
  const others = names.flatMap((name) => [`${name} CPU s`, 'wall s']);
  const columns = [...head, ...others, 'ours ÷ cat-file', 'peak MiB', 'staged ms'];
  const rows = all.map((one) => [
    one.repo,
    one.oursCpuS,
    one.oursWallS,
    one.catFileCpuS,
    one.gitLogCpuS,
    ...names.flatMap((name) => [one.peers[name]?.cpuS ?? '–', one.peers[name]?.wallS ?? '–']),
    (one.oursCpuS / one.catFileCpuS).toFixed(2),
    one.peakMiB,
    one.stagedMs,
  ]);
  const [cpu] = cpus();
  return `# Scanning histories

${new Date().toISOString()}, by \`npm run bench:scan\`. ${cpus().length} × ${cpu?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.version}, load average ${loadNow()} at the end.

Every contender reads the whole history of the same repository in each of ${turns} turns, with the rules it comes with and
without verification; its output goes to \`/dev/null\`. CPU is user and system time with all children, medians over turns.
Objects that a repository lacks are replaced by an empty blob, because \`git log -p\` ends at the first one. A dash: it
cannot read such a repository. Ringfence has scanned once before, as Node keeps what it has compiled.

${[row(columns), row(columns.map(() => '---')), ...rows.map(row)].join('\n')}

\`staged ms\` is a staged scan of one file from start to end, the median of eleven.
`;
}
