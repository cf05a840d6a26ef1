import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execFileSync } from 'node:child_process';
import { loadNow } from '../processes.ts';
import { median } from '../report.ts';
import { measure, type Cost } from './measure.ts';
import { findPeers, type Peer } from './peers.ts';
import { borrow } from './repository.ts';
import { toMarkdown, type Measured } from './report.ts';
import { measureStaged } from './staged.ts';
import { warmUp } from './warm-up.ts';

const parameters = process.argv.slice(2);
const isJson = parameters.includes('--json');
const isQuick = parameters.includes('--quick');
/** `--peers=gitleaks,kingfisher` runs these alone: some take hours for a large history. */
const chosen = parameters
  .find((one) => one.startsWith('--peers='))
  ?.slice('--peers='.length)
  .split(',');
const repositories = parameters.filter((one) => !one.startsWith('--'));
const TURNS = isQuick ? 1 : 3;
const FOUND = 3;

const root = join(import.meta.dirname, '..', '..');
const cache = join(import.meta.dirname, '..', '.cache');
const ringfence: readonly [string, ...string[]] = [process.execPath, join(root, 'src', 'start.mjs')];

function say(line: string): void {
  if (!isJson) process.stderr.write(`${line}\n`);
}

interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  /** How it may end besides 0. */
  readonly foundCode: number;
  readonly mayFail?: true;
}

/** What reads a history: ours, the two commands of git that others stand on, and the others. */
function contendersFor(repository: string, peers: readonly Peer[]): readonly Contender[] {
  const git = ['git', '-C', repository];
  return [
    {
      name: 'ringfence',
      command: [...ringfence, 'scan', '--history', repository, '--format', 'json'],
      foundCode: FOUND,
    },
    { name: 'cat-file', command: [...git, 'cat-file', '--batch-all-objects', '--batch'], foundCode: 0 },
    { name: 'git-log', command: [...git, 'log', '-p', '--all'], foundCode: 0 },
    ...peers.map(({ name, foundCode, command }) => ({
      name,
      foundCode,
      command: command(repository),
      mayFail: true as const,
    })),
  ];
}

/**
 * All contenders in each turn, so that they meet the same load. Figures are medians over turns. One of the others that
 * cannot read this repository (some clone it, which a copy without all objects does not allow) is left out.
 */
async function runTurns(contenders: readonly Contender[]): Promise<ReadonlyMap<string, Cost>> {
  const costs = new Map<string, Cost[]>(contenders.map(({ name }) => [name, []]));
  for (let turn = 0; turn < TURNS; turn++)
    for (const { name, command, foundCode, mayFail } of contenders) {
      if (!costs.has(name)) continue;
      const cost = await measure(command);
      const hasFailed = cost.exitCode !== 0 && cost.exitCode !== foundCode;
      if (hasFailed && mayFail !== true) throw new Error(`${command.join(' ')} ended with ${cost.exitCode}`);
      if (hasFailed) costs.delete(name);
      costs.get(name)?.push(cost);
      const figures = `${cost.cpuS.toFixed(2)} s CPU, ${cost.wallS.toFixed(2)} s, load ${loadNow()}`;
      say(`${name}: ${hasFailed ? `cannot read it, and ended with ${cost.exitCode}` : figures}`);
    }
  return new Map([...costs].map(([name, all]) => [name, medianCost(all)]));
}

function medianCost(costs: readonly Cost[]): Cost {
  const of = (value: (cost: Cost) => number): number => Number(median(costs.map(value)).toFixed(2));
  return {
    cpuS: of(({ cpuS }) => cpuS),
    wallS: of(({ wallS }) => wallS),
    peakMiB: Math.round(Math.max(...costs.map(({ peakMiB }) => peakMiB))),
    exitCode: 0,
  };
}

async function measureRepository(path: string, home: string, peers: readonly Peer[]): Promise<Measured> {
  const repository = borrow(resolve(path), join(home, 'history'));
  say(path);
  const costs = await runTurns(contendersFor(repository, peers));
  const cost = (name: string): Cost =>
    costs.get(name) ?? { cpuS: NaN, wallS: NaN, peakMiB: NaN, exitCode: 1 };
  const ours = cost('ringfence');
  return {
    repo: nameOf(path),
    oursCpuS: ours.cpuS,
    oursWallS: ours.wallS,
    catFileCpuS: cost('cat-file').cpuS,
    gitLogCpuS: cost('git-log').cpuS,
    peers: Object.fromEntries(
      peers.flatMap(({ name }) => {
        const figures = costs.get(name);
        return figures === undefined ? [] : [[name, { cpuS: figures.cpuS, wallS: figures.wallS }]];
      }),
    ),
    peakMiB: ours.peakMiB,
    stagedMs: Math.round(measureStaged(join(home, 'staged'), ringfence)),
  };
}

/** `rails+rails/repo` and `rails/.git` are both called by the folder that tells something. */
function nameOf(path: string): string {
  const words = resolve(path)
    .split('/')
    .filter((word) => word !== '.git' && word !== 'repo');
  return (words.at(-1) ?? path).replace('+', '/');
}

function keep(text: string): void {
  const file = join(import.meta.dirname, 'results.md');
  writeFileSync(file, text);
  execFileSync(join(root, 'node_modules', '.bin', 'oxfmt'), [file], { stdio: 'ignore' });
}

if (repositories.length === 0) {
  process.stderr.write(
    'Give the repositories to read: npm run bench:scan -- [--json] [--quick] [--peers=NAME,…] REPOSITORY…\n',
  );
  process.exitCode = 2;
} else {
  mkdirSync(cache, { recursive: true });
  const home = mkdtempSync(join(cache, 'scan-'));
  try {
    const peers = findPeers(cache, chosen, say);
    warmUp(join(home, 'warm-up'), ringfence);
    const all: Measured[] = [];
    for (const [index, path] of repositories.entries()) {
      all.push(await measureRepository(path, join(home, String(index)), peers));
      process.stdout.write(`${JSON.stringify(all.at(-1))}\n`);
    }
    if (!isQuick) keep(toMarkdown(all, TURNS));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
