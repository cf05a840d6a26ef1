import { RingfenceError } from '../../kernel/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { readWhole, type CommonFlags } from '../flags.ts';
import { confirm, readInput } from '../prompt.ts';
import { readText } from '../secrets.ts';
import { minute, openSession } from '../session.ts';

export async function show(context: CliContext, flags: CommonFlags): Promise<void> {
  const session = await openSession(context, flags);
  const policy = await session.client.call('policy.get', {});
  session.show(policy, () => policy?.source ?? '');
  if (policy === null) session.note('There is no policy, so everything is refused.');
}

export async function check(context: CliContext, flags: CommonFlags, file: string): Promise<void> {
  const session = await openSession(context, flags);
  const result = await session.client.call('policy.check', { source: await read(context, file) });
  if (!result.valid) context.exit(EXIT.findings);
  session.show(result, ({ problems }) => (result.valid ? 'The policy is valid.' : problems.join('\n')));
}

export interface ApplyFlags extends CommonFlags {
  readonly expect?: number;
  readonly dryRun: boolean;
}

export async function apply(context: CliContext, flags: ApplyFlags, file: string): Promise<void> {
  if (flags.dryRun) return check(context, flags, file);
  const session = await openSession(context, flags);
  const source = await read(context, file);
  const expected = flags.expect ?? (await session.client.call('policy.get', {}))?.version ?? 0;
  const policy = await session.client.call('policy.put', { source, expected });
  session.show(policy, ({ version }) => `Policy version ${version} is in force.`);
}

export async function history(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  table(await client.call('policy.versions', {}), {
    VERSION: ({ version }) => String(version),
    APPLIED: ({ createdAt }) => minute(createdAt),
    BY: ({ actor }) => actor,
  });
}

export async function rollback(
  context: CliContext,
  flags: CommonFlags & { readonly yes: boolean },
  version: string,
): Promise<void> {
  const wanted = readWhole(version);
  const session = await openSession(context, flags);
  await confirm(context.process, `Put policy version ${wanted} in force again?`, flags.yes);
  const policy = await session.client.call('policy.rollback', { version: wanted });
  session.show(policy, (now) => `Version ${wanted} is in force again, as version ${now.version}.`);
}

/** `-` is standard input. */
async function read({ process }: CliContext, file: string): Promise<string> {
  const source = file === '-' ? await readInput(process) : await readText(file);
  if (source.trim() === '') throw new RingfenceError('usage', `${file} is empty.`);
  return source;
}
