import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { ENVIRONMENT, SERVICES } from './services.ts';

/** One process for all files is thirty times cheaper than one each. */
const SHARED_PROCESS = ['--test-isolation=none', '--test-force-exit'];

/** Of the code beside them, and of the tree. */
const UNIT_TESTS: Group = { files: /^(src\/|test\/[^/]+$)/, options: SHARED_PROCESS };
/** Groups run side by side. Tests that start processes of their own run one file a process. */
const GROUPS: readonly Group[] = [
  UNIT_TESTS,
  { files: /^test\/(contract|property)\//, options: SHARED_PROCESS },
  { files: /^test\/(?!contract\/|property\/)[^/]+\//, options: [] },
];
/** Ends a test that hangs. Generous: even on a machine ten times slower, a test takes a tenth of that. */
const LONGEST_TEST = '--test-timeout=300000';
/** A group that says nothing for longer has hung in a way that the runner's own limit does not catch. */
const LONGEST_SILENCE_MILLISECONDS = 1_200_000;

interface Group {
  readonly files: RegExp;
  readonly options: readonly string[];
}

type Counts = Map<string, number>;

/**
 * Runs the tests whose path contains one of the words of `args`, or all; prints failures, what was left out, and
 * the sums of node's closing lines. True when all passed. With CI=true a test that was left out is a failure.
 */
export async function runTests(args: readonly string[]): Promise<boolean> {
  const options = args.filter((arg) => arg.startsWith('-'));
  const words = args.filter((arg) => !arg.startsWith('-'));
  const whole = words.length === 0;
  const report: Report = { counts: new Map(), quiet: whole };
  const passed = await Promise.all(
    GROUPS.map((group) => {
      const own = filesOf(group).filter((file) => whole || words.some((word) => file.includes(word)));
      return runGroup([...group.options, ...options, ...own], own.length, report);
    }),
  );
  const complete = reportMissing(report.counts, whole);
  return sumUp(report.counts) && complete && passed.every(Boolean);
}

/** Runs the unit tests, but for the files that take ten seconds, on all processors. True when all passed. */
export async function runUnitTests(): Promise<boolean> {
  const files = filesOf(UNIT_TESTS).filter((file) => !file.endsWith('.slow.test.ts'));
  const report: Report = { counts: new Map(), quiet: true };
  const processes = Array.from({ length: availableParallelism() }, (_, place) => place);
  const passed = await Promise.all(
    processes.map((process) => {
      const own = files.filter((_, place) => place % processes.length === process);
      return runGroup([...UNIT_TESTS.options, ...own], own.length, report);
    }),
  );
  return sumUp(report.counts) && passed.every(Boolean);
}

function filesOf(group: Group): readonly string[] {
  return globSync(['src/**/*.test.ts', 'test/**/*.test.ts'])
    .filter((file) => group.files.test(file))
    .toSorted();
}

/** Prints the sums; false when there was no test. */
function sumUp(counts: Counts): boolean {
  for (const [name, count] of counts) console.log(`# ${name} ${Math.round(count)}`);
  return (counts.get('tests') ?? 0) > 0;
}

interface Report {
  readonly counts: Counts;
  /** Leave out the lines of tests that passed. */
  readonly quiet: boolean;
}

/** Runs a group of tests and prints its output when it has ended, so that the output of groups does not mix. */
async function runGroup(args: readonly string[], files: number, report: Report): Promise<boolean> {
  if (files === 0) return true;
  const child = spawn(process.execPath, ['--test', LONGEST_TEST, '--test-reporter=spec', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: ENVIRONMENT,
  });
  const hung = setTimeout(() => child.kill('SIGKILL'), LONGEST_SILENCE_MILLISECONDS);
  const exit = new Promise<boolean>((done) => child.once('exit', (code) => done(code === 0)));
  void exit.then(() => clearTimeout(hung));
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    hung.refresh();
  }
  for (const line of lines) show(line, report);
  return exit;
}

const SUMMARY = /^ℹ (tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;
const PASSED = /^\s*[✔▶] /;

function show(line: string, { counts, quiet }: Report): void {
  const [, name, text] = SUMMARY.exec(line) ?? [];
  const [sum, count] = [counts.get(name ?? '') ?? 0, Number(text)];
  if (name !== undefined) counts.set(name, name === 'duration_ms' ? Math.max(sum, count) : sum + count);
  else if (!quiet || !PASSED.test(line)) console.log(line);
}

function reportMissing(counts: Counts, whole: boolean): boolean {
  const missing = whole ? SERVICES.filter((service) => !service.found()) : [];
  for (const { name, install } of missing) console.log(`left out: tests that need ${name} (${install})`);
  const skipped = counts.get('skipped') ?? 0;
  if (process.env['CI'] !== 'true' || (missing.length === 0 && skipped === 0)) return true;
  console.log(
    `CI leaves nothing out, but services missing: ${missing.length}, tests skipped: ${Math.round(skipped)}`,
  );
  return false;
}
