import type { CliContext } from '../context.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { namesOf } from '../client/names.ts';
import { confirm } from '../terminal/prompt.ts';
import { minute, openSession } from '../session.ts';

export interface OnFlags extends CommonFlags {
  readonly all: boolean;
  readonly vendor?: string;
  readonly account?: string;
  readonly app?: string;
  readonly key?: string;
  readonly country?: string;
  readonly reason?: string;
}

/** Turns a kill switch on. Asks for no confirmation, as this is an emergency. */
export async function on(context: CliContext, flags: OnFlags): Promise<void> {
  const { scope, target } = scopeOf(flags);
  const { client, show, note } = await openSession(context, flags);
  const kill = await client.call('kills.put', { scope, target, reason: flags.reason ?? '' });
  show(kill, () => `Kill switch ${kill.id} is on: ${scopeText(scope, target)}.`);
  if (kill.kept !== 'store') note(NOT_STORED[kill.kept]);
  note(`Lift it with: ringfence kill lift ${kill.id}`);
}

const NOT_STORED = {
  disk: 'The store is unreachable: the switch is in force and kept on disk, and is stored when the store is back.',
  memory: 'Store and disk are unreachable: the switch is in force only until the gateway restarts.',
} as const;

const SCOPES = ['vendor', 'account', 'app', 'key', 'country'] as const;

function scopeOf(flags: OnFlags): {
  readonly scope: 'all' | (typeof SCOPES)[number];
  readonly target: string;
} {
  const named = SCOPES.flatMap((scope) => {
    const target = flags[scope];
    return target === undefined ? [] : [{ scope, target }];
  });
  const [first] = named;
  if (named.length + (flags.all ? 1 : 0) !== 1)
    throw new RingfenceError('usage', `Give one of --all, ${SCOPES.map((one) => `--${one}`).join(', ')}.`);
  return first ?? { scope: 'all', target: '' };
}

const scopeText = (scope: string, target: string): string => `${scope} ${target}`.trim();

export async function list(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const kills = await client.call('kills.list', {});
  const targets = flags.json ? [] : kills.map(({ target }) => target);
  const nameOf = await namesOf(client, targets).catch(() => (id: string) => id); // The store may be away.
  table(
    kills,
    {
      ID: ({ id }) => id,
      SCOPE: ({ scope, target }) => scopeText(scope, nameOf(target)),
      REASON: ({ reason }) => reason,
      BY: ({ actor }) => actor,
      SINCE: ({ createdAt }) => minute(createdAt),
    },
    'No kill switch is on. Stop something: ringfence kill on --app APP',
  );
}

export async function lift(context: CliContext, flags: ConfirmedFlags, kill: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  await confirm(context.process, `Lift the kill switch ${kill}? What it stops may happen again.`, flags.yes);
  show(await client.call('kills.lift', { kill }), () => `Kill switch ${kill} is lifted.`);
}
