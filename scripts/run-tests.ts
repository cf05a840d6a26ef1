import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SERVICES } from './services.ts';

/** Tests that start processes of their own run one file a process; all others share one, which is thirty times cheaper. */
const ISOLATED = /^test\/(e2e|browser)\//;
const SHARED_PROCESS = ['--test-isolation=none', '--test-force-exit'];
const LONGEST_TEST = '--test-timeout=120000';
/** A group that takes longer has hung in a way that the runner's own limit does not catch. */
const LONGEST_GROUP_MILLISECONDS = 900_000;

type Counts = Map<string, number>;

/**
 * Runs the tests whose path contains one of the words of `args`, or all; prints failures, what was left out, and
 * the sums of node's closing lines. True when all passed. With CI=true a test that was left out is a failure.
 */
export async function runTests(args: readonly string[]): Promise<boolean> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const words = args.filter((arg) => !arg.startsWith('-'));
  const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts'])
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
    .toSorted();
  const counts: Counts = new Map();
  const quiet = words.length === 0;
  const [apart, together] = [
    files.filter((file) => ISOLATED.test(file)),
    files.filter((file) => !ISOLATED.test(file)),
  ];
  const passed = [
    await runGroup([...SHARED_PROCESS, ...options], together, { counts, quiet }),
    await runGroup(options, apart, { counts, quiet }),
  ];
  const complete = reportMissing(counts, quiet);
  for (const [name, count] of counts) console.log(`# ${name} ${Math.round(count)}`);
  return passed.every(Boolean) && complete && (counts.get('tests') ?? 0) > 0;
}

interface Report {
  readonly counts: Counts;
  /** Leaves out the lines of tests that passed. */
  readonly quiet: boolean;
}

async function runGroup(
  options: readonly string[],
  files: readonly string[],
  report: Report,
): Promise<boolean> {
  if (files.length === 0) return true;
  const child = spawn(
    process.execPath,
    ['--test', LONGEST_TEST, '--test-reporter=spec', ...options, ...files],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PATH: `${resolve('.venv/bin')}${delimiter}${process.env['PATH']}` },
      timeout: LONGEST_GROUP_MILLISECONDS,
      killSignal: 'SIGKILL',
    },
  );
  const exit = new Promise<boolean>((done) => child.once('exit', (code) => done(code === 0)));
  for await (const line of createInterface({ input: child.stdout })) show(line, report);
  return exit;
}

const SUMMARY = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;
const PASSED = /^\s*[✔▶] /;

function show(line: string, { counts, quiet }: Report): void {
  const [, name, count] = SUMMARY.exec(line) ?? [];
  if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + Number(count));
  else if (!quiet || !PASSED.test(line)) console.log(line);
}

function reportMissing(counts: Counts, whole: boolean): boolean {
  const missing = whole ? SERVICES.filter((service) => !service.found()) : [];
  for (const { name, install } of missing) console.log(`left out: tests that need ${name} (${install})`);
  const skipped = counts.get('skipped') ?? 0;
  if (process.env['CI'] !== 'true' || (missing.length === 0 && skipped === 0)) return true;
  console.log(
    `CI runs everything, but ${missing.length} services are missing and ${skipped} tests were skipped`,
  );
  return false;
}
