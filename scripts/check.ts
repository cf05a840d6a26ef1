import { spawn } from 'node:child_process';
import { runTests, runUnitTests } from './run-tests.ts';

/** Everything that must hold before a change is merged, in the order of cost. */
const STEPS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'oxfmt', '--check', 'src', 'test', 'scripts', 'bench'],
  [
    'lint and types',
    'oxlint',
    '--type-aware',
    '--type-check',
    '--format=unix',
    'src',
    'test',
    'scripts',
    'bench',
  ],
  ['unused code', 'knip'],
  ['reference', process.execPath, 'scripts/write-reference.ts', '--check'],
];

/** Runs all steps, also after a failure. A step that passes prints one line, one that fails its output too. */
async function check(tests: () => Promise<boolean>): Promise<boolean> {
  const failed: string[] = [];
  for (const [name, command, ...args] of STEPS)
    if (!(await timed(name, () => runTool(command, args)))) failed.push(name);
  if (!(await timed('tests', tests))) failed.push('tests');
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`);
  return failed.length === 0;
}

async function timed(name: string, step: () => Promise<boolean>): Promise<boolean> {
  const start = performance.now();
  const passed = await step();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${passed ? 'ok  ' : 'FAIL'}  ${name.padEnd(16)} ${seconds.padStart(6)} s`);
  return passed;
}

/** Runs a tool of `node_modules/.bin`, which npm puts into PATH. */
async function runTool(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const passed = await new Promise<boolean>((done, failed) => {
    child.once('error', failed).once('close', (code) => done(code === 0));
  });
  if (!passed) process.stdout.write(Buffer.concat(output));
  return passed;
}

/** `npm run check` runs the unit tests that are quick, `npm test` all; with words or options, as in `npm test -- budgets`, only the tests that match. */
function run(args: readonly string[]): Promise<boolean> {
  if (args[0] === '--unit') return check(runUnitTests);
  return args.length > 0 ? runTests(args) : check(() => runTests([]));
}

process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
