import { plainParts } from '../../custody/plain-parts.ts';
import type { CreatedKey } from '../../custody/virtual-keys.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Given } from '../contract.ts';
import type { AdminServices } from '../services/all.ts';
import type { Handlers } from './handler.ts';
import { findKey, pick } from './named.ts';

type KeyRoute = 'keys.create' | 'keys.list' | 'keys.rotate' | 'keys.networks' | 'keys.revoke';

export const keyHandlers: Handlers<KeyRoute> = {
  'keys.create': async ({ services, input, actor }) => {
    const request = {
      name: input.name,
      app: pick('app', await services.apps.list(), input.app).id,
      account: pick('vendor account', await services.accounts.list(), input.account).id,
      lifetime: milliseconds(input.lifetimeSeconds ?? null),
      networks: input.networks ?? [],
      ...(input.kind === undefined ? {} : { kind: input.kind }),
    };
    return show(services, await services.keys.create(request, actor));
  },
  'keys.list': async ({ services, input: { after = null, limit } }) => {
    const page = await services.keys.page(after, limit);
    if (page.length === 0 && after !== null) await checkKeyId(services, after);
    return page;
  },
  'keys.rotate': async ({ services, input, actor }) => {
    const { lifetimeSeconds, overlapSeconds } = input;
    const rotation = {
      overlap: overlapSeconds * 1000,
      ...(lifetimeSeconds === undefined ? {} : { lifetime: milliseconds(lifetimeSeconds) }),
    };
    const created = await services.keys.rotate((await findKey(services, input.key)).id, rotation, actor);
    return { ...show(services, created), replaced: created.replaced };
  },
  'keys.networks': async ({ services, input, actor }) =>
    services.keys.restrict((await findKey(services, input.key)).id, input.networks, actor),
  'keys.revoke': async ({ services, input, actor }) => {
    try {
      return await services.keys.revoke((await findKey(services, input.key)).id, actor);
    } catch (error) {
      throw withWayOut(error, input.key);
    }
  },
};

/** Throws unless the key exists: a page after an unknown key would be empty, which a caller takes for the end of the list. */
async function checkKeyId({ keys }: Pick<AdminServices, 'keys'>, id: string): Promise<void> {
  const found = await keys.find(id);
  if (!found.some((key) => key.id === id))
    throw new RingfenceError('input_invalid', 'after: is not the id of a virtual key.');
}

/** Adds a way out to the error of a revocation that could not be stored: until the store is back, a kill switch stops the key. */
function withWayOut(error: unknown, key: string): unknown {
  if (!(error instanceof RingfenceError) || error.code !== 'store_unavailable') return error;
  const wayOut = `Stop the key at once, without the store: ringfence kill on --key ${key}`;
  return new RingfenceError(error.code, `${error.message}. ${wayOut}`, { cause: error });
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

/** The one place where a virtual secret leaves in clear: the answer to whoever made the key. */
function show({ vendors, gateway }: AdminServices, { record, credential }: CreatedKey): Given<'keys.create'> {
  const parts = plainParts(credential);
  const custody = vendors.find(({ id }) => id === record.vendor)?.custody;
  return { key: record, parts, snippets: custody?.snippets(parts, gateway()) ?? [] };
}
