import { micros } from '../../kernel/money.ts';
import type { PriceRecord } from '../../store/records.ts';
import { empty, json, type Exchange, type Reply } from '../core.ts';
import { readForm, readJson, text } from '../fields.ts';
import { COUNTRIES } from '../price-data.ts';
import type { Route } from '../router.ts';
import { readParameters } from './auth.ts';
import { notFound, problem, restError } from './errors.ts';
import { euros, OPENING_BALANCE, type VonageServices, type VonageState } from './state.ts';

const REST = 'rest.nexmo.com';
const API = 'api.nexmo.com';
const SECRETS = '/accounts/{key}/secrets';
const MOST_SECRETS = 2;
const STRONG = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,25}$/;

/** Balance, prices, secrets and subaccounts. */
export function accountRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const { world, states } = services;
  const balance = ({ account }: VonageState) => micros(OPENING_BALANCE - world.bill.charged(account));
  return [
    [
      'GET',
      REST,
      '/account/get-balance',
      (state) => json(200, { value: balance(state) / 1e6, autoReload: false }),
    ],
    ['POST', REST, '/account/top-up', () => restError(200, 'success')],
    [
      'POST',
      REST,
      '/account/settings',
      (state, exchange) => {
        const parameters = readParameters(exchange);
        state.hooks.inbound = parameters['moCallBackUrl'] ?? state.hooks.inbound;
        state.hooks.receipt = parameters['drCallBackUrl'] ?? state.hooks.receipt;
        return json(200, {
          'mo-callback-url': state.hooks.inbound,
          'dr-callback-url': state.hooks.receipt,
          'max-outbound-request': 30,
          'max-inbound-request': 30,
          'max-calls-per-second': 30,
        });
      },
    ],
    ...pricingRoutes(services),
    [
      'GET',
      API,
      SECRETS,
      own((state) =>
        json(200, { _embedded: { secrets: [...state.secrets.keys()].map((id) => secretView(state, id)) } }),
      ),
    ],
    ['POST', API, SECRETS, own((state, exchange) => addSecret(services, state, exchange))],
    [
      'GET',
      API,
      `${SECRETS}/{id}`,
      own((state, { params }) => {
        const id = params['id'] ?? '';
        return state.secrets.has(id) ? json(200, secretView(state, id)) : notFound('The secret');
      }),
    ],
    [
      'DELETE',
      API,
      `${SECRETS}/{id}`,
      own((state, { params }) => removeSecret(services, state, params['id'] ?? '')),
    ],
    [
      'GET',
      API,
      '/accounts/{key}/subaccounts',
      own((state) => {
        const subaccounts = [...states.values()].filter(({ primary }) => primary === state);
        const shown = (one: VonageState) => subaccountView(one, balance(one));
        return json(200, {
          total_balance: [state, ...subaccounts].reduce((sum, one) => sum + balance(one), 0) / 1e6,
          total_credit_limit: 0,
          _embedded: { primary_account: shown(state), subaccounts: subaccounts.map(shown) },
        });
      }),
    ],
    [
      'POST',
      API,
      '/accounts/{key}/subaccounts',
      own((state, exchange) => {
        const name = text(readJson(exchange) ?? {}, 'name') ?? 'Subaccount';
        const child = services.openAccount(state, { name, currency: state.account.currency });
        const [first] = child.secrets.values();
        return json(201, { ...subaccountView(child, balance(child)), secret: first?.secret });
      }),
    ],
    [
      'GET',
      API,
      '/accounts/{key}/subaccounts/{child}',
      own((state, { params }) => {
        const child = states.get(params['child'] ?? '');
        return child?.primary === state
          ? json(200, subaccountView(child, balance(child)))
          : notFound('The subaccount');
      }),
    ],
    [
      'PATCH',
      API,
      '/accounts/{key}/subaccounts/{child}',
      own((state, exchange) => {
        const child = states.get(exchange.params['child'] ?? '');
        if (child?.primary !== state) return notFound('The subaccount');
        const suspended = readJson(exchange)?.['suspended'];
        if (typeof suspended === 'boolean') child.suspended = suspended;
        return json(200, subaccountView(child, balance(child)));
      }),
    ],
  ];
}

type Own = (state: VonageState, exchange: Exchange) => Reply;

/** The key in the path must be the caller's. */
function own(handler: Own): Own {
  return (state, exchange) =>
    exchange.params['key'] === state.account.id
      ? handler(state, exchange)
      : problem(403, 'Forbidden', 'Not your account');
}

function secretView({ account, secrets }: VonageState, id: string): unknown {
  const createdAt = secrets.get(id)?.createdAt ?? 0;
  const href = `/accounts/${account.id}/secrets/${id}`;
  return { id, created_at: new Date(createdAt).toISOString(), _links: { self: { href } } };
}

function addSecret({ world, admit }: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const secret = text(readJson(exchange) ?? {}, 'secret') ?? '';
  if (!STRONG.test(secret)) return problem(400, 'Bad Request', 'The secret is not strong enough');
  if (state.secrets.size >= MOST_SECRETS)
    return problem(403, 'Maxed out secrets', 'An account has at most two secrets');
  const id = world.ids.uuid();
  state.secrets.set(id, { secret, createdAt: world.now() });
  admit(state, id, secret);
  return json(201, secretView(state, id));
}

function removeSecret({ withdraw }: VonageServices, state: VonageState, id: string): Reply {
  const entry = state.secrets.get(id);
  if (entry === undefined) return notFound('The secret');
  if (state.secrets.size === 1)
    return problem(403, 'Secret Deletion Forbidden', 'The last secret cannot be deleted');
  state.secrets.delete(id);
  withdraw(state, entry.secret);
  return empty(204);
}

function subaccountView({ account, name, primary, suspended }: VonageState, balance: number) {
  return {
    api_key: account.id,
    name,
    primary_account_api_key: primary?.account.id ?? account.id,
    use_primary_account_balance: false,
    created_at: new Date(account.createdAt).toISOString(),
    suspended,
    balance: balance / 1e6,
    credit_limit: 0,
  };
}

const ITEMS: Readonly<Record<string, string>> = { sms: 'message.send/sms', voice: 'call.create/voice' };

function pricingRoutes({ world }: VonageServices): Route<VonageState>[] {
  const rowsOf = (type: string | undefined) =>
    world.prices.records('vonage').filter(({ item, prefix }) => item === ITEMS[type ?? ''] && prefix !== '');
  return [
    [
      'GET',
      REST,
      '/account/get-pricing/outbound/{type}',
      (_state, { params, query }) => {
        const code = readForm(query).get('country');
        const prefix = COUNTRIES.find(([, country]) => country === code)?.[0];
        const row = rowsOf(params['type']).find((record) => record.prefix === prefix);
        return row === undefined ? restError(420, 'unknown country') : json(200, countryPrice(row));
      },
    ],
    [
      'GET',
      REST,
      '/account/get-full-pricing/outbound/{type}',
      (_state, { params }) => {
        const countries = rowsOf(params['type']).map(countryPrice);
        return json(200, { count: countries.length, countries });
      },
    ],
    [
      'GET',
      REST,
      '/account/get-prefix-pricing/outbound/{type}',
      (_state, { params, query }) => {
        const prefix = readForm(query).get('prefix') ?? '';
        const countries = rowsOf(params['type'])
          .filter((row) => row.prefix.startsWith(prefix))
          .map(countryPrice);
        return json(200, { count: countries.length, countries });
      },
    ],
  ];
}

function countryPrice({ prefix, amount, currency }: PriceRecord): unknown {
  const country = COUNTRIES.find(([start]) => start === prefix)?.[1] ?? '';
  const price = euros(amount);
  const network = {
    type: 'mobile',
    price,
    currency,
    mcc: '000',
    mnc: '00',
    networkCode: '00000',
    networkName: 'Any',
  };
  return {
    countryCode: country,
    countryName: country,
    countryDisplayName: country,
    currency,
    defaultPrice: price,
    dialingPrefix: prefix,
    networks: [network],
  };
}
