import { compileOperations, type OperationData, type OperationTable } from '../operations.ts';
import type { VendorFacts } from '../vendor.ts';
import data from './operations.json' with { type: 'json' };

export const VENDOR = 'vonage';
export const API_HOST = 'api.nexmo.com';
export const REST_HOST = 'rest.nexmo.com';
export const VIDEO_HOST = 'video.api.vonage.com';
export const NETWORK_HOST = 'api-eu.vonage.com';

/** Regional names of the API host: the same paths, answered in one region. `api-eu.vonage.com` has network APIs besides. */
const REGIONAL_HOSTS = [
  'api-us.nexmo.com',
  'api-eu.nexmo.com',
  'api-ap.nexmo.com',
  'api-us.vonage.com',
  NETWORK_HOST,
  'api-ap.vonage.com',
];

export const facts: VendorFacts = {
  name: 'Vonage',
  hosts: [API_HOST, REST_HOST, VIDEO_HOST, ...REGIONAL_HOSTS],
  docs: 'https://developer.vonage.com/en/api',
  statusPage: 'https://vonageapi.statuspage.io',
  currency: 'EUR',
  // Fraud Defender (SMS, Messages) and the network blocks of Verify v2.
  disarming: ['trusted_recipient=true', 'trusted-number', 'trusted-recipient', 'fraud_check=false'],
  blindSpots: ['@vonage/server-sdk obeys no proxy variable; set NODE_USE_ENV_PROXY=1 or its host options.'],
};

const table = compileOperations(VENDOR, data as unknown as OperationData, (host) =>
  (data.hosts as readonly string[]).includes(host) ? host : null,
);

export const operations: OperationTable = Object.freeze({
  rows: table.rows,
  match(method: string, host: string, segments: readonly string[]) {
    const found = table.match(method, host, segments);
    if (found !== null || !REGIONAL_HOSTS.includes(host)) return found;
    return table.match(method, API_HOST, segments);
  },
});
