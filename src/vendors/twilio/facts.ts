import { compileOperations, type OperationData, type OperationTable } from '../operations.ts';
import type { VendorFacts } from '../vendor.ts';
import data from './operations.json' with { type: 'json' };

export const VENDOR = 'twilio';
export const API_HOST = 'api.twilio.com';
export const VERIFY_HOST = 'verify.twilio.com';
/** First path segment of the core API. */
export const API_VERSION = '2010-04-01';

const DOMAIN = '.twilio.com';
const PRODUCTS: ReadonlySet<string> = new Set(data.hosts);
/** https://www.twilio.com/docs/global-infrastructure: processing regions and the edges that lead to them. */
const REGIONS = ['us1', 'ie1', 'au1'];
const EDGES = [
  'ashburn',
  'dublin',
  'frankfurt',
  'roaming',
  'sao-paulo',
  'singapore',
  'sydney',
  'tokyo',
  'umatilla',
];
const PLACES = new Set([
  ...REGIONS,
  ...REGIONS.flatMap((region) => EDGES.map((edge) => `${edge}.${region}`)),
]);

export const facts: VendorFacts = {
  name: 'Twilio',
  hosts: [...PRODUCTS, ...[...PLACES].map((place) => `*.${place}${DOMAIN}`)],
  docs: 'https://www.twilio.com/docs/usage/api',
  statusPage: 'https://status.twilio.com',
  currency: 'USD',
  // Switches the SMS pumping protection and the fraud guard off for one message or verification.
  disarming: ['RiskCheck=disable'],
  blindSpots: [
    'twilio for Node obeys HTTP_PROXY only, and then drops TWILIO_CA_BUNDLE; trust the CA through NODE_EXTRA_CA_CERTS.',
    'AsyncTwilioHttpClient (Python) obeys no proxy variable and no proxy_url; set its `session` to aiohttp.ClientSession(trust_env=True).',
    'The crate twilio (Rust) obeys no proxy variable and takes no base URL; transparent TLS covers it.',
  ],
};

/** `api.twilio.com` for itself and for `api.dublin.ie1.twilio.com` or `api.ie1.twilio.com`; null for every other name. */
export function productHost(host: string): string | null {
  if (PRODUCTS.has(host)) return host;
  if (!host.endsWith(DOMAIN)) return null;
  const dot = host.indexOf('.');
  const place = host.slice(dot + 1, Math.max(dot + 1, host.length - DOMAIN.length));
  const product = host.slice(0, dot) + DOMAIN;
  return PLACES.has(place) && PRODUCTS.has(product) ? product : null;
}

export const operations: OperationTable = compileOperations(
  VENDOR,
  data as unknown as OperationData,
  productHost,
);
