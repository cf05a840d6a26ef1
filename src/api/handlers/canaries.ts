import { pick, type Handlers } from './handler.ts';

export const canaryHandlers: Handlers<'canaries.plant' | 'canaries.list' | 'canaries.retire'> = {
  'canaries.plant': async ({ services, input, actor }) => {
    const account = pick('vendor account', await services.accounts.list(), input.account).id;
    const { record, credential } = await services.canaries.plant(
      { name: input.name, account, place: input.place ?? '' },
      actor,
    );
    const parts = Object.entries(credential.parts).map(([name, part]) => [
      name,
      typeof part === 'string' ? part : part.reveal(),
    ]);
    return { canary: record, parts: Object.fromEntries(parts) as Record<string, string> };
  },
  'canaries.list': ({ services }) => services.canaries.list(),
  'canaries.retire': ({ services, input, actor }) => services.canaries.retire(input.canary, actor),
};
