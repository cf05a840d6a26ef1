import type { CliContext } from '../context.ts';
import type { CommonFlags } from '../flags.ts';
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
