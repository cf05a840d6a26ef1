import type { Answer } from '../../api/contract.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { allKeys } from '../client/all-keys.ts';
import type { CliContext } from '../context.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { namesOf } from '../client/names.ts';
import { confirm } from '../terminal/prompt.ts';
import { minute, openSession } from '../session.ts';

const ONCE = 'The credential is not kept in clear and cannot be shown again.';

export interface CreateFlags extends CommonFlags {
  readonly app: string;
  readonly account: string;
  readonly kind?: 'secret' | 'hs256' | 'rs256';
  readonly lifetime?: number;
  readonly network?: readonly string[];
}

export async function create(context: CliContext, flags: CreateFlags, name: string): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const { app, account, kind, lifetime, network } = flags;
  const request = { app, account, name, kind, lifetimeSeconds: lifetime, networks: network && [...network] };
  const created = await client.call('keys.create', request);
  show(created, credentialText);
  note(ONCE);
}

export interface RotateFlags extends CommonFlags {
  readonly overlap: number;
  readonly lifetime?: number;
}

export async function rotate(context: CliContext, flags: RotateFlags, key: string): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const { overlap, lifetime } = flags;
  const created = await client.call('keys.rotate', {
    key,
    overlapSeconds: overlap,
    lifetimeSeconds: lifetime,
  });
  show(created, credentialText);
  note(`The old key ${created.replaced.name} ends at ${minute(created.replaced.expiresAt) ?? 'once'}.`);
  note(ONCE);
}

/** The new credential for people. Neither wrapped nor masked, because it is copied from here. */
function credentialText({ key, parts, snippets }: Answer<'keys.create'>): string {
  const lines = Object.entries(parts).map(([name, value]) => `  ${name}: ${value}`);
  const code = snippets.flatMap((one) => ['', `# ${one.sdk}`, one.code]);
  return [`Virtual key ${key.name} is ${key.id}.`, '', ...lines, ...code].join('\n');
}

export async function list(
  context: CliContext,
  flags: CommonFlags & { readonly all: boolean },
): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const keys = await allKeys(client);
  const nameOf = await namesOf(client, flags.json ? [] : keys.flatMap(({ app, account }) => [app, account]));
  const shown = flags.all ? keys : keys.filter((key) => stateOf(key) === 'active');
  table(
    shown,
    {
      NAME: ({ name }) => name,
      ID: ({ id }) => id,
      APP: ({ app }) => nameOf(app),
      ACCOUNT: ({ account }) => nameOf(account),
      KIND: ({ kind }) => kind,
      STATE: stateOf,
      EXPIRES: ({ expiresAt }) => minute(expiresAt),
      USED: ({ lastUsedAt }) => minute(lastUsedAt),
      NETWORKS: (key) => key.networks.join(' ') || 'any',
    },
    flags.all
      ? 'No key yet. Create one: ringfence keys create NAME --app APP --account ACCOUNT'
      : 'No key in use; --all lists the others. Create one: ringfence keys create NAME --app APP --account ACCOUNT',
  );
}

type Listed = Pick<Answer<'keys.list'>[number], 'state' | 'expiresAt'>;

/** State of a key. After its expiry time it is shown as expired, even though its record may still say active. */
function stateOf({ state, expiresAt }: Listed): string {
  const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  return state === 'active' && isOver ? 'expired' : state;
}

export interface NetworksFlags extends ConfirmedFlags {
  readonly network?: readonly string[];
  readonly any: boolean;
}

export async function networks(context: CliContext, flags: NetworksFlags, key: string): Promise<void> {
  const given = [...(flags.network ?? [])];
  if (flags.any === given.length > 0)
    throw new RingfenceError('usage', 'Give --network, once for each, or --any.');
  const { client, show } = await openSession(context, flags);
  const places = flags.any ? 'any network' : given.join(', ');
  const question = flags.any
    ? `Let the key ${key} be used from any network?`
    : `Let the key ${key} be used from ${places} and nowhere else?`;
  await confirm(context.process, `${question} This replaces its networks at once.`, flags.yes);
  const changed = await client.call('keys.networks', { key, networks: given });
  show(changed, ({ name }) => `Key ${name} may be used from ${places}.`);
}

export async function revoke(context: CliContext, flags: ConfirmedFlags, key: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  await confirm(context.process, `Revoke the key ${key}? Its app stops working at once.`, flags.yes);
  show(await client.call('keys.revoke', { key }), ({ name }) => `Key ${name} is revoked.`);
}
