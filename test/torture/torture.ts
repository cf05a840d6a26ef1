import { parseArgs } from 'node:util';
import { runTorture } from './run.ts';

/** `npm run torture`: says on stderr what happens, and ends with one line of JSON. Exit code 3: a promise is broken. */
const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    operations: { type: 'string' },
    processes: { type: 'string' },
    minutes: { type: 'string' },
    'no-kills': { type: 'boolean' },
    loud: { type: 'boolean' },
  },
});
const result = await runTorture({
  operations: Number(flags.operations ?? (flags.quick === true ? 20_000 : 1_000_000)),
  processes: Number(flags.processes ?? 8),
  seconds: Number(flags.minutes ?? Infinity) * 60,
  operationsPerKill: 2000,
  isCruel: flags['no-kills'] !== true,
  isLoud: flags.loud === true,
  say: (line) => void process.stderr.write(`${line}\n`),
});
console.log(JSON.stringify(result));
const { overshootMicros, ledgerEqualsBill, problems } = result;
process.exit(overshootMicros === 0 && ledgerEqualsBill && problems.length === 0 ? 0 : 3);
