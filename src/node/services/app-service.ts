import { randomBytes } from 'node:crypto';
import type { AppService } from '../../api/services/apps.ts';
import type { KillService } from '../../api/services/kills.ts';
import { liveKeysOf } from '../../custody/live-keys.ts';
import { newId } from '../../kernel/ids.ts';
import type { Primary } from '../primary.ts';
import { stillNamed } from './still-named.ts';

type Parts = Pick<Primary, 'apps' | 'keys' | 'clock' | 'record' | 'policyInForce'> & {
  readonly store: Pick<Primary['store'], 'keys' | 'budgets'>;
};

/** Apps as the admin API sees them. */
export function createAppService(parts: Parts, kills: Pick<KillService, 'list'>): AppService {
  const { apps, clock, record, store, policyInForce } = parts;
  return {
    async create(name, actor) {
      const app = { id: newId('app', randomBytes), name, createdAt: clock.wall() };
      await apps.add(app, () => record({ actor, act: 'app.create', target: app.id, detail: { name } }));
      return app;
    },
    list: apps.list,
    async remove(app, { revokeKeys }, actor) {
      const { id: target, name } = app;
      const revoked = revokeKeys ? await revokeKeysOf(parts, target, actor) : [];
      await apps.remove(target, () => record({ actor, act: 'app.remove', target, detail: { name } }));
      return {
        revoked,
        warnings: await stillNamed({ store, kills, policyInForce }, { ...app, kind: 'app' }),
      };
    },
  };
}

/** One after the other: what is revoked stays so, also when the next one fails. */
async function revokeKeysOf(
  { store, keys, clock, record }: Parts,
  app: string,
  actor: string,
): Promise<readonly string[]> {
  const live = await liveKeysOf({ keys: store.keys, clock }, 'app', app);
  for (const { id } of live) {
    await record({ actor, act: 'key.revoke', target: id, detail: { app } });
    await keys.revoke(id);
  }
  return live.map(({ id }) => id);
}
