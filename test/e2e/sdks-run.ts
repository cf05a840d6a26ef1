import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LONGEST_CHILD } from './longest-child.ts';
import { ALLOWED, FROM, REFUSED, type TestNode } from './node-fixture.ts';
import { prepareApp } from './prepare-app.ts';

const run = promisify(execFile);

/** One line of a client: what the step gave, or which exception it raised. */
export interface Step {
  readonly name: string;
  readonly value?: unknown;
  readonly error?: string;
  readonly message?: string;
}

/** How an app reaches the gateway. `preload` sets no proxy variable; `resolver` stands for changed name resolution. */
export type Way = 'base-url' | 'proxy' | 'preload' | 'resolver';

export interface App {
  readonly command: string;
  readonly args: readonly string[];
  readonly vendor: string;
  readonly way: Way;
  /** In place of our own `PATH`. */
  readonly path?: string;
}

/** Public ids that an app knows of its account, beside the credential. */
function idsOf(node: TestNode, vendor: string): Readonly<Record<string, string>> {
  const names = new Set(['verifyServiceSid', 'verifyProfileId', 'sipTrunkId']);
  return Object.fromEntries(Object.entries(node.real(vendor)).filter(([name]) => names.has(name)));
}

/** All kinds of key that the vendor has, as one credential; where two share a part the first counts. */
export function credentialOf(node: TestNode, vendor: string): Readonly<Record<string, string>> {
  const own = [...node.keys].filter(([name]) => name.startsWith(`${vendor}/`)).toReversed();
  return Object.assign({}, ...own.map(([, { parts }]) => parts)) as Record<string, string>;
}

/** What the app is told; of our own environment it gets `PATH` and `HOME` alone. */
export function appEnvironment(node: TestNode, vendor: string): Readonly<Record<string, string>> {
  const { PATH = '', HOME = '' } = process.env;
  const [parts, ids] = [credentialOf(node, vendor), idsOf(node, vendor)];
  return { PATH, HOME, PARTS: JSON.stringify(parts), IDS: JSON.stringify(ids), ALLOWED, REFUSED, FROM };
}

/** Runs a client to its end in a process of its own. */
export async function runApp(
  node: TestNode,
  { command, args, vendor, way, path }: App,
): Promise<Map<string, Step>> {
  const inherited = appEnvironment(node, vendor);
  const own = path === undefined ? inherited : { ...inherited, PATH: path };
  await using prepared = await prepareApp(node, own, way === 'proxy' ? 'all' : 'vendors');
  const trust = prepared.environment['NODE_EXTRA_CA_CERTS'] ?? '';
  const preload = new URL('./clients/as-if-resolved.mjs', import.meta.url).href;
  const environments: Record<Way, Readonly<Record<string, string>>> = {
    'base-url': { ...own, GATEWAY: node.gateway },
    proxy: prepared.environment,
    preload: prepared.environment,
    resolver: {
      ...own,
      NODE_EXTRA_CA_CERTS: trust,
      NODE_OPTIONS: `--import=${preload}`,
      TLS_PORT: String(node.ports.tls),
    },
  };
  const { stdout } = await run(command, [...args], { env: environments[way], timeout: LONGEST_CHILD });
  const steps = stdout.split('\n').filter((line) => line.startsWith('{'));
  return new Map(steps.map((line) => JSON.parse(line) as Step).map((step) => [step.name, step]));
}
