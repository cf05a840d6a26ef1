import { counted } from '../../kernel/wording.ts';
import type { CliContext } from '../context.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { confirm } from '../terminal/prompt.ts';
import { minute, openSession } from '../session.ts';

export async function create(context: CliContext, flags: CommonFlags, name: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  show(await client.call('apps.create', { name }), (app) => `App ${app.name} is ${app.id}.`);
}

export async function list(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  table(
    await client.call('apps.list', {}),
    {
      NAME: ({ name }) => name,
      ID: ({ id }) => id,
      CREATED: ({ createdAt }) => minute(createdAt),
    },
    'No app yet. Create one: ringfence apps create NAME',
  );
}

export interface RemoveFlags extends ConfirmedFlags {
  readonly revokeKeys: boolean;
}

export async function remove(context: CliContext, flags: RemoveFlags, app: string): Promise<void> {
  const { client, show, warn } = await openSession(context, flags);
  const { revokeKeys, yes } = flags;
  const also = revokeKeys ? ' and revoke its keys? It stops working at once.' : '?';
  await confirm(context.process, `Remove the app ${app}${also}`, yes);
  const answer = await client.call('apps.remove', { app, ...(revokeKeys ? { keys: 'revoke' } : {}) });
  show(answer, ({ revoked }) =>
    revokeKeys
      ? `App ${app} is removed; ${counted(revoked.length, 'key')} revoked.`
      : `App ${app} is removed.`,
  );
  warn(answer.warnings);
}
