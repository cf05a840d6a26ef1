import { byName, type Handlers } from './handler.ts';

export const appHandlers: Handlers<'apps.create' | 'apps.list'> = {
  'apps.create': ({ services, input, actor }) => services.apps.create(input.name, actor),
  'apps.list': async ({ services }) => byName(await services.apps.list()),
};
