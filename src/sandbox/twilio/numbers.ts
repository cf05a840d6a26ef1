import { empty, json, type Exchange, type Reply } from '../core.ts';
import { readForm, wholeNumber, type Fields } from '../fields.ts';
import type { OwnedNumber } from '../inventory.ts';
import { logOf } from '../log.ts';
import type { Route } from '../router.ts';
import { notFound, twilioError } from './errors.ts';
import { list2010 } from './pages.ts';
import { API_VERSION, rfc2822, type TwilioServices, type TwilioState } from './state.ts';

const API = 'api.twilio.com';
const BASE = '/2010-04-01/Accounts/{account}';
const PHONE = /^\+[1-9]\d{6,14}$/;
const CAPABILITIES = { voice: true, sms: true, mms: true, fax: false };

/** Parameters that a number keeps, and their names in answers. */
const KEPT: Readonly<Record<string, string>> = {
  FriendlyName: 'friendly_name',
  VoiceUrl: 'voice_url',
  VoiceMethod: 'voice_method',
  SmsUrl: 'sms_url',
  SmsMethod: 'sms_method',
  StatusCallback: 'status_callback',
};

export function numberRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  const { inventory } = services.world;
  const owned = (state: TwilioState, { params }: Exchange) =>
    inventory.of(state.account).find(({ id }) => id === params['sid']);
  const buy = (state: TwilioState, exchange: Exchange) => buyNumber(services, state, exchange);
  const one =
    (use: (state: TwilioState, number: OwnedNumber, exchange: Exchange) => Reply) =>
    (state: TwilioState, exchange: Exchange): Reply => {
      const found = owned(state, exchange);
      return found === undefined ? notFound(exchange.path) : use(state, found, exchange);
    };
  const kinds = ['Local', 'Mobile', 'TollFree'];
  return [
    ...kinds.flatMap((kind): Route<TwilioState>[] => [
      [
        'GET',
        API,
        `${BASE}/AvailablePhoneNumbers/{country}/${kind}.json`,
        (_state, exchange) => search(services, exchange),
      ],
      ['POST', API, `${BASE}/IncomingPhoneNumbers/${kind}.json`, buy],
    ]),
    ['POST', API, `${BASE}/IncomingPhoneNumbers.json`, buy],
    [
      'GET',
      API,
      `${BASE}/IncomingPhoneNumbers.json`,
      (state, exchange) => listNumbers(services, state, exchange),
    ],
    [
      'GET',
      API,
      `${BASE}/IncomingPhoneNumbers/{sid}.json`,
      one((state, number) => json(200, view(state, number))),
    ],
    [
      'POST',
      API,
      `${BASE}/IncomingPhoneNumbers/{sid}.json`,
      one((state, number, { body }) => {
        keepSettings(number, readForm(body.toString()));
        return json(200, view(state, number));
      }),
    ],
    [
      'DELETE',
      API,
      `${BASE}/IncomingPhoneNumbers/{sid}.json`,
      one((_state, number) => {
        inventory.release(number);
        return empty(204);
      }),
    ],
  ];
}

function search({ world }: TwilioServices, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const country = exchange.params['country'] ?? '';
  const found = world.inventory.search({
    country,
    limit: wholeNumber(fields.get('PageSize'), 30, 1, 1000),
    areaCode: fields.get('AreaCode'),
    contains: fields.get('Contains'),
  });
  if (found === null) return notFound(exchange.path);
  const available = found.map((number) => ({
    friendly_name: number,
    phone_number: number,
    iso_country: country,
    capabilities: CAPABILITIES,
    beta: false,
    address_requirements: 'none',
  }));
  return json(200, { available_phone_numbers: available, uri: exchange.path });
}

function buyNumber({ world }: TwilioServices, state: TwilioState, { body }: Exchange): Reply {
  const { inventory, ids, bill } = world;
  const fields = readForm(body.toString());
  const areaCode = fields.get('AreaCode');
  const free = () => inventory.search({ country: 'US', limit: 1, areaCode })?.[0];
  const wanted = fields.get('PhoneNumber') ?? (areaCode === undefined ? undefined : free());
  if (wanted === undefined) return twilioError(400, areaCode === undefined ? 21421 : 21452);
  if (!PHONE.test(wanted)) return twilioError(400, 21421);
  const number = inventory.buy(state.account, `PN${ids.linkedHex(bill.length)}`, wanted);
  if (number === null) return twilioError(400, 21422, `${wanted} is not available`);
  keepSettings(number, fields);
  return json(201, view(state, number));
}

function keepSettings({ settings }: OwnedNumber, fields: Fields): void {
  for (const [parameter, name] of Object.entries(KEPT)) {
    const value = fields.get(parameter);
    if (value !== undefined) settings[name] = value;
  }
}

function listNumbers({ world }: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const wanted = readForm(exchange.query).get('PhoneNumber');
  const log = logOf(world.inventory.of(state.account), ({ id }) => id);
  return list2010(exchange, {
    log,
    key: 'incoming_phone_numbers',
    view: (number) => view(state, number),
    accept: wanted === undefined ? undefined : ({ number }) => number.includes(wanted),
  });
}

function view(state: TwilioState, { id, number, boughtAt, settings }: OwnedNumber): unknown {
  const account = state.account.id;
  return {
    sid: id,
    account_sid: account,
    phone_number: number,
    friendly_name: number,
    voice_url: '',
    voice_method: 'POST',
    sms_url: '',
    sms_method: 'POST',
    status_callback: '',
    ...settings,
    api_version: API_VERSION,
    beta: false,
    capabilities: CAPABILITIES,
    date_created: rfc2822(boughtAt),
    date_updated: rfc2822(boughtAt),
    origin: 'twilio',
    status: 'in-use',
    uri: `/${API_VERSION}/Accounts/${account}/IncomingPhoneNumbers/${id}.json`,
  };
}
