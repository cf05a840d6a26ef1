import { RingfenceError } from '../../kernel/errors.ts';
import type { CliContext, PolicyJudgement } from '../context.ts';
import { EXIT } from '../exit.ts';
import { type CommonFlags, type ConfirmedFlags, type OutputFlags, readWhole } from '../flags.ts';
import { readFileOrInput } from '../input.ts';
import { confirm } from '../terminal/prompt.ts';
import { createOutput, minute, openSession, type Session } from '../session.ts';

export async function show(context: CliContext, flags: CommonFlags): Promise<void> {
  const session = await openSession(context, flags);
  const policy = await session.client.call('policy.get', {});
  session.show(policy, () => policy?.source ?? '');
  if (policy === null) session.note('There is no policy, so everything is refused.');
}

/** Checks a policy file without a gateway, so that the CI of the repository that keeps it can. */
export async function check(context: CliContext, flags: OutputFlags, file: string): Promise<void> {
  const judgement = await context.actions.checkPolicy(await read(context, file));
  tell(context, createOutput(context, flags), judgement);
}

function tell(
  context: CliContext,
  to: Pick<Session, 'show' | 'warn'>,
  { problems, warnings }: PolicyJudgement,
): void {
  const valid = problems.length === 0;
  if (!valid) context.exit(EXIT.findings);
  to.show({ valid, problems, warnings }, () => (valid ? 'The policy is valid.' : problems.join('\n')));
  to.warn(warnings);
}

export interface ApplyFlags extends CommonFlags {
  readonly expect?: number;
  readonly dryRun: boolean;
}

export async function apply(context: CliContext, flags: ApplyFlags, file: string): Promise<void> {
  const session = await openSession(context, flags);
  const source = await read(context, file);
  if (flags.dryRun) {
    return tell(context, session, await session.client.call('policy.check', { source }));
  }
  const expected = flags.expect ?? (await session.client.call('policy.get', {}))?.version ?? 0;
  const policy = await session.client.call('policy.put', { source, expected });
  session.show(policy, ({ version }) => `Policy version ${version} is in force.`);
  session.warn(policy.warnings);
}

export async function history(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  table(await client.call('policy.versions', {}), {
    VERSION: ({ version }) => String(version),
    APPLIED: ({ createdAt }) => minute(createdAt),
    BY: ({ actor }) => actor,
  });
}

export async function rollback(context: CliContext, flags: ConfirmedFlags, version: string): Promise<void> {
  const wanted = readWhole(version);
  const session = await openSession(context, flags);
  await confirm(context.process, `Put policy version ${wanted} in force again?`, flags.yes);
  const policy = await session.client.call('policy.rollback', { version: wanted });
  session.show(policy, (now) => `Version ${wanted} is in force again, as version ${now.version}.`);
  session.warn(policy.warnings);
}

async function read({ process }: CliContext, file: string): Promise<string> {
  const source = await readFileOrInput(process, file);
  if (source.trim() === '') throw new RingfenceError('usage', `${file} is empty.`);
  return source;
}
