import { decimalText } from '../amounts.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readForm, wholeNumber } from '../fields.ts';
import type { OwnedNumber } from '../inventory.ts';
import type { Route } from '../router.ts';
import { readParameters } from './auth.ts';
import { restError } from './errors.ts';
import { bare, e164, isNumber, type VonageServices, type VonageState } from './state.ts';

const REST = 'rest.nexmo.com';
const FEATURES = ['VOICE', 'SMS'];
const SETTINGS = ['moHttpUrl', 'voiceCallbackType', 'voiceCallbackValue', 'voiceStatusCallback', 'app_id'];

export function numberRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const { inventory } = services.world;
  const success = () => restError(200, 'success');
  const owned =
    (use: (number: OwnedNumber, exchange: Exchange) => Reply) =>
    (state: VonageState, exchange: Exchange): Reply => {
      const found = inventory.find(e164(readParameters(exchange)['msisdn'] ?? ''));
      return found?.account === state.account ? use(found, exchange) : restError(420, 'method failed');
    };
  return [
    ['GET', REST, '/number/search', (_state, exchange) => search(services, exchange)],
    ['GET', REST, '/account/numbers', (state, exchange) => listNumbers(services, state, exchange)],
    [
      'POST',
      REST,
      '/number/buy',
      (state, exchange) => {
        const { msisdn = '' } = readParameters(exchange);
        if (!isNumber(msisdn))
          return restError(420, 'Numbers from this country can be requested from the Dashboard');
        const { ids, bill } = services.world;
        const number = inventory.buy(state.account, ids.linkedUuid(bill.length), e164(msisdn));
        return number === null ? restError(420, 'method failed') : success();
      },
    ],
    [
      'POST',
      REST,
      '/number/cancel',
      owned((number) => {
        inventory.release(number);
        return success();
      }),
    ],
    [
      'POST',
      REST,
      '/number/update',
      owned((number, exchange) => {
        const parameters = readParameters(exchange);
        for (const name of SETTINGS)
          if (parameters[name] !== undefined) number.settings[name] = parameters[name];
        return success();
      }),
    ],
  ];
}

function search({ world }: VonageServices, { query }: Exchange): Reply {
  const fields = readForm(query);
  const country = fields.get('country') ?? '';
  const limit = wholeNumber(fields.get('size'), 10, 1, 100);
  const found = world.inventory.search({ country, limit, contains: fields.get('pattern') });
  if (found === null) return restError(420, 'country is not supported');
  const numbers = found.map((number) => ({
    country,
    msisdn: bare(number),
    cost: decimalText(world.prices.price('vonage', 'number.buy', number).amount, 4),
    type: 'mobile-lvn',
    features: FEATURES,
  }));
  return json(200, { count: numbers.length, numbers });
}

function listNumbers({ world }: VonageServices, state: VonageState, { query }: Exchange): Reply {
  const fields = readForm(query);
  const size = wholeNumber(fields.get('size'), 10, 1, 100);
  const index = wholeNumber(fields.get('index'), 1, 1, 1e6);
  const owned = world.inventory.of(state.account);
  const page = owned.slice((index - 1) * size, index * size).map(({ country, number, settings }) => ({
    country,
    msisdn: bare(number),
    type: 'mobile-lvn',
    features: FEATURES,
    ...settings,
  }));
  return json(200, { count: owned.length, numbers: page });
}
