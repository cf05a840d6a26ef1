import type { PriceRecord } from '../../store/records.ts';
import { decimalText } from '../amounts.ts';
import { json, type Exchange } from '../core.ts';
import { COUNTRIES } from '../price-data.ts';
import type { Route } from '../router.ts';
import { notFound } from './errors.ts';
import type { TwilioServices, TwilioState } from './state.ts';

const PRICING = 'pricing.twilio.com';

/** The vendor's price API, filled from the sandbox's own book. */
export function pricingRoutes({ world }: TwilioServices): readonly Route<TwilioState>[] {
  const records = (item: string, country: string) => {
    const prefixes = new Set(COUNTRIES.filter(([, code]) => code === country).map(([prefix]) => prefix));
    return world.prices
      .records('twilio')
      .filter((record) => record.item === item && prefixes.has(record.prefix));
  };
  const country = (
    path: string,
    item: string,
    body: (rows: readonly PriceRecord[]) => Readonly<Record<string, unknown>>,
  ): Route<TwilioState>[] => [
    ['GET', PRICING, path, (_state, exchange) => listCountries(exchange)],
    [
      'GET',
      PRICING,
      `${path}/{country}`,
      (_state, exchange) => {
        const code = exchange.params['country'] ?? '';
        const rows = records(item, code);
        if (rows.length === 0) return notFound(exchange.path);
        const head = {
          country: code,
          iso_country: code,
          price_unit: rows[0]?.currency,
          url: exchange.origin + exchange.path,
        };
        return json(200, { ...head, ...body(rows) });
      },
    ],
  ];
  const prices = ({ amount }: PriceRecord) => ({
    base_price: decimalText(amount, 4),
    current_price: decimalText(amount, 4),
  });
  return [
    ...country('/v1/Messaging/Countries', 'message.send/sms', (rows) => ({
      outbound_sms_prices: rows.slice(0, 1).map((row) => ({
        carrier: 'Other',
        mcc: '000',
        mnc: '00',
        prices: [{ number_type: 'mobile', ...prices(row) }],
      })),
      inbound_sms_prices: [],
    })),
    ...country('/v2/Voice/Countries', 'call.create/voice', (rows) => ({
      outbound_prefix_prices: rows.map((row) => ({
        destination_prefixes: [row.prefix],
        friendly_name: `Prefix ${row.prefix}`,
        origination_prefixes: ['ALL'],
        ...prices(row),
      })),
      inbound_call_prices: [],
    })),
    ...country('/v1/PhoneNumbers/Countries', 'number.buy', (rows) => ({
      phone_number_prices: rows.slice(0, 1).map((row) => ({ number_type: 'local', ...prices(row) })),
    })),
  ];
}

function listCountries({ origin, path }: Exchange) {
  const codes = [...new Set(COUNTRIES.flatMap(([, code]) => (code === null ? [] : [code])))];
  const countries = codes.map((code) => ({
    country: code,
    iso_country: code,
    url: `${origin}${path}/${code}`,
  }));
  const url = origin + path;
  const links = { first_page_url: url, previous_page_url: null, url, next_page_url: null };
  return json(200, { countries, meta: { page: 0, page_size: countries.length, key: 'countries', ...links } });
}
