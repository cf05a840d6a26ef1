import { RingfenceError } from '../../kernel/errors.ts';
import type { Given, Received } from '../contract.ts';
import type { AdminServices } from '../services/all.ts';
import type { Handlers } from './handler.ts';
import { byName, pick } from './named.ts';

type Ids =
  | 'vendors.list'
  | 'accounts.seal'
  | 'accounts.list'
  | 'accounts.test'
  | 'accounts.reseal'
  | 'accounts.rotate'
  | 'accounts.rotation'
  | 'accounts.rotations'
  | 'accounts.remove'
  | 'accounts.rekey';

export const accountHandlers: Handlers<Ids> = {
  'vendors.list': ({ services }) => Promise.resolve(services.vendors.map(describeVendor)),
  'accounts.seal': ({ services, input, actor }) => {
    const { currency, ...rest } = input;
    const { upstream = null, ...names } = rest;
    return services.accounts.seal(
      { ...names, upstream, ...(currency === undefined ? {} : { currency }) },
      actor,
    );
  },
  'accounts.list': async ({ services }) => byName(await services.accounts.list()),
  'accounts.test': async ({ services, input, actor }) =>
    services.accounts.test(await idOf(services, input.account), actor),
  'accounts.reseal': async ({ services, input, actor }) =>
    services.accounts.reseal(await idOf(services, input.account), input.values, actor),
  'accounts.rotate': async ({ services, input, actor }) => {
    const { secret = null } = input;
    const account = await idOf(services, input.account);
    const request = { account, secret, reason: 'asked', ...rotationOptions(input) };
    return services.accounts.rotate(request, actor);
  },
  'accounts.rotation': async ({ services, input }) => {
    const found = await services.accounts.rotation(await idOf(services, input.account));
    if (found === null) throw new RingfenceError('not_found', 'The account was never rotated.');
    return found;
  },
  'accounts.rotations': ({ services }) => services.accounts.rotations(),
  'accounts.remove': async ({ services, input, actor }) => {
    const account = pick('vendor account', await services.accounts.list(), input.account);
    return { removed: true, warnings: await services.accounts.remove(account, actor) };
  },
  'accounts.rekey': ({ services, actor }) => services.accounts.rekey(actor),
};

/** How to rotate, as the services take it. */
export function rotationOptions({
  watchSeconds,
  force = false,
}: Pick<Received<'accounts.rotate'>, 'watchSeconds' | 'force'>) {
  return { isForced: force, ...(watchSeconds === undefined ? {} : { watch: watchSeconds * 1000 }) };
}

async function idOf({ accounts }: AdminServices, reference: string): Promise<string> {
  return pick('vendor account', await accounts.list(), reference).id;
}

function describeVendor({
  id,
  facts,
  custody,
}: AdminServices['vendors'][number]): Given<'vendors.list'>[number] {
  const { name, hosts, docs, currency, baseUrlVariables = {}, blindSpots = [] } = facts;
  const { fields, kinds } = custody;
  return { id, name, hosts, docs, currency, fields, kinds, baseUrlVariables, blindSpots };
}
