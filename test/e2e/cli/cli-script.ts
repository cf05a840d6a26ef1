import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { createCli } from '../../../src/cli/cli.ts';
import { ok } from '../../../src/cli/checks.ts';
import { createClient } from '../../../src/cli/client/client.ts';
import type { CliActions, CliInput, RingView } from '../../../src/cli/context.ts';
import { checkPolicy } from '../../../src/node/actions/check-policy.ts';

/**
 * A script is made of steps:
 *
 *     // remark
 *     < text piped to standard input (may repeat)
 *     > keys typed on a terminal, \r for enter (instead of <)
 *     $ ringfence command line with "quoted words"
 *     expected line of stdout
 *     ! expected line of stderr
 *     = 3           expected exit code, 0 unless stated
 *
 * `<<name>>` stands for some text without spaces: the first time it takes what is there, later it must be the same.
 * `<<>>` stands for any text. A line of three dots stands for any lines.
 */
export interface Step {
  readonly line: number;
  readonly input: string | null;
  readonly typed: string | null;
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly code: number;
}

interface MutableStep {
  line: number;
  input: string | null;
  typed: string | null;
  command: string;
  stdout: string[];
  stderr: string[];
  code: number;
}

const blank = (): MutableStep => ({
  line: 0,
  input: null,
  typed: null,
  command: '',
  stdout: [],
  stderr: [],
  code: 0,
});

export function parseScript(text: string): readonly Step[] {
  const steps: MutableStep[] = [];
  let next = blank();
  let current: MutableStep | null = null;
  for (const [place, line] of text.split('\n').entries()) {
    const rest = line.slice(2);
    if (line.startsWith('// ')) continue;
    if (line === '' && steps.length === 0) continue;
    if (line.startsWith('< ')) next.input = `${next.input ?? ''}${rest}\n`;
    else if (line.startsWith('> '))
      next.typed = rest.replaceAll(String.raw`\r`, '\r').replaceAll(String.raw`\x03`, '\u0003');
    else if (line.startsWith('$ ringfence')) {
      current = { ...next, command: line.slice('$ ringfence'.length).trim(), line: place + 1 };
      steps.push(current);
      next = blank();
    } else if (line.startsWith('! ')) current?.stderr.push(rest);
    else if (line.startsWith('= ')) {
      if (current !== null) current.code = Number(rest);
    } else current?.stdout.push(line);
  }
  return steps.map((step) => ({ ...step, stdout: withoutEnd(step.stdout) }));
}

function withoutEnd(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface RunContext {
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | null;
  readonly typed?: string | null;
}

const ring: RingView = { place: '/etc/ring', keys: ['2026-01-01-old', '2026-01-02-new'] };
const actions: CliActions = {
  init: () => Promise.resolve(0),
  dev: () => Promise.resolve(0),
  serve: () => Promise.resolve(0),
  inspect: () => Promise.resolve([ok('config', 'defaults')]),
  backup: (_options, folder) =>
    Promise.resolve({ folder, storeBytes: 2_000_000, journals: { files: 3, bytes: 60_000_000 } }),
  ring: {
    list: () => Promise.resolve(ring),
    add: () => Promise.resolve(ring),
    drop: (_options, inUse) => Promise.resolve({ ...ring, keys: [inUse] }),
  },
  checkPolicy: async (source) => checkPolicy(source),
};

/** Runs a command line in this process with standard streams of its own. */
export async function runCli(words: readonly string[], context: RunContext): Promise<Ran> {
  const output = { stdout: '', stderr: '' };
  const write = (stream: keyof typeof output) => ({ write: (text: string) => void (output[stream] += text) });
  const process = {
    stdin: createStdin(context),
    stdout: write('stdout'),
    stderr: write('stderr'),
    env: context.env,
    version: 'v24.21.0',
    on: () => undefined,
    off: () => undefined,
  };
  const cli = createCli({ process, client: createClient, actions, version: '0.0.0' });
  const code = await cli.run(words);
  return { ...output, code };
}

function createStdin({ input = null, typed = null }: RunContext): CliInput {
  const stream = new PassThrough();
  if (typed !== null) {
    stream.write(typed);
    return Object.assign(stream, { isTTY: true, setRawMode: () => undefined });
  }
  stream.end(input ?? '');
  return stream;
}

/** Runs a step and compares; names found are added to `names`. */
export async function runStep(step: Step, names: Map<string, string>, env: RunContext['env']): Promise<void> {
  const known = (text: string) =>
    text.replaceAll(/<<(\w+)>>/g, (whole, name: string) => names.get(name) ?? whole);
  const { input, typed } = step;
  const ran = await runCli(splitWords(known(step.command)), { env, input: input && known(input), typed });
  const where = `line ${step.line}: ringfence ${step.command}\nstdout:\n${ran.stdout}\nstderr:\n${ran.stderr}`;
  assert.equal(ran.code, step.code, `exit code ${ran.code}, ${where}`);
  compare(ran.stdout, step.stdout, names, where);
  compare(ran.stderr, step.stderr, names, where);
}

function splitWords(command: string): readonly string[] {
  const words = command.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

function compare(
  actual: string,
  expected: readonly string[],
  names: Map<string, string>,
  where: string,
): void {
  const groups = new Set<string>();
  const pattern = expected.map((line) => patternOf(line, names, groups)).join('');
  const found = new RegExp(`^${pattern}$`).exec(actual.replace(/\n*$/, '\n'));
  if (expected.length === 0) return assert.equal(actual, '', where);
  assert.ok(found !== null, `unexpected output, ${where}\nexpected:\n${expected.join('\n')}`);
  for (const [name, value] of Object.entries(found.groups ?? {})) names.set(name, value);
}

function patternOf(line: string, names: Map<string, string>, found: Set<string>): string {
  if (line === '...') return String.raw`(?:[^\n]*\n)*`;
  const parts = line.split(/(<<\w*>>)/).map((part) => {
    const [, name] = /^<<(\w*)>>$/.exec(part) ?? [];
    if (name === undefined) return escapePattern(part);
    if (name === '') return String.raw`[^\n]*`;
    const value = names.get(name);
    if (value !== undefined) return escapePattern(value);
    if (found.has(name)) return String.raw`\k<${name}>`;
    found.add(name);
    return String.raw`(?<${name}>[^\s,."]+)`;
  });
  return `${parts.join('')}\n`;
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
