import { Secret } from '../../kernel/secret.ts';
import { parseJwt, signJwt } from '../shared/jwt.ts';
import type { AccountField, CustodyAdapter, OpenAccount } from '../custody-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { fullGrants, leastGrants, missingGrant } from './grants.ts';
import { snippets } from './snippets.ts';

/** Seconds that a token of ours is good for: it is used at once. */
const LIFE = 120;
/** Seconds by which the vendor's clock may be behind ours. */
const BACKDATE = 30;
const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

const fields: readonly AccountField[] = [
  {
    name: 'apiKey',
    label: 'API key',
    secret: false,
    required: true,
    pattern: /^[A-Za-z0-9_-]{3,64}$/,
    problem: 'It is the key of the project, such as APIxxxxxxxxxxxx.',
  },
  {
    name: 'apiSecret',
    label: 'API secret',
    secret: true,
    required: true,
    pattern: /^[\x21-\x7e]{6,256}$/,
    problem: 'It is the secret that was shown with the API key.',
  },
  {
    name: 'host',
    label: 'Host of the project or of your own server',
    secret: false,
    required: true,
    pattern: /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/,
    problem: 'It is a DNS name such as my-project.livekit.cloud, without https:// and port.',
  },
];

export const custody: CustodyAdapter = {
  fields,
  kinds: ['hs256'],
  issue(_kind, account, sources) {
    const apiKey = `API${sources.hex(12)}`;
    const secret = new Secret(sources.virtualSecret());
    const parts = { apiKey, apiSecret: secret, host: account['host'] ?? '' };
    return { kind: 'hs256', publicId: apiKey, parts, verifier: secret };
  },
  snippets,
  read(request) {
    const token = tokenOf(request);
    const jwt = token === null ? null : parseJwt(token);
    const issuer = jwt?.claims['iss'];
    return jwt !== null && typeof issuer === 'string' && issuer !== ''
      ? { kind: 'jwt', publicId: issuer, algorithm: 'HS256', jwt }
      : null;
  },
  authorize,
  checkClaims({ id }, claims) {
    if (typeof claims['exp'] !== 'number') return 'The token has no `exp`.';
    const missing = missingGrant(id, claims);
    return missing === null ? null : `The token does not grant \`${missing}\`, which ${id} needs.`;
  },
  checkAccount(request, own) {
    const { host } = own;
    return host === undefined || host === request.host ? null : `The key belongs to the project at ${host}.`;
  },
  test(account, now) {
    const request: WireRequest = {
      method: 'POST',
      host: account.fields['host'] ?? '',
      path: '/twirp/livekit.RoomService/ListRooms',
      segments: ['twirp', 'livekit.RoomService', 'ListRooms'],
      query: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{}'),
    };
    return {
      request: authorize(request, account, now),
      accepts: ({ status }: WireResponse) => status === 200,
    };
  },
  sealedAnswerFields: [
    'authPassword',
    'auth_password',
    'inboundPassword',
    'inbound_password',
    'outboundPassword',
    'outbound_password',
    'signingKey',
    'signing_key',
    'secret',
    'sessionToken',
    'session_token',
    'accountKey',
    'account_key',
    // Of a room; lists of rooms show it.
    'turnPassword',
    'turn_password',
    // Of storage and its proxy. The server blanks them only in answers with a single output.
    'credentials',
    'password',
    'accessKey',
    'access_key',
    'assumeRoleExternalId',
    'assume_role_external_id',
  ],
};

/** The vendor also takes a token from the query, which the SDKs do not use; it is neither read nor passed on. */
function tokenOf({ headers }: WireRequest): string | null {
  return BEARER.exec(headers['authorization'] ?? '')?.[1] ?? null;
}

/** `Service.Method` of a Twirp path. */
function callOf({ segments }: WireRequest): string {
  return `${(segments[1] ?? '').replace(/^livekit\./, '')}.${segments[2] ?? ''}`;
}

/** Signs with the real key, for the least that the call needs and the app's own token also grants. */
function authorize(request: WireRequest, account: OpenAccount, now: number): WireRequest {
  const { authorization: _presented, ...headers } = request.headers;
  const bare = { ...request, query: '', headers };
  const { apiSecret } = account.secrets;
  const token = tokenOf(request);
  if (apiSecret === undefined) return bare;
  const claims = token === null ? null : (parseJwt(token)?.claims ?? {});
  const grants = claims === null ? fullGrants(callOf(request)) : leastGrants(callOf(request), claims);
  const seconds = Math.floor(now / 1000);
  const times = { nbf: seconds - BACKDATE, exp: seconds + LIFE };
  const signed = signJwt({ iss: account.fields['apiKey'], ...times, ...grants }, 'HS256', apiSecret.reveal());
  return { ...bare, headers: { ...headers, authorization: `Bearer ${signed}` } };
}
