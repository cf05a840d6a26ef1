import { json, type Exchange, type Reply } from '../core.ts';
import type { Route } from '../router.ts';
import { readParameters } from './auth.ts';
import { balanceOf, bare, e164, euros, isNumber, type VonageServices, type VonageState } from './state.ts';

const API = 'api.nexmo.com';
const LEVELS = ['basic', 'standard', 'advanced'] as const;

/** Number Insight; the level decides the price. */
export function insightRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const levels = LEVELS.flatMap((level): Route<VonageState>[] =>
    (['GET', 'POST'] as const).map((method) => [
      method,
      API,
      `/ni/${level}/json`,
      (state, exchange) => json(200, insight(services, state, { exchange, level })),
    ]),
  );
  return [
    ...levels,
    ['GET', API, '/ni/advanced/async/json', (state, exchange) => lookLater(services, state, exchange)],
  ];
}

interface Question {
  readonly exchange: Exchange;
  readonly level: (typeof LEVELS)[number];
}

interface Insight {
  readonly status: number;
  readonly request_id?: string;
  readonly [detail: string]: unknown;
}

function insight(services: VonageServices, state: VonageState, { exchange, level }: Question): Insight {
  const { number = '' } = readParameters(exchange);
  if (!isNumber(number))
    return { status: 3, status_message: 'Invalid request :: Not valid number format detected' };
  const { world } = services;
  const phone = e164(number);
  const at = world.now();
  const item = `lookup/${level}`;
  const { amount } = world.prices.price('vonage', item, null);
  const id = world.ids.linkedUuid(world.bill.length);
  const charge = { account: state.account, resource: id, item, to: phone, units: 1, amount };
  if (amount > 0) world.bill.charge({ ...charge, at, finalAt: at });
  const carrier = { network_code: '00000', name: 'Sandbox Mobile', country: 'US', network_type: 'mobile' };
  return {
    status: 0,
    status_message: 'Success',
    request_id: id,
    international_format_number: bare(phone),
    national_format_number: bare(phone).slice(1),
    country_code: world.inventory.countryOf(phone),
    country_prefix: bare(phone).slice(0, 2),
    ...(level === 'basic'
      ? {}
      : {
          request_price: euros(amount),
          remaining_balance: euros(balanceOf(world, state)),
          current_carrier: carrier,
          original_carrier: carrier,
          ported: 'not_ported',
        }),
    ...(level === 'advanced' ? { lookup_outcome: 0, valid_number: 'valid', reachable: 'reachable' } : {}),
  };
}

/** The answer follows as a webhook. */
function lookLater(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const { callback = '', number = '' } = readParameters(exchange);
  const result = insight(services, state, { exchange, level: 'advanced' });
  const headers = { 'content-type': 'application/json' };
  const build = () => ({ method: 'POST', url: callback, headers, body: JSON.stringify(result) });
  services.world.webhooks.deliver({ label: 'vonage insight', retries: 3, build });
  const { request_id, status } = result;
  return json(200, { request_id, number, remaining_balance: '0', request_price: '0', status });
}
