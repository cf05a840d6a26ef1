import { json, type Exchange, type Reply } from '../core.ts';
import { readForm } from '../fields.ts';
import type { Route } from '../router.ts';
import { twilioError } from './errors.ts';
import type { TwilioServices, TwilioState } from './state.ts';

const LOOKUPS = 'lookups.twilio.com';
const PHONE = /^\+?[1-9]\d{6,14}$/;

/** Packages that the sandbox knows, with what they say. */
const PACKAGES: Readonly<Record<string, unknown>> = {
  line_type_intelligence: { type: 'mobile', carrier_name: 'Sandbox Mobile', error_code: null },
  caller_name: { caller_name: 'SANDBOX', caller_type: 'CONSUMER', error_code: null },
  sim_swap: { last_sim_swap: null, error_code: null },
};

export function lookupRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  return [
    ['GET', LOOKUPS, '/v2/PhoneNumbers/{number}', (state, exchange) => lookup(services, state, exchange)],
    ['GET', LOOKUPS, '/v1/PhoneNumbers/{number}', (state, exchange) => lookupV1(services, state, exchange)],
  ];
}

/** Basic data is free; each package in `Fields` is charged. An invalid number is answered, not refused, and free. */
function lookup(services: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const number = exchange.params['number'] ?? '';
  const asked = (readForm(exchange.query).get('Fields') ?? '').split(',').filter((field) => field !== '');
  const unknown = asked.find((field) => PACKAGES[field] === undefined);
  if (unknown !== undefined) return twilioError(400, 60600, `Unknown field ${unknown}`);
  const valid = PHONE.test(number);
  const e164 = number.startsWith('+') ? number : `+${number}`;
  if (valid) for (const field of asked) charge(services, state, { number: e164, item: `lookup/${field}` });
  const said = (name: string) => (valid && asked.includes(name) ? PACKAGES[name] : null);
  return json(200, {
    calling_country_code: valid ? e164.slice(1, 2) : null,
    country_code: valid ? services.world.inventory.countryOf(e164) : null,
    phone_number: e164,
    national_format: valid ? e164.slice(2) : null,
    valid,
    validation_errors: valid ? [] : ['INVALID_LENGTH'],
    caller_name: said('caller_name'),
    line_type_intelligence: said('line_type_intelligence'),
    sim_swap: said('sim_swap'),
    url: exchange.origin + exchange.path,
  });
}

function lookupV1(services: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const number = exchange.params['number'] ?? '';
  if (!PHONE.test(number)) return twilioError(404, 20404);
  const types = readForm(exchange.query).all('Type');
  const priced = types.filter((type) => type === 'carrier' || type === 'caller-name');
  for (const type of priced) charge(services, state, { number, item: `lookup/${type}` });
  return json(200, {
    phone_number: number,
    country_code: services.world.inventory.countryOf(number),
    national_format: number.slice(2),
    carrier: types.includes('carrier') ? { name: 'Sandbox Mobile', type: 'mobile', error_code: null } : null,
    caller_name: types.includes('caller-name') ? { caller_name: 'SANDBOX', caller_type: 'CONSUMER' } : null,
    add_ons: null,
    url: exchange.origin + exchange.path,
  });
}

function charge(
  { world }: TwilioServices,
  { account }: TwilioState,
  { number, item }: { readonly number: string; readonly item: string },
): void {
  const at = world.now();
  const { amount } = world.prices.price('twilio', item, null);
  world.bill.charge({ account, resource: number, item, to: number, units: 1, amount, at, finalAt: at });
}
