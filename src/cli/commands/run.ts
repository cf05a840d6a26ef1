import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import type { Answer } from '../../api/contract.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { CommonFlags } from '../flags.ts';
import { runChild } from '../run/child.ts';
import { formatProof, summarizeProof } from '../run/format-proof.ts';
import { prepareRun, type PreparedRun, type RunOptions } from '../run/prepare.ts';
import { proveInterception, type Proof } from '../run/proof.ts';
import { openSession, type Session } from '../session.ts';

export interface RunFlags extends CommonFlags {
  readonly scope: 'all' | 'vendors';
  readonly proof: boolean;
  readonly unproven: boolean;
}

/** Runs a program behind the gateway, after a proof that its calls to vendors really go there. */
export async function run(
  context: CliContext,
  flags: RunFlags,
  ...command: readonly string[]
): Promise<void> {
  const session = await openSession(context, flags);
  const gateway = await readGateway(session, flags.scope);
  const { env, stdin, stdout, stderr } = context.process;
  await using prepared = await prepareRun({ ...gateway.options, base: env, temporary: tmpdir() });
  if (flags.proof && !(await isProven(context, flags, { session, gateway, prepared, command }))) {
    context.exit(EXIT.findings);
    return;
  }
  const signals = {
    isTerminal: [stdin, stdout, stderr].some(({ isTTY }) => isTTY === true),
    on: context.process.on.bind(context.process),
    off: context.process.off.bind(context.process),
  };
  context.exit(await runChild(command, prepared.environment, signals));
}

interface Gateway {
  readonly options: Pick<RunOptions, 'certificate' | 'proxy' | 'tls' | 'hosts' | 'baseUrls' | 'scope'>;
  readonly blindSpots: readonly string[];
}

async function readGateway({ client }: Session, scope: RunFlags['scope']): Promise<Gateway> {
  const [authority, vendors, { listeners }] = await Promise.all([
    client.call('ca.get', {}),
    client.call('vendors.list', {}),
    client.call('status.get', {}),
  ]);
  const urlOf = (name: string) => listeners.find((one) => one.name === name)?.url.replace(/\/$/, '');
  const [proxy, apps] = [urlOf('proxy'), urlOf('apps')];
  if (proxy === undefined || apps === undefined)
    throw new RingfenceError('config_invalid', 'The gateway has no proxy listener; set listeners.proxy.');
  const options = {
    certificate: authority.certificate,
    proxy,
    tls: urlOf('tls') ?? null,
    hosts: authority.hosts,
    scope,
    baseUrls: baseUrls(vendors, apps),
  };
  return { options, blindSpots: vendors.flatMap((vendor) => vendor.blindSpots) };
}

function baseUrls(vendors: Answer<'vendors.list'>, apps: string): Record<string, string> {
  const variables = vendors.flatMap((vendor) => Object.entries(vendor.baseUrlVariables));
  return Object.fromEntries(variables.map(([name, place]) => [name, `${apps}/${place}`]));
}

interface ProofInput {
  readonly session: Session;
  readonly gateway: Gateway;
  readonly prepared: PreparedRun;
  readonly command: readonly string[];
}

/**
 * Makes the proof and prints its failures (with `--verbose` all of it). False, unless the user gave `--unproven`, when a request
 * bypassed the gateway or nothing could be tried.
 */
async function isProven(context: CliContext, flags: RunFlags, input: ProofInput): Promise<boolean> {
  const { session, gateway, prepared, command } = input;
  const proof = await proveInterception({
    command: command[0] ?? '',
    environment: prepared.environment,
    scope: flags.scope,
    hosts: gateway.options.hosts,
    random: randomBytes,
    expected: async (nonce) => (await session.client.call('probe.expected', { nonce })).expected,
    blindSpots: gateway.blindSpots,
  });
  const isCovered = proof.rows.length > 0 && proof.rows.every(({ state }) => state === 'covered');
  if (!isCovered || flags.verbose) context.process.stderr.write(proofText(proof, flags));
  else session.note(summarizeProof(proof));
  if (!isCovered && !flags.unproven)
    session.note('Not run, because its calls may bypass the gateway. --unproven runs it anyway.');
  return isCovered || flags.unproven;
}

function proofText(proof: Proof, { json, verbose }: RunFlags): string {
  return json ? `${JSON.stringify({ proof })}\n` : formatProof(proof, verbose);
}
