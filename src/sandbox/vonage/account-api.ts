import type { PriceRecord } from '../../store/records.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readForm } from '../fields.ts';
import { COUNTRIES } from '../price-data.ts';
import type { Route } from '../router.ts';
import { readParameters } from './auth.ts';
import { restError } from './errors.ts';
import { balanceOf, euros, type VonageServices, type VonageState } from './state.ts';

const REST = 'rest.nexmo.com';

/** Balance, settings and prices. */
export function accountRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const { world } = services;
  const showBalance = (state: VonageState) =>
    json(200, { value: balanceOf(world, state) / 1e6, autoReload: false });
  return [
    ['GET', REST, '/account/get-balance', showBalance],
    ['POST', REST, '/account/top-up', () => restError(200, 'success')],
    ['POST', REST, '/account/settings', changeSettings],
    ...pricingRoutes(services),
  ];
}

function changeSettings({ hooks }: VonageState, exchange: Exchange): Reply {
  const parameters = readParameters(exchange);
  hooks.inbound = parameters['moCallBackUrl'] ?? hooks.inbound;
  hooks.receipt = parameters['drCallBackUrl'] ?? hooks.receipt;
  return json(200, {
    'mo-callback-url': hooks.inbound,
    'dr-callback-url': hooks.receipt,
    'max-outbound-request': 30,
    'max-inbound-request': 30,
    'max-calls-per-second': 30,
  });
}

const ITEMS: Readonly<Record<string, string>> = { sms: 'message.send/sms', voice: 'call.create/voice' };

function pricingRoutes({ world }: VonageServices): readonly Route<VonageState>[] {
  const rowsOf = (type: string | undefined) =>
    world.prices.records('vonage').filter(({ item, prefix }) => item === ITEMS[type ?? ''] && prefix !== '');
  const list = (rows: readonly PriceRecord[]) =>
    json(200, { count: rows.length, countries: rows.map(countryPrice) });
  const one = (_state: VonageState, { params, query }: Exchange) => {
    const code = readForm(query).get('country');
    const prefix = COUNTRIES.find(([, country]) => country === code)?.[0];
    const row = rowsOf(params['type']).find((record) => record.prefix === prefix);
    return row === undefined ? restError(420, 'unknown country') : json(200, countryPrice(row));
  };
  const byPrefix = (_state: VonageState, { params, query }: Exchange) => {
    const wanted = readForm(query).get('prefix') ?? '';
    return list(rowsOf(params['type']).filter(({ prefix }) => prefix.startsWith(wanted)));
  };
  return [
    ['GET', REST, '/account/get-pricing/outbound/{type}', one],
    [
      'GET',
      REST,
      '/account/get-full-pricing/outbound/{type}',
      (_state, { params }) => list(rowsOf(params['type'])),
    ],
    ['GET', REST, '/account/get-prefix-pricing/outbound/{type}', byPrefix],
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
