import { RingfenceError } from '../../kernel/errors.ts';
import { isCountry } from '../../kernel/numbering/countries.ts';
import type { AdminServices } from '../services/all.ts';
import type { Handlers } from './handler.ts';
import { checkVendor, pick, pickKey } from './named.ts';

export const killHandlers: Handlers<'kills.put' | 'kills.list' | 'kills.lift'> = {
  'kills.put': async ({ services, input, actor }) => {
    const target = await resolveTarget(services, input.scope, input.target);
    return services.kills.put({ ...input, target }, actor);
  },
  'kills.list': async ({ services }) =>
    (await services.kills.list()).toSorted((a, b) => a.createdAt - b.createdAt),
  'kills.lift': async ({ services, input, actor }) => {
    const removed = await services.kills.lift(input.kill, actor);
    if (!removed) throw new RingfenceError('not_found', `There is no kill switch ${input.kill}.`);
    return { removed };
  },
};

/** Resolves the target's id. Throws `not_found`: a kill switch on a misspelt name would stop nothing, and nobody would notice. */
async function resolveTarget(services: AdminServices, scope: string, target: string): Promise<string> {
  const { kills } = services;
  if (scope === 'app') return pick('app', await kills.targets('app', target), target).id;
  if (scope === 'account') return pick('vendor account', await kills.targets('account', target), target).id;
  if (scope === 'key') return pickKey(await kills.targets('key', target), target).id;
  if (scope === 'vendor') checkVendor(services, target);
  if (scope === 'country' && !isCountry(target))
    throw new RingfenceError(
      'input_invalid',
      `There is no country ${JSON.stringify(target)}; it is two capital letters of ISO 3166, such as GB.`,
    );
  if (scope === 'all' && target !== '')
    throw new RingfenceError('input_invalid', 'A kill of everything has no target.');
  return target;
}
