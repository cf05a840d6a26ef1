import { Secret } from '../../kernel/secret.ts';
import { plainGet } from '../shared/requests.ts';
import type { AccountField, CustodyAdapter } from '../custody-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { API_HOST } from './facts.ts';
import { snippets } from './snippets.ts';

/** Real keys start so, and scanners look for it; what follows is the virtual secret. */
const PREFIX = 'KEY';
const BEARER = /^Bearer ([\x21-\x7e]{1,512})$/i;

const fields: readonly AccountField[] = [
  {
    name: 'apiKey',
    label: 'API key',
    secret: true,
    required: true,
    pattern: /^KEY[\x21-\x7e]{16,200}$/,
    problem: 'It is an API v2 key of the portal and starts with KEY.',
  },
];

export const custody: CustodyAdapter = {
  fields,
  kinds: ['secret'],
  issue(_kind, _account, sources) {
    const secret = sources.virtualSecret();
    return {
      kind: 'secret',
      publicId: null,
      parts: { apiKey: new Secret(`${PREFIX}${secret}`) },
      verifier: new Secret(secret),
    };
  },
  snippets,
  read(request) {
    const presented = BEARER.exec(request.headers['authorization'] ?? '')?.[1];
    if (presented === undefined) return null;
    const secret = presented.startsWith(PREFIX) ? presented.slice(PREFIX.length) : presented;
    return { kind: 'secret', publicId: null, secret };
  },
  authorize(request, account): WireRequest {
    const key = account.secrets['apiKey']?.reveal();
    const { authorization: _presented, ...headers } = request.headers;
    return {
      ...request,
      headers: key === undefined ? headers : { ...headers, authorization: `Bearer ${key}` },
    };
  },
  test(account, now) {
    const request = custody.authorize(plainGet(API_HOST, ['v2', 'balance']), account, now);
    return { request, accepts: ({ status }: WireResponse) => status === 200 };
  },
  sealedAnswerFields: [
    'api_key',
    'api_token',
    'api_secret',
    'v1_secret',
    'client_secret',
    'private_key',
    'sip_password',
    'sip_auth_password',
    'password',
    'ip_authentication_token',
    'access_key',
    'secret_access_key',
    'aws_secret_access_key',
    'account_key',
    'credentials',
    'primary_bgp_key',
    'secondary_bgp_key',
    // The PIN with which a number can be ported away.
    'external_pin',
    'attempted_pin',
    'pin_passcode',
    // The code that was sent to somebody to prove that a number is theirs.
    'custom_code',
  ],
};
