import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  startPlainNode,
  startPortkey,
  startProxy,
  startRingfence,
  startStub,
  type Contender,
  type Ringfence,
} from './contenders.ts';
import { freshTls, keysOf, measure, openLoop, type Measured } from './load.ts';
import { loadNow, residentOf, residentOfTree } from './processes.ts';
import { median, quantile, toMarkdown, type Figures, type Report } from './report.ts';

const isQuick = process.argv.includes('--quick');
const isJson = process.argv.includes('--json');
const PLAN = isQuick
  ? { rounds: 2, seconds: 2, warmRequests: 60_000, latencyRounds: 2, latencySeconds: 2 }
  : { rounds: 3, seconds: 5, warmRequests: 120_000, latencyRounds: 3, latencySeconds: 5 };
const RATE = 2000;
const TLS_CONNECTIONS = 400;
const WARM_SECONDS = 3;
const WARM_TURNS = 8;
/** It stops whatever happens. */
const LONGEST_MILLISECONDS = 900_000;

function say(line: string): void {
  if (!isJson) process.stderr.write(`${line}\n`);
}

const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

interface Field {
  readonly stub: Contender;
  readonly proxy: Contender;
  readonly plainNode: Contender;
  readonly portkey: Contender | null;
  readonly base: Ringfence;
  readonly manyKeys: Ringfence;
  readonly manyBudgets: Ringfence;
}

async function open(cache: string, directory: string, started: Contender[]): Promise<Field> {
  const keep = async <T extends Contender | null>(starting: Promise<T>): Promise<T> => {
    const contender = await starting;
    if (contender !== null) started.push(contender);
    return contender;
  };
  const stub = await keep(startStub(directory));
  const { origin } = new URL(stub.target.url);
  const ringfence = (name: string, keys: number, budgets: number): Promise<Ringfence> =>
    keep(startRingfence(directory, origin, { name, keys, budgets }));
  say('starting the contenders (100,000 keys are written first)');
  return {
    stub,
    proxy: await keep(startProxy(directory, origin)),
    plainNode: await keep(startPlainNode()),
    portkey: await keep(startPortkey(cache, origin)),
    base: await ringfence('Ringfence', 10, 10),
    manyKeys: await ringfence('Ringfence with 100,000 keys', 100_000, 10),
    manyBudgets: await ringfence('Ringfence with 10,000 budgets', 10, 10_000),
  };
}

/** Until the compiler has seen enough and every key has been used, but not for ever. */
async function warm(contender: Contender, directory: string): Promise<void> {
  const least = Math.max(PLAN.warmRequests, keysOf(contender.target));
  for (let turn = 0, requests = 0; turn < WARM_TURNS && requests < least; turn++) {
    const { requestsPerSecond } = await measure(contender, directory, WARM_SECONDS);
    requests += requestsPerSecond * WARM_SECONDS;
  }
}

type Rounds = ReadonlyMap<Contender, Measured[]>;

/** All contenders in each round, beginning with another one each time, after a warm-up. */
async function runRounds({ stub: _stub, ...field }: Field, directory: string): Promise<Rounds> {
  const contenders = Object.values(field).filter((one) => one !== null);
  const results = new Map<Contender, Measured[]>(contenders.map((one) => [one, []]));
  for (const one of contenders) await warm(one, directory);
  for (let turn = 0; turn < PLAN.rounds; turn++)
    for (const one of [...contenders.slice(turn), ...contenders.slice(0, turn)]) {
      const measured = await measure(one, directory, PLAN.seconds);
      results.get(one)?.push(measured);
      const { cpuMicros, requestsPerSecond, load } = measured;
      say(
        `${one.name}: ${cpuMicros.toFixed(1)} µs/request, ${Math.round(requestsPerSecond)}/s, load ${load}`,
      );
    }
  return results;
}

async function runLatency({ stub, base }: Field): Promise<Report['latency']> {
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn < PLAN.latencyRounds; turn++)
    for (const [place, { target }] of [stub, base].entries())
      times[place]?.push(...(await openLoop(target, RATE, PLAN.latencySeconds)));
  await base.settle();
  return [stub, base].map(({ name }, place) => ({
    name,
    p50: quantile(times[place] ?? [], 0.5),
    p99: quantile(times[place] ?? [], 0.99),
  }));
}

/** Median over rounds of one contender's value divided by another's in the same round. */
function ratio(
  rounds: Rounds,
  [over, under]: readonly [Contender, Contender],
  value: (one: Measured) => number,
): number {
  const others = rounds.get(under) ?? [];
  return median((rounds.get(over) ?? []).map((one, turn) => value(one) / value(others[turn] ?? one)));
}

function figuresOf(
  { proxy, portkey, base, manyKeys, manyBudgets }: Field,
  rounds: Rounds,
): Omit<Figures, 'addedP50Ms' | 'addedP99Ms' | 'rssMiB' | 'freshTlsCpuMs'> {
  const cpuMicros = (one: Measured): number => one.cpuMicros;
  const speed = (one: Measured): number => one.requestsPerSecond;
  const cpu = (one: Contender): number => round(median((rounds.get(one) ?? []).map(cpuMicros)), 1);
  return {
    cpuMicrosPerRequest: cpu(base),
    nginxCpuMicrosPerRequest: cpu(proxy),
    portkeyCpuMicrosPerRequest: portkey === null ? null : cpu(portkey),
    throughputVsNginx: round(ratio(rounds, [base, proxy], speed)),
    throughputVsPortkey: portkey === null ? null : round(ratio(rounds, [base, portkey], speed)),
    keysFlatness: round(ratio(rounds, [manyKeys, base], cpuMicros)),
    budgetsFlatness: round(ratio(rounds, [manyBudgets, base], cpuMicros)),
  };
}

async function run(cache: string, directory: string, started: Contender[]): Promise<Report> {
  const field = await open(cache, directory, started);
  const { base } = field;
  const rounds = await runRounds(field, directory);
  const rssMiB = Math.round(residentOf(base.dataPlane));
  const treeMiB = Math.round(residentOfTree(base.pid));
  const latency = await runLatency(field);
  const latencyLoad = loadNow();
  const [direct, through] = latency;
  const added = (part: 'p50' | 'p99'): number => round((through?.[part] ?? 0) - (direct?.[part] ?? 0));
  const freshTlsCpuMs = round(await freshTls(base, TLS_CONNECTIONS));
  const figures: Figures = {
    ...figuresOf(field, rounds),
    addedP50Ms: added('p50'),
    addedP99Ms: added('p99'),
    rssMiB,
    freshTlsCpuMs,
  };
  return {
    figures,
    rows: [...rounds].map(([{ name }, all]) => ({ name, rounds: all })),
    latency,
    latencyLoad,
    treeMiB,
    seconds: PLAN.seconds,
    command: 'npm run bench',
  };
}

/** Formatted as the repository's check wants it. */
function keepReport(text: string): void {
  const file = join(import.meta.dirname, 'results.md');
  writeFileSync(file, text);
  execFileSync(join(import.meta.dirname, '..', 'node_modules', '.bin', 'oxfmt'), [file], { stdio: 'ignore' });
}

const cache = join(import.meta.dirname, '.cache');
mkdirSync(cache, { recursive: true });
const directory = mkdtempSync(join(cache, 'run-'));
const started: Contender[] = [];
const timer = setTimeout(() => {
  process.stderr.write('the benchmark takes too long\n');
  for (const { pid } of started) process.kill(pid);
  process.exit(1);
}, LONGEST_MILLISECONDS);
try {
  const report = await run(cache, directory, started);
  const text = toMarkdown(report);
  // A quick run is for a look; the kept results come from a full one.
  if (!isQuick) keepReport(text);
  if (!isJson) process.stdout.write(`${text}\n`);
  process.stdout.write(`${JSON.stringify(report.figures)}\n`);
} finally {
  clearTimeout(timer);
  await Promise.allSettled(started.map((one) => one.stop()));
  rmSync(directory, { recursive: true, force: true });
}
