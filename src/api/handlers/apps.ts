import type { Handlers } from './handler.ts';
import { byName } from './named.ts';

export const appHandlers: Handlers<'apps.create' | 'apps.list'> = {
  'apps.create': ({ services, input, actor }) => services.apps.create(input.name, actor),
  'apps.list': async ({ services }) => byName(await services.apps.list()),
};
