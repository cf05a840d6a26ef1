import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isProbeAnswer, PROBE_HEADER, PROBE_PATH } from '../../gateway/probe.ts';
import type { RandomBytes } from '../../kernel/random.ts';
import type { Environment, EnvironmentOptions } from './environment.ts';
import { findRuntimes, type Runtime } from './runtimes.ts';

const RUN_TIMEOUT_MILLISECONDS = 60_000;
const JAVA_NOTE = /^Picked up JAVA_TOOL_OPTIONS.*\n?/gm;
/** Errors of a Java that runs compiled classes but no source files, such as a JRE. */
const NO_COMPILER = /ClassNotFoundException|Could not find or load main class|jdk\.compiler/;
const SCRIPTS = { node: './probe.mjs', python: './probe.py', java: './Probe.java' } as const;

/**
 * What became of a request to a vendor host.
 * - `covered`: the gateway answered.
 * - `direct`: somebody else answered: the request went past the gateway.
 * - `untrusted`: the gateway may have answered, but the client does not trust its certificate.
 * - `failed`: no answer.
 */
export type ProbeState = 'covered' | 'direct' | 'untrusted' | 'failed';

export interface ProbeRow {
  readonly runtime: Runtime['kind'];
  /** HTTP client within the runtime, as its users call it. */
  readonly client: string;
  readonly host: string;
  readonly state: ProbeState;
  /** Why, in words; empty when covered. */
  readonly reason: string;
}

export interface Proof {
  /** True when every client of every runtime reached the gateway for every host. */
  readonly isComplete: boolean;
  readonly rows: readonly ProbeRow[];
  /** What exists but was not tried, one sentence each: the command itself, clients that obey no variable. */
  readonly untried: readonly string[];
  /** What was not tried or cannot be covered, `untried` first, one sentence each. Never empty: see `LIMITS`. */
  readonly notCovered: readonly string[];
}

export interface ProofOptions {
  /** The command that is about to be run. */
  readonly command: string;
  readonly environment: Environment;
  /** What the environment covers; `vendors` covers Node programs only. */
  readonly scope: EnvironmentOptions['scope'];
  readonly hosts: readonly string[];
  readonly random: RandomBytes;
  /** The answer that proves a nonce was received by the gateway, asked for through the admin API. */
  readonly expected: (nonce: string) => Promise<string>;
  /** SDKs that obey none of our variables, one sentence each; taken from the vendors' facts. */
  readonly blindSpots: readonly string[];
}

const NODE_ALONE = 'With --scope vendors, other programs that it starts, such as curl, go past the gateway.';
/** Installed clients that obey no variable, by the probe's name for them. They are not tried: the request would bypass the gateway. */
const BLIND: Readonly<Record<string, string>> = {
  'http.client':
    'http.client and urllib3 of Python by itself were not tried: they obey no proxy variable, and without a TLS listener of the gateway they go past it.',
  aiohttp:
    'aiohttp of Python was not tried (aiodns or uvloop resolve names for it, or the gateway has no TLS listener): sessions without `trust_env=True` may go past the gateway.',
  java: 'What java itself does was not tried: the probe needs a JDK of 11 or newer, not only a JRE.',
};
const LIMITS = [
  'A program that sets a proxy, a CA list or another base URL in its own code uses these.',
  'HTTP/2 and WebSocket connections to vendor hosts are refused by the gateway, not covered.',
  'Java obeys JAVA_TOOL_OPTIONS, except clients that ask for no system properties (Apache HttpClient without `useSystemProperties`).',
  'The streams of PHP and hyper of Rust (without a proxy connector) read none of the proxy variables; libcurl in PHP (set curl.cainfo) and programs with their own CA store trust no certificate that these name.',
  'A Python that is started with -E, -I or -S, or with a PYTHONPATH of its own, does not resolve vendor hosts to the gateway; gevent, aiodns and uvloop resolve by themselves.',
  'Worker threads of Node that get their own `execArgv` or `env`, and all of Node 18, do not load the preload.',
];

interface Question {
  readonly host: string;
  readonly url: string;
  readonly first: boolean;
}

interface Answer {
  readonly client: string;
  /** URL that was requested. Empty: the client is installed but was not tried. */
  readonly url: string;
  readonly status?: number;
  readonly value?: string | null;
  readonly error?: string;
}

/**
 * Sends a harmless request without credentials to every vendor host, as the command's own runtime would, and says for
 * each whether the gateway answered. Further HTTP clients of the runtime, and curl beside it, ask one host of each
 * domain: what decides is the same for all of them, and the app waits meanwhile. A host that is not covered sees `GET /_ringfence/probe`, nothing else.
 */
export async function proveInterception(options: ProofOptions): Promise<Proof> {
  const found = await findRuntimes(options.command, options.environment);
  const { isCommand } = found;
  const isNodeAlone = options.scope === 'vendors' && isCommand && found.runtimes[0]?.kind === 'node';
  const runtimes = isNodeAlone ? found.runtimes.slice(0, 1) : found.runtimes;
  const nonce = options.random(18).toString('base64url');
  const expected = await options.expected(nonce);
  const questions = questionsFor(options.hosts, nonce);
  const rows: ProbeRow[] = [];
  const blind = new Set<string>();
  for (const [index, runtime] of runtimes.entries()) {
    const asked = index > 0 && runtime.kind === 'curl' ? questions.filter(isFirst) : questions;
    const answers = await ask(runtime, asked, options.environment);
    for (const { client, url } of answers) if (url === '') blind.add(BLIND[client] ?? client);
    rows.push(...asked.flatMap((question) => judge(runtime, question, answers, expected)));
  }
  const untried = [...(isCommand ? [] : [unknownCommand(options.command)]), ...blind];
  return {
    isComplete: isCommand && isAllCovered(rows, runtimes[0]),
    rows,
    untried,
    notCovered: [...untried, ...(isNodeAlone ? [NODE_ALONE] : []), ...options.blindSpots, ...LIMITS],
  };
}

function isAllCovered(rows: readonly ProbeRow[], command: Runtime | undefined): boolean {
  return rows[0]?.runtime === command?.kind && rows.every(({ state }) => state === 'covered');
}

function unknownCommand(command: string): string {
  return `${command} is neither Node, Python, Java nor curl: what it does itself was not tried.`;
}

/** A request for each host. One host of each domain is `first`: further clients ask only that one. */
function questionsFor(hosts: readonly string[], nonce: string): readonly Question[] {
  const domains = new Set<string>();
  return hosts.map((host) => {
    const domain = host.split('.').slice(-2).join('.');
    const first = !domains.has(domain);
    domains.add(domain);
    return { host, url: urlOf(host, nonce), first };
  });
}

const isFirst = ({ first }: Question): boolean => first;

function urlOf(host: string, nonce: string): string {
  return `https://${host.replace(/^\*/, 'ringfence-probe')}${PROBE_PATH}?nonce=${nonce}`;
}

async function ask(
  { kind, path }: Runtime,
  questions: readonly Question[],
  environment: Environment,
): Promise<readonly Answer[]> {
  const urls = questions.map(({ url }) => url);
  if (kind === 'curl') return Promise.all(urls.map((url) => askCurl(path, url, environment)));
  const script = fileURLToPath(new URL(SCRIPTS[kind], import.meta.url));
  const [first, others] = [true, false].map((wanted) => questions.filter((one) => one.first === wanted));
  const args = [...(first ?? []), null, ...(others ?? [])].map((question) => question?.url ?? '--');
  const { output, error } = await runQuietly(path, [script, PROBE_HEADER, ...args], environment);
  const answers = output.split('\n').flatMap(readAnswer);
  if (answers.length > 0) return answers;
  if (kind === 'java' && NO_COMPILER.test(error)) return [{ client: 'java', url: '' }];
  return urls.map((url) => ({
    client: kind,
    url,
    error: `the probe did not run: ${error.replace(JAVA_NOTE, '')}`,
  }));
}

async function askCurl(path: string, url: string, environment: Environment): Promise<Answer> {
  const args = [
    '--silent',
    '--show-error',
    '--max-time',
    '8',
    '--output',
    '/dev/null',
    '--dump-header',
    '-',
    url,
  ];
  const { output, error } = await runQuietly(path, args, environment);
  const headers = output.split(/\r?\n/);
  const status = Number(headers.findLast((line) => line.startsWith('HTTP/'))?.split(' ')[1]);
  const value = headers.find((line) => line.toLowerCase().startsWith(`${PROBE_HEADER}:`));
  if (error !== '') return { client: 'curl', url, error };
  return { client: 'curl', url, status, value: value?.slice(PROBE_HEADER.length + 1).trim() ?? null };
}

/** Output whatever the exit code; `error` is what the program wrote to say why it failed, empty when it did not. */
function runQuietly(
  path: string,
  args: readonly string[],
  environment: Environment,
): Promise<{ readonly output: string; readonly error: string }> {
  return new Promise((done) => {
    const options = { env: environment, timeout: RUN_TIMEOUT_MILLISECONDS, maxBuffer: 10_000_000 };
    execFile(path, args, options, (failure, output, errors) => {
      done({ output, error: failure === null ? '' : errors.trim() || failure.message });
    });
  });
}

function readAnswer(line: string): Answer[] {
  try {
    const answer = JSON.parse(line) as Partial<Answer> | null;
    return typeof answer?.client === 'string' && typeof answer.url === 'string' ? [answer as Answer] : [];
  } catch {
    return []; // No answer of the probe, but something that the app's own start-up prints.
  }
}

function judge(
  { kind }: Runtime,
  { host, url }: Question,
  answers: readonly Answer[],
  expected: string,
): ProbeRow[] {
  if (answers.every((answer) => answer.url === '')) return [];
  const own = answers.filter((answer) => answer.url === url);
  const all = own.length > 0 ? own : [{ client: kind, url, error: 'the probe gave no answer' }];
  return all.map((answer) => ({ runtime: kind, client: answer.client, host, ...verdict(answer, expected) }));
}

function verdict(answer: Answer, expected: string): Pick<ProbeRow, 'state' | 'reason'> {
  if (answer.error === undefined) {
    if (isProbeAnswer(answer.value, expected)) return { state: 'covered', reason: '' };
    return { state: 'direct', reason: `somebody else answered, with status ${answer.status}` };
  }
  const isTrust = /certificate|PKIX|CERT_|self.signed|UNABLE_TO_/i.test(answer.error);
  const reason = answer.error.replace(/\s+/g, ' ').slice(0, 200);
  return { state: isTrust ? 'untrusted' : 'failed', reason };
}
