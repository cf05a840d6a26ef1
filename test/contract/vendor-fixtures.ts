import { generateKeyPairSync } from 'node:crypto';
import { basicHeader } from '../../src/vendors/shared/basic-auth.ts';
import { signJwt, verifyJwt } from '../../src/vendors/shared/jwt.ts';
import { issueSources, NOW, openAccount, wire } from '../../src/vendors/shared/wire-fixture.ts';
import type { IssuedCredential, IssueSources, OpenAccount } from '../../src/vendors/custody-adapter.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import type { Operation, WireRequest } from '../../src/vendors/wire.ts';

/** How one vendor is driven by the contract: an account with made-up credentials, and where apps put theirs. */
export interface VendorFixture {
  readonly account: OpenAccount;
  /** A host of the vendor that a request can name. */
  readonly host: string;
  /** Requests that carry an issued credential, one for each place in which the vendor takes it. */
  readonly carry: (kind: IssuedCredential['kind'], parts: Readonly<Record<string, string>>) => WireRequest[];
}

const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const realRsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

export const sources: IssueSources = issueSources(rsa);

const TWILIO_SID = `AC${'0123456789abcdef'.repeat(2)}`;
const seconds = NOW / 1000;

export const FIXTURES: Readonly<Record<string, VendorFixture>> = {
  twilio: {
    account: openAccount(
      { accountSid: TWILIO_SID, apiKeySid: `SK${'fedcba9876543210'.repeat(2)}` },
      { authToken: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', apiKeySecret: 'aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV' },
    ),
    host: 'api.twilio.com',
    carry: (_kind, { accountSid = '', authToken, apiKeySid = accountSid, apiKeySecret = '' }) => [
      wire('api.twilio.com', {
        url: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
        headers: {
          authorization: basicHeader(apiKeySid, authToken ?? apiKeySecret),
          'twilio-client-validation': `a.${authToken ?? apiKeySecret}.b`,
        },
      }),
    ],
  },
  vonage: {
    account: openAccount(
      { apiKey: 'a1b2c3d4', applicationId: '01234567-89ab-cdef-0123-456789abcdef' },
      { apiSecret: 'real-secret-of-the-account', privateKey: realRsa.privateKey },
    ),
    host: 'api.nexmo.com',
    carry: (kind, parts) => (kind === 'rs256' ? vonageToken(parts) : vonagePlaces(parts)),
  },
  telnyx: {
    account: openAccount({}, { apiKey: 'KEYreal-key-of-the-account' }),
    host: 'api.telnyx.com',
    carry: (_kind, { apiKey = '' }) => [
      wire('api.telnyx.com', { url: '/v2/balance', headers: { authorization: `Bearer ${apiKey}` } }),
    ],
  },
  livekit: {
    account: openAccount(
      { apiKey: 'APIrealkey', host: 'project.livekit.cloud' },
      { apiSecret: 'real-secret-of-the-project' },
    ),
    host: 'project.livekit.cloud',
    carry: (_kind, { apiKey = '', apiSecret = '' }) => {
      const claims = { iss: apiKey, exp: seconds + 60, video: { roomList: true } };
      const authorization = `Bearer ${signJwt(claims, 'HS256', apiSecret)}`;
      const url = '/twirp/livekit.RoomService/ListRooms';
      return [wire('project.livekit.cloud', { url, json: {}, headers: { authorization } })];
    },
  },
};

function vonageToken({ applicationId = '', privateKey = '' }: Readonly<Record<string, string>>) {
  const claims = { application_id: applicationId, iat: seconds, exp: seconds + 60, jti: 'one' };
  const authorization = `Bearer ${signJwt(claims, 'RS256', privateKey)}`;
  return [wire('api.nexmo.com', { url: '/v1/calls', headers: { authorization } })];
}

function vonagePlaces({ apiKey = '', apiSecret = '' }: Readonly<Record<string, string>>) {
  const pair = { api_key: apiKey, api_secret: apiSecret };
  const host = 'rest.nexmo.com';
  return [
    wire('api.nexmo.com', {
      url: '/v1/messages',
      json: {},
      headers: { authorization: basicHeader(apiKey, apiSecret) },
    }),
    wire(host, { url: `/account/get-balance?${new URLSearchParams(pair).toString()}` }),
    wire(host, { url: '/sms/json', form: { ...pair, to: '15005550006', from: 'x', text: 'hi' } }),
    wire(host, { url: '/sms/json', json: { ...pair, to: '15005550006', from: 'x', text: 'hi' } }),
  ];
}

export function fixtureOf({ id }: Vendor): VendorFixture {
  const fixture = FIXTURES[id];
  if (fixture === undefined) throw new Error(`Add a fixture for ${id} to test/contract/vendor-fixtures.ts.`);
  return fixture;
}

/** A request for an operation, with made-up values for its placeholders. */
export function requestFor(operation: Operation, vendor: Vendor): WireRequest {
  const url = operation.path.replaceAll(/\{([^}]*)\}/g, (_all, name: string) =>
    /number/i.test(name) ? '+15005550006' : 'value-1',
  );
  const host = operation.host.includes('{') ? fixtureOf(vendor).host : operation.host;
  return wire(host, { method: operation.method, url });
}

/** All bytes of a request in which a credential could stand, its base64 parts decoded too. */
export function bytesOf({ path, query, headers, body }: WireRequest): string {
  const texts = [path, query, body.toString('latin1'), ...Object.values(headers).map((value) => value ?? '')];
  const decoded = texts.flatMap((text) => text.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? []);
  const clear = decoded.map((text) => Buffer.from(text, 'base64').toString('latin1'));
  return [...texts, ...texts.map(percentDecoded), ...clear].join('\n');
}

/** A real secret in clear, or a token that the account's key signed and no app did. */
export function holdsRealCredential(request: WireRequest, { secrets }: OpenAccount): boolean {
  const bytes = bytesOf(request);
  if (Object.values(secrets).some((secret) => bytes.includes(secret.reveal()))) return true;
  const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
  const hmacKey = secrets['apiSecret']?.reveal() ?? '';
  return [
    { algorithm: 'HS256', key: hmacKey } as const,
    { algorithm: 'RS256', key: realRsa.publicKey } as const,
  ].some((expectation) => verifyJwt(token, { ...expectation, now: NOW }) !== null);
}

function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
