import { RingfenceError } from '../../kernel/errors.ts';
import { Secret } from '../../kernel/secret.ts';
import { basicHeader, readBasic } from '../shared/basic-auth.ts';
import { parseForm, parseFormText } from '../shared/form.ts';
import { type JsonValue, readJsonObject } from '../shared/json-body.ts';
import { hasMediaType, withHeaders } from '../shared/requests.ts';
import type {
  AccountField,
  CustodyAdapter,
  IssuedCredential,
  IssueSources,
  OpenAccount,
} from '../custody-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { accountGet } from './requests.ts';
import { snippets } from './snippets.ts';

const SID = /^(?:AC|SK)[0-9A-Za-z]{1,64}$/;
/** Names of parameters with an account. Voice Insights has one for a subaccount that does not end in `Sid`. */
const NAMES_ACCOUNT = /account_?sid$|^subaccount$/i;
const SPANS_ACCOUNTS = /^include_?subaccounts$/i;

const fields: readonly AccountField[] = [
  {
    name: 'accountSid',
    label: 'Account SID',
    secret: false,
    required: true,
    pattern: /^AC[0-9a-f]{32}$/,
    problem: 'It is AC and 32 hexadecimal digits.',
  },
  {
    name: 'authToken',
    label: 'Auth token',
    secret: true,
    required: false,
    pattern: /^[0-9a-f]{32}$/,
    problem: 'It has 32 hexadecimal digits. Without it webhooks cannot be verified.',
  },
  {
    name: 'apiKeySid',
    label: 'API key SID',
    secret: false,
    required: false,
    pattern: /^SK[0-9a-f]{32}$/,
    problem: 'It is SK and 32 hexadecimal digits; give it with apiKeySecret.',
  },
  {
    name: 'apiKeySecret',
    label: 'API key secret',
    secret: true,
    required: false,
    pattern: /^[0-9A-Za-z]{16,64}$/,
    problem: 'It is the secret that was shown when the API key was made; give it with apiKeySid.',
  },
];

export const custody: CustodyAdapter = {
  fields,
  kinds: ['secret', 'hs256'],
  issue,
  snippets,
  read(request) {
    const basic = readBasic(request.headers['authorization']);
    if (basic === null || !SID.test(basic.user)) return null;
    // An app may use its secret as an API key too; the key's name is then the app's own choice and proves nothing.
    const publicId = basic.user.startsWith('AC') ? basic.user : null;
    return { kind: 'secret', publicId, secret: basic.password };
  },
  explainMissing({ headers }) {
    return /^bearer /i.test(headers['authorization'] ?? '')
      ? 'OAuth access tokens cannot be taken over; use the account SID and the virtual auth token.'
      : null;
  },
  authorize: (request, account) => authorize(request, credentialOf(account)),
  checkAccount,
  test(account) {
    const credential = credentialOf(account);
    // A standard API key may not read the account itself.
    const request = accountGet(
      account.fields,
      credential.isKey ? ['Messages.json'] : [],
      credential.isKey ? 'PageSize=1' : '',
    );
    return {
      request: authorize(request, credential),
      accepts: ({ status }: WireResponse) => status === 200,
    };
  },
  sealedAnswerFields: [
    'auth_token',
    'secondary_auth_token',
    'secret',
    'client_secret',
    'write_key',
    'tls_key',
  ],
};

function issue(
  kind: IssuedCredential['kind'],
  account: Readonly<Record<string, string>>,
  sources: IssueSources,
): IssuedCredential {
  const accountSid = account['accountSid'];
  if (accountSid === undefined) throw new RingfenceError('input_invalid', 'The account has no accountSid.');
  const secret = new Secret(sources.virtualSecret());
  if (kind === 'secret')
    return { kind, publicId: accountSid, parts: { accountSid, authToken: secret }, verifier: secret };
  const apiKeySid = `SK${sources.hex(32)}`;
  return {
    kind: 'hs256',
    publicId: apiKeySid,
    parts: { accountSid, apiKeySid, apiKeySecret: secret },
    verifier: secret,
  };
}

/** The credential that requests are sent with. */
export interface Credential {
  readonly user: string;
  readonly password: Secret;
  readonly isKey: boolean;
}

/** An API key is preferred: it can be revoked without touching webhooks. */
function credentialOf({
  fields: { accountSid, apiKeySid },
  secrets: { authToken, apiKeySecret },
}: OpenAccount): Credential {
  if (apiKeySid !== undefined && apiKeySecret !== undefined)
    return { user: apiKeySid, password: apiKeySecret, isKey: true };
  if (accountSid !== undefined && authToken !== undefined)
    return { user: accountSid, password: authToken, isKey: false };
  throw new RingfenceError('input_invalid', 'Give authToken, or apiKeySid and apiKeySecret.');
}

/** Keys are managed with the auth token where there is one: standard API keys may not. */
export function ownerOf(account: OpenAccount): Credential {
  const { authToken } = account.secrets;
  const { accountSid } = account.fields;
  if (authToken === undefined || accountSid === undefined) return credentialOf(account);
  return { user: accountSid, password: authToken, isKey: false };
}

/** Puts the real credential in. Drops the client validation header: it signs the request with the app's credential, so it is void now. */
export function authorize(request: WireRequest, { user, password }: Credential): WireRequest {
  return withHeaders(request, {
    authorization: basicHeader(user, password.reveal()),
    'twilio-client-validation': undefined,
  });
}

/**
 * A key acts on its own account only. Subaccounts are accounts of their own here: the credential of a parent opens
 * them all, and the app's key must not.
 */
function checkAccount(
  request: WireRequest,
  { accountSid = '' }: Readonly<Record<string, string>>,
): string | null {
  const { segments } = request;
  const named =
    segments[1] === 'Accounts' && segments[2] !== undefined ? segments[2].replace(/\.json$/, '') : accountSid;
  if (named !== accountSid) return foreign('path', accountSid);
  if (segments.some((segment) => isForeignSid(segment, accountSid))) return foreign('path', accountSid);
  const forms = [parseFormText(request.query), parseForm(request.body)];
  for (const form of forms)
    for (const [name, value] of form.kind === 'form' ? form.entries : [])
      if (isForeign(name, value, accountSid)) return foreign('parameters', accountSid);
  return jsonNames(request, accountSid) ? foreign('body', accountSid) : null;
}

function isForeign(name: string, value: string, accountSid: string): boolean {
  if (SPANS_ACCOUNTS.test(name)) return value !== 'false';
  return NAMES_ACCOUNT.test(name) && value !== '' && value !== accountSid;
}

function isForeignSid(segment: string, accountSid: string): boolean {
  return /^AC[0-9a-f]{32}/i.test(segment) && !segment.startsWith(accountSid);
}

/** True when a JSON body names an account other than `accountSid` at any depth. Unreadable JSON is refused later. */
function jsonNames(request: WireRequest, accountSid: string): boolean {
  if (request.body.length === 0 || !hasMediaType(request, 'application/json')) return false;
  const read = readJsonObject(request.body);
  return read.ok && namesOther(read.value, accountSid);
}

function namesOther(value: JsonValue, accountSid: string, isAccount = false): boolean {
  if (typeof value === 'string') return isAccount && value !== '' && value !== accountSid;
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(value).some(([name, inner]) =>
    namesOther(inner, accountSid, isAccount || NAMES_ACCOUNT.test(name)),
  );
}

function foreign(where: string, accountSid: string): string {
  return (
    `The ${where} name another account than ${accountSid}. Add a subaccount as a vendor account of its own, ` +
    'and use a key that was made for it.'
  )
    .replace('The path name ', 'The path names ')
    .replace('The body name ', 'The body names ');
}
