import { compileOperations, type OperationData } from '../operations.ts';
import type { VendorFacts } from '../vendor.ts';
import data from './operations.json' with { type: 'json' };

export const VENDOR = 'livekit';
/** Stands in the table for every project of the cloud, and for the host of a server of one's own. */
const PROJECT = '{project}.livekit.cloud';
const CLOUD = /^[a-z0-9-]{1,63}\.livekit\.cloud$/;

export const facts: VendorFacts = {
  name: 'LiveKit',
  hosts: ['*.livekit.cloud'],
  docs: 'https://docs.livekit.io/reference/',
  statusPage: 'https://status.livekit.io',
  currency: 'USD',
  ownHost: PROJECT,
  disarming: [],
  baseUrlVariables: {},
  blindSpots: [
    'livekit-server-sdk (Node), livekit-server (Java) and livekit-api for Rust drop the path of their host argument: give the project a port of its own (`listeners.hosts`).',
    'livekit-api for Python obeys no proxy variable: give it the base URL, which keeps its path, or a session with `trust_env=True`.',
  ],
};

export const operations = compileOperations(VENDOR, data as unknown as OperationData, (host) =>
  host === PROJECT || CLOUD.test(host) ? PROJECT : null,
);
