import { compileOperations, type OperationData } from '../operations.ts';
import type { VendorFacts } from '../vendor.ts';
import data from './operations.json' with { type: 'json' };

export const VENDOR = 'telnyx';
export const API_HOST = 'api.telnyx.com';

export const facts: VendorFacts = {
  name: 'Telnyx',
  hosts: [API_HOST],
  docs: 'https://developers.telnyx.com',
  statusPage: 'https://status.telnyx.com',
  currency: 'USD',
  // E-mail to people who said that they want none.
  disarming: ['ignore_suppression=true'],
  // The SDK sends a POST again after 408, 409, 429 and 5xx unless this header forbids it.
  noRetry: { 'x-should-retry': 'false' },
  baseUrlVariables: { TELNYX_BASE_URL: `${API_HOST}/v2` },
  blindSpots: ['telnyx (Node) obeys no proxy variable; set TELNYX_BASE_URL or NODE_USE_ENV_PROXY=1.'],
};

export const operations = compileOperations(VENDOR, data as unknown as OperationData, (host) =>
  host === API_HOST ? host : null,
);
