import type { Handlers } from './handler.ts';
import { byName, pick } from './named.ts';

export const appHandlers: Handlers<'apps.create' | 'apps.list' | 'apps.remove'> = {
  'apps.create': ({ services, input, actor }) => services.apps.create(input.name, actor),
  'apps.list': async ({ services }) => byName(await services.apps.list()),
  'apps.remove': async ({ services, input, actor }) => {
    const app = pick('app', await services.apps.list(), input.app);
    const options = { revokeKeys: input.keys === 'revoke' };
    return { removed: true, ...(await services.apps.remove(app, options, actor)) };
  },
};
