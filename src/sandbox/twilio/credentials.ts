import { empty, json, type Exchange, type Reply } from '../core.ts';
import { readForm } from '../fields.ts';
import { logOf } from '../log.ts';
import type { Route } from '../router.ts';
import { notFound, twilioError } from './errors.ts';
import { readAllowed } from './key-permissions.ts';
import { list2010, listMeta, type Listing } from './pages.ts';
import { iso, rfc2822, type ApiKey, type TwilioServices, type TwilioState } from './state.ts';

const API = 'api.twilio.com';
const IAM = 'iam.twilio.com';
const ACCOUNTS = 'accounts.twilio.com';

/** API keys (both APIs) and the rotation of the auth token. */
export function credentialRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  return [
    ...['Keys', 'SigningKeys'].flatMap((name) =>
      keyRoutes(services, `/2010-04-01/Accounts/{account}/${name}`, API),
    ),
    ...keyRoutes(services, '/v1/Keys', IAM),
    [
      'POST',
      ACCOUNTS,
      '/v1/AuthTokens/Secondary',
      (state, exchange) => makeSecondary(services, state, exchange),
    ],
    [
      'DELETE',
      ACCOUNTS,
      '/v1/AuthTokens/Secondary',
      (state) => {
        if (state.secondaryToken !== null) services.withdraw(state.account.id, state.secondaryToken);
        state.secondaryToken = null;
        return empty(204);
      },
    ],
    ['POST', ACCOUNTS, '/v1/AuthTokens/Promote', (state, exchange) => promote(services, state, exchange)],
  ];
}

function keyRoutes(services: TwilioServices, path: string, host: string): Route<TwilioState>[] {
  const old = host === API;
  const suffix = old ? '.json' : '';
  const date = old ? rfc2822 : iso;
  const view = (state: TwilioState, { sid, friendlyName, createdAt }: ApiKey) => ({
    sid,
    friendly_name: friendlyName,
    date_created: date(createdAt),
    date_updated: date(createdAt),
    account_sid: state.account.id,
  });
  const one =
    (use: (state: TwilioState, key: ApiKey, exchange: Exchange) => Reply) =>
    (state: TwilioState, exchange: Exchange): Reply => {
      const key = state.keys.get(exchange.params['sid'] ?? '');
      return key === undefined ? notFound(exchange.path) : use(state, key, exchange);
    };
  return [
    [
      'POST',
      host,
      path + suffix,
      (state, { body }) => {
        const fields = readForm(body.toString());
        const isRestricted = !old && fields.get('KeyType') === 'restricted';
        const key = createKey(services, state, {
          friendlyName: fields.get('FriendlyName') ?? '',
          kind: isRestricted ? 'restricted' : 'standard',
          allow: isRestricted ? readAllowed(fields.get('Policy')) : [],
        });
        return json(201, { ...view(state, key), secret: key.secret });
      },
    ],
    [
      'GET',
      host,
      path + suffix,
      (state, exchange) => {
        const log = logOf(state.keys.values(), ({ sid }) => sid);
        const listing: Listing<ApiKey> = { log, key: 'keys', view: (key) => view(state, key) };
        return old ? list2010(exchange, listing) : listMeta(exchange, listing);
      },
    ],
    ['GET', host, `${path}/{sid}${suffix}`, one((state, key) => json(200, view(state, key)))],
    [
      'POST',
      host,
      `${path}/{sid}${suffix}`,
      one((state, key, { body }) => {
        key.friendlyName = readForm(body.toString()).get('FriendlyName') ?? key.friendlyName;
        return json(200, view(state, key));
      }),
    ],
    [
      'DELETE',
      host,
      `${path}/{sid}${suffix}`,
      one((state, key) => {
        state.keys.delete(key.sid);
        services.withdraw(key.sid, key.secret);
        return empty(204);
      }),
    ],
  ];
}

/** Makes an API key that is accepted at once. */
export function createKey(
  services: TwilioServices,
  state: TwilioState,
  request: Pick<ApiKey, 'friendlyName' | 'kind' | 'allow'>,
  fixed?: { readonly sid: string; readonly secret: string },
): ApiKey {
  const { ids, now } = services.world;
  const made = fixed ?? { sid: ids.sid('SK'), secret: ids.alphanumeric(32) };
  const key = { ...made, ...request, createdAt: now() };
  state.keys.set(key.sid, key);
  services.admit(state, `apiKey ${key.sid}`, key.sid, key.secret);
  return key;
}

/** A second token that works beside the first; webhooks are still signed with the first. */
function makeSecondary(services: TwilioServices, state: TwilioState, { origin, path }: Exchange): Reply {
  if (state.secondaryToken !== null) services.withdraw(state.account.id, state.secondaryToken);
  state.secondaryToken = services.world.ids.hex(32);
  services.admit(state, 'secondaryToken', state.account.id, state.secondaryToken);
  const now = iso(services.world.now());
  return json(201, {
    account_sid: state.account.id,
    date_created: now,
    date_updated: now,
    secondary_auth_token: state.secondaryToken,
    url: origin + path,
  });
}

/** The second token becomes the first, and the old first stops working. */
function promote(services: TwilioServices, state: TwilioState, { origin, path }: Exchange): Reply {
  if (state.secondaryToken === null) return twilioError(404, 20404, 'There is no secondary auth token');
  services.withdraw(state.account.id, state.authToken);
  state.authToken = state.secondaryToken;
  state.secondaryToken = null;
  services.admit(state, 'authToken', state.account.id, state.authToken);
  const now = iso(services.world.now());
  return json(200, {
    account_sid: state.account.id,
    auth_token: state.authToken,
    date_created: now,
    date_updated: now,
    url: origin + path,
  });
}
