import type { Ids } from '../ids.ts';
import { readToken, signedBySecret } from '../jwt.ts';
import type { Exchange } from '../core.ts';

/** A vendor of whom nothing is simulated but the answer to one question: does this credential work? */
export interface OtherVendor {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly path: RegExp;
  /** Credential of a new account, by name; `secret` and perhaps `id`. */
  readonly make: (ids: Ids) => Readonly<Record<string, string>>;
  /** The credential in a request, as `id secret` or `secret`; null when there is none. `known`: those that there are, for what is proven by a signature. */
  readonly read: (exchange: Exchange, known: readonly string[]) => string | null;
  readonly live: unknown;
  readonly dead: Answer;
  /** How a credential with other permissions is answered. Absent: there is none such. */
  readonly restricted?: Answer;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const bearer = ({ headers }: Exchange): string | null =>
  headers.authorization?.replace(/^Bearer /, '') ?? null;
const scheme =
  (name: string) =>
  ({ headers: { authorization = '' } }: Exchange) =>
    authorization.startsWith(`${name} `) ? authorization.slice(name.length + 1) : null;
const header =
  (name: string) =>
  ({ headers }: Exchange) => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
/** `user password` of a basic header. */
const basic = ({ headers: { authorization = '' } }: Exchange): string | null =>
  authorization.startsWith('Basic ')
    ? Buffer.from(authorization.slice(6), 'base64').toString().replace(':', ' ')
    : null;

const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized' } };
const forbidden: Answer = { status: 403, body: { message: 'Forbidden' } };
const secretOf = (make: (ids: Ids) => string) => (ids: Ids) => ({ secret: make(ids) });

export const OTHER_VENDORS: readonly OtherVendor[] = [
  {
    id: 'sendgrid',
    hosts: ['api.sendgrid.com'],
    path: /^\/v3\/scopes$/,
    make: secretOf((ids) => `SG.${ids.alphanumeric(22)}.${ids.alphanumeric(43)}`),
    read: bearer,
    live: { scopes: ['mail.send', 'templates.read'] },
    dead: { status: 401, body: { errors: [{ field: null, message: 'authorization required' }] } },
    restricted: { status: 403, body: { errors: [{ field: null, message: 'access forbidden' }] } },
  },
  {
    id: 'plivo',
    hosts: ['api.plivo.com'],
    path: /^\/v1\/Account\/[^/]+\/$/,
    make: (ids) => ({ id: `MA${ids.alphanumeric(18).toUpperCase()}`, secret: ids.alphanumeric(40) }),
    read: basic,
    live: { cash_credits: '12.50', account_type: 'standard' },
    dead: { status: 401, body: 'Could not verify your access level for that URL.' },
  },
  {
    id: 'messagebird',
    hosts: ['rest.messagebird.com'],
    path: /^\/balance$/,
    make: secretOf((ids) => ids.alphanumeric(25)),
    read: scheme('AccessKey'),
    live: { payment: 'prepaid', type: 'euros', amount: 103 },
    dead: {
      status: 401,
      body: { errors: [{ code: 2, description: 'Request not allowed (incorrect access_key)' }] },
    },
    restricted: forbidden,
  },
  {
    id: 'mailgun',
    hosts: ['api.mailgun.net', 'api.eu.mailgun.net'],
    path: /^\/v3\/domains$/,
    make: (ids) => ({ id: 'api', secret: `key-${ids.hex(32)}` }),
    read: basic,
    live: { total_count: 1, items: [] },
    dead: { status: 401, body: 'Forbidden' },
    restricted: forbidden,
  },
  {
    id: 'brevo',
    hosts: ['api.brevo.com'],
    path: /^\/v3\/account$/,
    make: secretOf((ids) => `xkeysib-${ids.hex(64)}-${ids.alphanumeric(16)}`),
    read: header('api-key'),
    live: { companyName: 'Example', plan: [] },
    dead: { status: 401, body: { code: 'unauthorized', message: 'Key not found' } },
    restricted: {
      status: 401,
      body: {
        code: 'unauthorized',
        message: 'We have detected you are using an unrecognised IP address 192.0.2.1.',
      },
    },
  },
  {
    id: 'mailersend',
    hosts: ['api.mailersend.com'],
    path: /^\/v1\/api-quota$/,
    make: secretOf((ids) => `mlsn.${ids.hex(64)}`),
    read: bearer,
    live: { quota: 1000, remaining: 990 },
    dead: unauthorized,
    restricted: forbidden,
  },
  {
    id: 'resend',
    hosts: ['api.resend.com'],
    path: /^\/domains$/,
    make: secretOf((ids) => `re_${ids.alphanumeric(8)}_${ids.alphanumeric(24)}`),
    read: bearer,
    live: { data: [] },
    dead: { status: 400, body: { statusCode: 400, name: 'validation_error', message: 'API key is invalid' } },
    restricted: {
      status: 401,
      body: {
        statusCode: 401,
        name: 'restricted_api_key',
        message: 'This API key is restricted to only send emails',
      },
    },
  },
  {
    id: 'postmark',
    hosts: ['api.postmarkapp.com'],
    path: /^\/server$/,
    make: secretOf((ids) => ids.uuid()),
    read: header('x-postmark-server-token'),
    live: { ID: 1, Name: 'Example' },
    dead: { status: 401, body: { ErrorCode: 10, Message: 'No Account or Server API tokens were supplied' } },
  },
  {
    id: 'mailjet',
    hosts: ['api.mailjet.com'],
    path: /^\/v3\/REST\/apikey$/,
    make: (ids) => ({ id: ids.hex(32), secret: ids.hex(32) }),
    read: basic,
    live: { Count: 1, Data: [] },
    dead: unauthorized,
  },
  {
    id: 'sparkpost',
    hosts: ['api.sparkpost.com', 'api.eu.sparkpost.com'],
    path: /^\/api\/v1\/account$/,
    make: secretOf((ids) => ids.hex(40)),
    read: header('authorization'),
    live: { results: { company_name: 'Example' } },
    dead: { status: 401, body: { errors: [{ message: 'Unauthorized.' }] } },
    restricted: { status: 403, body: { errors: [{ message: 'Forbidden.' }] } },
  },
  {
    id: 'courier',
    hosts: ['api.courier.com'],
    path: /^\/preferences$/,
    make: secretOf((ids) => `pk_prod_${ids.alphanumeric(28).toUpperCase()}`),
    read: bearer,
    live: { items: [] },
    dead: unauthorized,
    restricted: forbidden,
  },
  {
    id: 'clicksend',
    hosts: ['rest.clicksend.com'],
    path: /^\/v3\/account$/,
    make: (ids) => ({ id: 'owner@example.com', secret: ids.uuid().toUpperCase() }),
    read: basic,
    live: { http_code: 200, data: { balance: '20.5' } },
    dead: unauthorized,
  },
  {
    id: 'bulksms',
    hosts: ['api.bulksms.com'],
    path: /^\/v1\/profile$/,
    make: (ids) => ({ id: ids.uuid().toUpperCase(), secret: ids.alphanumeric(29) }),
    read: basic,
    live: { credits: { balance: 41 } },
    dead: unauthorized,
  },
  {
    id: 'tyntec',
    hosts: ['api.tyntec.com'],
    path: /^\/2fa\/v1\/application$/,
    make: secretOf((ids) => ids.alphanumeric(32)),
    read: header('apikey'),
    live: [],
    dead: unauthorized,
    restricted: forbidden,
  },
  {
    id: 'voodoosms',
    hosts: ['api.voodoosms.com'],
    path: /^\/credits$/,
    make: secretOf((ids) => ids.alphanumeric(46)),
    read: bearer,
    live: { amount: '31' },
    dead: unauthorized,
    restricted: forbidden,
  },
  {
    id: 'd7',
    hosts: ['rest-api.d7networks.com'],
    path: /^\/secure\/balance$/,
    make: secretOf((ids) => Buffer.from(`${ids.alphanumeric(8)}:${ids.alphanumeric(8)}`).toString('base64')),
    read: scheme('Basic'),
    live: { data: { balance: 2.5 } },
    dead: unauthorized,
  },
  {
    id: 'apifonica',
    hosts: ['api.apifonica.com'],
    path: /^\/v2\/accounts$/,
    make: (ids) => ({ id: `acc${ids.uuid()}`, secret: `auth${ids.uuid()}` }),
    read: basic,
    live: { accounts: [] },
    dead: unauthorized,
  },
  {
    id: '46elks',
    hosts: ['api.46elks.com'],
    path: /^\/a1\/me$/i,
    make: (ids) => ({ id: `u${ids.hex(32)}`, secret: ids.hex(32).toUpperCase() }),
    read: basic,
    live: { id: 'u1', balance: 10000, currency: 'SEK' },
    dead: { status: 401, body: 'API access requires Basic HTTP authentication' },
    restricted: forbidden,
  },
  {
    id: 'ultravox',
    hosts: ['api.ultravox.ai'],
    path: /^\/api\/calls$/,
    make: secretOf((ids) => `${ids.alphanumeric(8)}.${ids.alphanumeric(32)}`),
    read: header('x-api-key'),
    live: { results: [], total: 0 },
    dead: unauthorized,
  },
  {
    id: 'elevenlabs',
    hosts: ['api.elevenlabs.io'],
    path: /^\/v1\/user$/,
    make: secretOf((ids) => `sk_${ids.hex(48)}`),
    read: header('xi-api-key'),
    live: { subscription: { tier: 'creator' } },
    dead: { status: 401, body: { detail: { status: 'invalid_api_key', message: 'Invalid API key' } } },
    restricted: { status: 401, body: { detail: { status: 'missing_permissions', message: 'user_read' } } },
  },
  {
    id: 'deepgram',
    hosts: ['api.deepgram.com'],
    path: /^\/v1\/projects$/,
    make: secretOf((ids) => ids.hex(40)),
    read: scheme('Token'),
    live: { projects: [] },
    dead: { status: 401, body: { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.' } },
    restricted: { status: 403, body: { err_code: 'INSUFFICIENT_PERMISSIONS' } },
  },
  {
    id: 'daily',
    hosts: ['api.daily.co'],
    path: /^\/v1\/rooms$/,
    make: secretOf((ids) => ids.hex(64)),
    read: bearer,
    live: { total_count: 0, data: [] },
    dead: { status: 400, body: { error: 'authentication-error' } },
  },
  {
    id: 'agora',
    hosts: ['api.agora.io'],
    path: /^\/dev\/v1\/projects$/,
    make: (ids) => ({ id: ids.hex(32), secret: ids.hex(32) }),
    read: basic,
    live: { projects: [] },
    dead: { status: 401, body: { message: 'Invalid authentication credentials' } },
    restricted: forbidden,
  },
  {
    id: 'slack',
    hosts: ['slack.com'],
    path: /^\/api\/auth\.test$/,
    make: secretOf((ids) => `xoxb-${ids.digits(12)}-${ids.digits(12)}-${ids.alphanumeric(24)}`),
    read: bearer,
    live: { ok: true, team: 'Example', user: 'bot' },
    dead: { status: 200, body: { ok: false, error: 'invalid_auth' } },
    restricted: { status: 200, body: { ok: false, error: 'org_login_required' } },
  },
  {
    id: 'telegram',
    hosts: ['api.telegram.org'],
    path: /^\/bot[^/]+\/getMe$/,
    make: secretOf((ids) => `${ids.digits(10)}:AA${ids.alphanumeric(33)}`),
    read: ({ path }) => decodeURIComponent(/^\/bot([^/]+)\//.exec(path)?.[1] ?? ''),
    live: { ok: true, result: { id: 1, is_bot: true, username: 'example_bot' } },
    dead: { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } },
  },
  {
    id: 'line',
    hosts: ['api.line.me'],
    path: /^\/v2\/bot\/info$/,
    make: secretOf((ids) => `${ids.alphanumeric(170)}=`),
    read: bearer,
    live: { displayName: 'Example' },
    dead: { status: 401, body: { message: 'Authentication failed' } },
  },
  {
    id: 'discord',
    hosts: ['discord.com'],
    path: /^\/api\/v10\/users\/@me$/,
    make: secretOf((ids) => `${ids.alphanumeric(24)}.${ids.alphanumeric(6)}.${ids.alphanumeric(27)}`),
    read: scheme('Bot'),
    live: { id: '1', username: 'example' },
    dead: { status: 401, body: { message: '401: Unauthorized', code: 0 } },
  },
  {
    id: 'opentok',
    hosts: ['api.opentok.com'],
    path: /^\/v2\/project\/\d+\/archive$/,
    make: (ids) => ({ id: `46${ids.digits(6)}`, secret: ids.hex(40) }),
    read({ headers }, known) {
      const given = headers['x-opentok-auth'];
      const token = typeof given === 'string' ? readToken(given) : null;
      if (token === null) return null;
      const isSigner = ([id, secret = '']: readonly string[]): boolean =>
        id === token.claims['iss'] && signedBySecret(token, secret);
      return known.find((one) => isSigner(one.split(' '))) ?? null;
    },
    live: { count: 0, items: [] },
    dead: { status: 403, body: { code: -1, message: 'Invalid token' } },
  },
  {
    id: 'discord-webhook',
    hosts: ['discord.com'],
    path: /^\/api\/v10\/webhooks\/\d+\/[\w-]+$/,
    make: secretOf((ids) => `${ids.digits(18)}/${ids.alphanumeric(68)}`),
    read: ({ path }) => /\/webhooks\/(.+)$/.exec(path)?.[1] ?? null,
    live: { id: '1', type: 1, name: 'alerts' },
    dead: { status: 404, body: { message: 'Unknown Webhook', code: 10015 } },
  },
  {
    id: 'ably',
    hosts: ['rest.ably.io'],
    path: /^\/stats$/,
    make: secretOf((ids) => `${ids.alphanumeric(6)}.${ids.alphanumeric(6)}:${ids.alphanumeric(43)}`),
    read: (exchange) => basic(exchange)?.replace(' ', ':') ?? null,
    live: [],
    dead: { status: 401, body: { error: { code: 40101, message: 'Invalid credentials' } } },
    restricted: { status: 401, body: { error: { code: 40160, message: 'action not permitted' } } },
  },
  {
    id: 'gc-notify',
    hosts: ['api.notification.canada.ca'],
    path: /^\/v2\/notifications$/,
    make: (ids) => {
      const token = ids.uuid();
      return { token, secret: `gcntfy-example-${ids.uuid()}-${token}` };
    },
    read: scheme('ApiKey-v1'),
    live: { notifications: [] },
    dead: {
      status: 403,
      body: { errors: [{ error: 'AuthError', message: 'Invalid token: API key not found' }] },
    },
  },
  {
    id: 'retell',
    hosts: ['api.retellai.com'],
    path: /^\/list-agents$/,
    make: secretOf((ids) => `key_${ids.hex(28)}`),
    read: bearer,
    live: [],
    dead: { status: 401, body: { status: 401, message: 'Invalid API Key' } },
    restricted: forbidden,
  },
  {
    id: 'webex',
    hosts: ['webexapis.com'],
    path: /^\/v1\/people\/me$/,
    make: secretOf((ids) => `${ids.alphanumeric(64)}_${ids.alphanumeric(4)}_${ids.uuid()}`),
    read: bearer,
    live: { displayName: 'Example' },
    dead: unauthorized,
    restricted: forbidden,
  },
];
