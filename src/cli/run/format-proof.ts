import { counted } from '../../kernel/wording.ts';
import type { ProbeRow, Proof } from './proof.ts';

/**
 * The proof as text: a line for each host and runtime, in which clients with the same result stand together; then what is not
 * covered. Covered hosts are only counted, as their lines would hide the few that matter; `all` prints them too.
 */
export function formatProof({ rows, notCovered }: Proof, all: boolean): string {
  const shown = all ? rows : rows.filter(({ state }) => state !== 'covered');
  const rest = rows.length - shown.length;
  const lines = rows.length === 0 ? ['Nothing was tried: no runtime was found.'] : table(shown);
  const covered =
    rest === 0 ? [] : [`${counted(rest, 'more request')} reached the gateway; --verbose lists all.`];
  return [...lines, ...covered, '', 'Not covered:', ...notCovered.map((one) => `  - ${one}`), ''].join('\n');
}

function table(rows: readonly ProbeRow[]): readonly string[] {
  if (rows.length === 0) return [];
  const cells = [...Map.groupBy(rows, describe)].map(([text, group]) => {
    const [host = '', runtime = '', what = ''] = text.split('\u0000');
    return [host, `${runtime} (${group.map(({ client }) => client).join(', ')})`, what] as const;
  });
  const width = (column: 0 | 1) => Math.max(...cells.map((row) => row[column].length));
  return cells.map(([host, who, what]) => `${host.padEnd(width(0))}  ${who.padEnd(width(1))}  ${what}`);
}

function describe({ host, runtime, state, reason }: ProbeRow): string {
  return [host, runtime, reason === '' ? state : `${state}: ${reason}`].join('\u0000');
}

/** A successful proof in one line, followed by what it did not try: the command itself, or some of its clients. */
export function summarizeProof({ rows, untried }: Proof): string {
  const runtimes = [...new Set(rows.map(({ runtime }) => runtime))].join(', ');
  const clients = new Set(rows.map(({ runtime, client }) => `${runtime} ${client}`)).size;
  const hosts = new Set(rows.map(({ host }) => host)).size;
  const proven = `Proven: ${counted(clients, 'HTTP client')} (${runtimes}) reached the gateway for ${counted(hosts, 'vendor host')}.`;
  return [proven, ...untried, '--verbose lists each, and what is not covered.'].join(' ');
}
