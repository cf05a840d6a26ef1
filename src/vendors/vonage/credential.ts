import { RingfenceError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { basicHeader } from '../shared/basic-auth.ts';
import { type JsonValue, parseJsonObject } from '../shared/json-body.ts';
import { plainGet } from '../shared/requests.ts';
import type {
  AccountField,
  CustodyAdapter,
  IssuedCredential,
  IssueSources,
  OpenAccount,
  Presented,
} from '../custody-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { checkRestClaims, createApplicationTokens, LIFE } from './application-token.ts';
import { bodyKind } from './body.ts';
import { API_HOST, REST_HOST } from './facts.ts';
import { findCredential, isSigned, replaceKeys } from './places.ts';
import { snippets } from './snippets.ts';

const PEM =
  /^-----BEGIN (?:RSA )?PRIVATE KEY-----\r?\n[A-Za-z0-9+/=\r\n]+-----END (?:RSA )?PRIVATE KEY-----\s*$/;

const fields: readonly AccountField[] = [
  {
    name: 'apiKey',
    label: 'API key',
    secret: false,
    required: false,
    pattern: /^[0-9A-Za-z]{4,32}$/,
    problem: 'It is the 8-character key of the dashboard; give it with apiSecret.',
  },
  {
    name: 'apiSecret',
    label: 'API secret',
    secret: true,
    required: false,
    pattern: /^[^\s:]{8,64}$/,
    problem: 'It has 8 to 64 characters without spaces; give it with apiKey.',
  },
  {
    name: 'applicationId',
    label: 'Application id',
    secret: false,
    required: false,
    pattern: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
    problem: 'It is a UUID; give it with privateKey.',
  },
  {
    name: 'privateKey',
    label: 'Private key of the application',
    secret: true,
    required: false,
    pattern: PEM,
    problem: 'It is the RSA key in PEM that the dashboard made (private.key); give it with applicationId.',
  },
];

const tokens = createApplicationTokens();

export const custody: CustodyAdapter = {
  fields,
  kinds: ['secret', 'rs256'],
  issue,
  snippets,
  read(request): Presented | null {
    const found = isSigned(request) ? null : findCredential(request);
    if (found === null) return null;
    return found.place === 'bearer'
      ? { kind: 'jwt', publicId: found.applicationId, algorithm: 'RS256', jwt: found.jwt, life: LIFE }
      : { kind: 'secret', publicId: found.apiKey, secret: found.apiSecret };
  },
  explainMissing(request) {
    return isSigned(request)
      ? 'Requests signed with the signature secret (`sig`) cannot be taken over; send the API key and secret.'
      : null;
  },
  authorize,
  checkAccount,
  checkClaims: (_operation, claims) => checkRestClaims(claims),
  test(account, now) {
    const byKey = account.secrets['apiSecret'] !== undefined;
    if (!byKey && account.secrets['privateKey'] === undefined)
      throw new RingfenceError(
        'input_invalid',
        'Give apiKey and apiSecret, or applicationId and privateKey.',
      );
    const request = byKey
      ? plainGet(REST_HOST, ['account', 'get-balance'])
      : plainGet(API_HOST, ['v1', 'calls'], 'page_size=1');
    return {
      request: authorize(request, account, now),
      accepts: ({ status }: WireResponse) => status === 200,
    };
  },
  sealedAnswerFields: [
    'private_key',
    'api_secret',
    'apiSecret',
    'secret',
    'signature_secret',
    // Password of the SIP channel of a user or member.
    'password',
  ],
};

function issue(
  kind: IssuedCredential['kind'],
  account: Readonly<Record<string, string>>,
  sources: IssueSources,
): IssuedCredential {
  if (kind === 'rs256') {
    const applicationId = owned(account, 'applicationId');
    const { privateKey, publicKey } = sources.rsaKeyPair();
    const parts = { applicationId, privateKey: new Secret(privateKey) };
    return { kind, publicId: applicationId, parts, verifier: new Secret(publicKey) };
  }
  const apiKey = owned(account, 'apiKey');
  const secret = new Secret(sources.virtualSecret());
  return { kind: 'secret', publicId: apiKey, parts: { apiKey, apiSecret: secret }, verifier: secret };
}

function owned(account: Readonly<Record<string, string>>, name: string): string {
  const value = account[name];
  if (value === undefined)
    throw new RingfenceError('input_invalid', `The account has no ${name}, which a key of this kind needs.`);
  return value;
}

/** The real credential goes where the virtual one was; our own requests get the kind that their API takes. */
function authorize(request: WireRequest, account: OpenAccount, now: number): WireRequest {
  const found = findCredential(request);
  const place = found?.place ?? (needsToken(request, account) ? 'bearer' : 'basic');
  const apiKey = account.fields['apiKey'] ?? '';
  const apiSecret = account.secrets['apiSecret']?.reveal();
  const hasKeys = apiKey !== '' && apiSecret !== undefined;
  const bare = replaceKeys(request, hasKeys ? place : null, { apiKey, apiSecret: apiSecret ?? '' });
  const { authorization: _presented, 'x-opentok-auth': _legacy, ...headers } = bare.headers;
  if (place === 'bearer') {
    const token = tokens.sign(account, found?.place === 'bearer' ? found.jwt.claims : null, now);
    return { ...bare, headers: token === null ? headers : { ...headers, authorization: `Bearer ${token}` } };
  }
  if (place !== 'basic' || !hasKeys) return { ...bare, headers };
  return { ...bare, headers: { ...headers, authorization: basicHeader(apiKey, apiSecret) } };
}

/** Voice and Video take nothing but an application's token. */
function needsToken({ segments }: WireRequest, account: OpenAccount): boolean {
  const voice = segments[0] === 'v1' && segments[1] === 'calls';
  return account.secrets['apiSecret'] === undefined || (voice && account.secrets['privateKey'] !== undefined);
}

/** Why a request is refused that names another account or application, in its path, query or body. Null when it names none. */
function checkAccount(request: WireRequest, own: Readonly<Record<string, string>>): string | null {
  const [first, second, third] = request.segments;
  if (first === 'accounts' && second !== own['apiKey'])
    return 'The path names another API key than the account has.';
  if (first === 'v2' && second === 'project' && third !== own['applicationId'])
    return 'The path names another application than the account has.';
  const names = namesOfAccounts(first, second);
  if (names === null) return null;
  const foreign = parametersOf(request).find(
    // A server in PHP reads `account.id` as `account_id`.
    ([name, value]) =>
      names.test(name.replaceAll('.', '_')) &&
      value !== own['apiKey'] &&
      value !== false &&
      value !== 'false',
  );
  if (foreign === undefined) return null;
  return `${foreign[0]} reaches beyond the account. Add a subaccount as a vendor account of its own.`;
}

/** Parameters that extend a report to other accounts, or to subaccounts. */
const REPORTED = /^(?:account_id|include_subaccounts)$/i;
/** The parameter that buys, changes or returns a number for a subaccount. */
const TARGETS = /^target_api_key$/i;

function namesOfAccounts(first = '', second = ''): RegExp | null {
  if (first === 'v2' && second === 'reports') return REPORTED;
  return first === 'number' || first === 'account' ? TARGETS : null;
}

/** Parameters of query and body. Repeated or unreadable ones are left out here, since `readIntent` refuses them. */
function parametersOf(request: WireRequest): readonly (readonly [name: string, value: JsonValue])[] {
  const kind = bodyKind(request);
  const form = kind === 'form' ? request.body.toString('utf8') : '';
  const json = kind === 'json' ? parseJsonObject(request.body) : null;
  return [
    ...new URLSearchParams(request.query),
    ...new URLSearchParams(form),
    ...Object.entries<JsonValue>(json ?? {}),
  ];
}
