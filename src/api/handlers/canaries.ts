import { plainParts } from '../../custody/plain-parts.ts';
import type { Handlers } from './handler.ts';
import { pick } from './named.ts';

export const canaryHandlers: Handlers<`canaries.${'plant' | 'list' | 'retire' | 'remove'}`> = {
  'canaries.plant': async ({ services, input, actor }) => {
    const account = pick('vendor account', await services.accounts.list(), input.account).id;
    const { record, credential } = await services.canaries.plant(
      { name: input.name, account, place: input.place ?? '' },
      actor,
    );
    return { canary: record, parts: plainParts(credential) };
  },
  'canaries.list': ({ services }) => services.canaries.list(),
  'canaries.retire': ({ services, input, actor }) => services.canaries.retire(input.canary, actor),
  'canaries.remove': async ({ services, input, actor }) => {
    await services.canaries.remove(input.canary, actor);
    return { removed: true };
  },
};
