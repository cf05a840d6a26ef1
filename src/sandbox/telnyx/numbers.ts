import { decimalText } from '../amounts.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { isObject, list, readForm, readJson, text, wholeNumber } from '../fields.ts';
import type { OwnedNumber } from '../inventory.ts';
import type { Route } from '../router.ts';
import {
  invalid,
  isoTime,
  listPage,
  notFound,
  telnyxError,
  type NumberOrder,
  type TelnyxServices,
  type TelnyxState,
} from './state.ts';

const API = 'api.telnyx.com';
const PHONE = /^\+?[1-9]\d{6,14}$/;

/** Lookup types that are charged, with their items. */
const LOOKUPS: Readonly<Record<string, string>> = {
  carrier: 'lookup/carrier',
  'caller-name': 'lookup/caller-name',
  portability: 'lookup/portability',
};

/** Lookup, search, orders and owned numbers. */
export function numberRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  const { inventory } = services.world;
  const owned = (state: TelnyxState, id: string) => inventory.of(state.account).find((one) => one.id === id);
  return [
    ['GET', API, '/v2/number_lookup/{number}', (state, exchange) => lookup(services, state, exchange)],
    ['GET', API, '/v2/available_phone_numbers', (_state, exchange) => search(services, exchange)],
    ['POST', API, '/v2/number_orders', (state, exchange) => order(services, state, exchange)],
    [
      'GET',
      API,
      '/v2/number_orders',
      (state, exchange) => listPage(exchange, state.orders.all().toReversed(), orderView),
    ],
    [
      'GET',
      API,
      '/v2/number_orders/{id}',
      (state, { params }) => {
        const found = state.orders.get(params['id'] ?? '');
        return found === undefined ? notFound() : json(200, { data: orderView(found) });
      },
    ],
    [
      'GET',
      API,
      '/v2/phone_numbers',
      (state, exchange) => listPage(exchange, inventory.of(state.account).toReversed(), numberView),
    ],
    [
      'GET',
      API,
      '/v2/phone_numbers/{id}',
      (state, { params }) => {
        const found = owned(state, params['id'] ?? '');
        return found === undefined ? notFound() : json(200, { data: numberView(found) });
      },
    ],
    [
      'DELETE',
      API,
      '/v2/phone_numbers/{id}',
      (state, { params }) => {
        const found = owned(state, params['id'] ?? '');
        if (found === undefined) return notFound();
        inventory.release(found);
        return json(200, { data: numberView(found) });
      },
    ],
  ];
}

function lookup({ world }: TelnyxServices, { account }: TelnyxState, exchange: Exchange): Reply {
  const number = exchange.params['number'] ?? '';
  if (!PHONE.test(number)) return invalid('phone_number', 'The phone number is not valid');
  const phone = number.startsWith('+') ? number : `+${number}`;
  const types = readForm(exchange.query)
    .all('type')
    .filter((type) => LOOKUPS[type] !== undefined);
  const at = world.now();
  for (const type of types) {
    const item = LOOKUPS[type] ?? 'lookup';
    const { amount } = world.prices.price('telnyx', item, null);
    world.bill.charge({ account, resource: phone, item, to: phone, units: 1, amount, at, finalAt: at });
  }
  return json(200, {
    data: {
      record_type: 'number_lookup',
      phone_number: phone,
      country_code: world.inventory.countryOf(phone),
      national_format: phone.slice(2),
      carrier: types.includes('carrier')
        ? { name: 'Sandbox Mobile', type: 'mobile', error_code: null }
        : null,
      caller_name: types.includes('caller-name') ? { caller_name: 'SANDBOX', error_code: null } : null,
    },
  });
}

function search({ world }: TelnyxServices, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const found = world.inventory.search({
    country: fields.get('filter[country_code]') ?? 'US',
    limit: wholeNumber(fields.get('filter[limit]'), 20, 1, 500),
    areaCode: fields.get('filter[national_destination_code]'),
    contains: fields.get('filter[phone_number][contains]'),
  });
  const data = (found ?? []).map((number) => ({
    record_type: 'available_phone_number',
    phone_number: number,
    cost_information: {
      currency: 'USD',
      monthly_cost: decimalText(world.prices.price('telnyx', 'number.buy', number).amount, 4),
      upfront_cost: '0.0000',
    },
    features: [{ name: 'sms' }, { name: 'voice' }],
  }));
  return json(200, { data, meta: { total_results: data.length, best_effort_results: 0 } });
}

function order({ world }: TelnyxServices, state: TelnyxState, exchange: Exchange): Reply {
  const { ids, inventory, bill } = world;
  const wanted = list(readJson(exchange) ?? {}, 'phone_numbers')
    .filter(isObject)
    .map((one) => text(one, 'phone_number') ?? '');
  if (wanted.length === 0) return invalid('phone_numbers', 'No phone number was ordered');
  if (wanted.some((number) => !/^\+[1-9]\d{6,14}$/.test(number)))
    return invalid('phone_numbers', 'A phone number is not valid');
  if (wanted.some((number) => inventory.find(number) !== undefined) || new Set(wanted).size < wanted.length)
    return telnyxError(422, '10027', 'Number not available', 'A number of the order is not available');
  const numbers = wanted.map((number) => {
    const id = ids.linkedUuid(bill.length);
    inventory.buy(state.account, id, number);
    return { id, number };
  });
  const made = { id: ids.uuid(), numbers, createdAt: world.now() };
  state.orders.add(made);
  return json(200, { data: orderView(made) });
}

function orderView({ id, numbers, createdAt }: NumberOrder): unknown {
  return {
    id,
    record_type: 'number_order',
    phone_numbers_count: numbers.length,
    phone_numbers: numbers.map((one) => ({
      id: one.id,
      record_type: 'number_order_phone_number',
      phone_number: one.number,
      status: 'success',
    })),
    status: 'success',
    requirements_met: true,
    created_at: isoTime(createdAt),
    updated_at: isoTime(createdAt),
  };
}

function numberView({ id, number, boughtAt, country }: OwnedNumber): unknown {
  return {
    id,
    record_type: 'phone_number',
    phone_number: number,
    country_iso_alpha2: country,
    status: 'active',
    purchased_at: isoTime(boughtAt),
    created_at: isoTime(boughtAt),
  };
}
