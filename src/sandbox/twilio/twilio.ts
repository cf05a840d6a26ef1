import type { AccountRequest, Exchange, Reply, SandboxAccount, VendorModule, World } from '../core.ts';
import { json } from '../core.ts';
import { readForm } from '../fields.ts';
import { createRouter } from '../router.ts';
import { accountRoutes } from './account-api.ts';
import { callRoutes } from './calls.ts';
import { documentKinds } from './collections.ts';
import { createKey, credentialRoutes } from './credentials.ts';
import { addDocument, documentRoutes } from './documents.ts';
import { notFound, twilioError } from './errors.ts';
import { receive } from './inbound.ts';
import { lookupRoutes } from './lookups.ts';
import { messageRoutes } from './messages.ts';
import { numberRoutes } from './numbers.ts';
import { pricingRoutes } from './pricing.ts';
import { recordingRoutes } from './recordings.ts';
import { newState, type OpenRequest, type TwilioServices, type TwilioState } from './state.ts';
import { verifyRoutes } from './verify.ts';

const SUFFIX = '.twilio.com';
const TOKEN_SECONDS = 3600;

interface Admission {
  readonly state: TwilioState;
  readonly name: string;
  /** Wall time; null: until withdrawn. */
  readonly until: number | null;
}

/** The simulated Twilio. */
export function createTwilio(world: World): VendorModule {
  const states = new Map<string, TwilioState>();
  const admissions = new Map<string, Admission>();
  const clients = new Map<string, { readonly secret: string; readonly state: TwilioState }>();
  const services: TwilioServices = {
    world,
    states,
    admit: (state, name, user, password) =>
      void admissions.set(basic(user, password), { state, name, until: null }),
    withdraw: (user, password) => void admissions.delete(basic(user, password)),
    openAccount(parent, request) {
      const state = newState(world, parent, request);
      states.set(state.account.id, state);
      services.admit(state, 'authToken', state.account.id, state.authToken);
      return state;
    },
  };
  const router = createRouter<TwilioState>(
    'twilio',
    [
      ...messageRoutes(services),
      ...callRoutes(services),
      ...recordingRoutes(services),
      ...verifyRoutes(services),
      ...lookupRoutes(services),
      ...numberRoutes(services),
      ...credentialRoutes(services),
      ...accountRoutes(services),
      ...pricingRoutes(services),
      ...documentRoutes(services, documentKinds(services)),
    ],
    plainHost,
  );

  function handle(exchange: Exchange): Reply | Promise<Reply> {
    if (exchange.path === '/v2/token' && exchange.method === 'POST') return issueToken(exchange);
    const admission = admissions.get(exchange.headers.authorization ?? '');
    if (admission === undefined || (admission.until !== null && world.now() > admission.until))
      return twilioError(401, 20003);
    exchange.credential = admission.name;
    const handler = router(exchange);
    const state = addressed(states, admission.state, exchange);
    if (state === null) return twilioError(401, 20003);
    exchange.account = state.account;
    if (state.status !== 'active' && exchange.method !== 'GET' && !/\/Accounts\/[^/]+$/.test(exchange.path))
      return twilioError(403, 20005);
    return handler === null ? notFound(exchange.path) : handler(state, exchange);
  }

  /** OAuth client credentials of an organisation's app: a bearer token for an hour. */
  function issueToken({ body }: Exchange): Reply {
    const fields = readForm(body.toString());
    const client = clients.get(fields.get('client_id') ?? '');
    if (client === undefined || client.secret !== fields.get('client_secret')) return twilioError(401, 20003);
    const token = `sandbox.${world.ids.alphanumeric(43)}`;
    const until = world.now() + TOKEN_SECONDS * 1000;
    admissions.set(`Bearer ${token}`, { state: client.state, name: 'oauth', until });
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS });
  }

  function createAccount({ currency = 'USD', credentials = {} }: AccountRequest): SandboxAccount {
    const { ids } = world;
    const request: OpenRequest = {
      friendlyName: 'Sandbox',
      currency,
      sid: credentials['accountSid'],
      authToken: credentials['authToken'],
    };
    const state = services.openAccount(null, request);
    const sid = credentials['apiKeySid'] ?? ids.sid('SK');
    const key = createKey(services, state, 'Sandbox', {
      sid,
      secret: credentials['apiKeySecret'] ?? ids.alphanumeric(32),
    });
    const service = addDocument(
      services,
      state,
      { path: '/v2/Services', prefix: 'VA', sid: credentials['verifyServiceSid'] },
      { friendly_name: 'Sandbox' },
    );
    const oauthClientId = credentials['oauthClientId'] ?? ids.sid('OQ');
    const oauthClientSecret = credentials['oauthClientSecret'] ?? ids.alphanumeric(64);
    clients.set(oauthClientId, { secret: oauthClientSecret, state });
    return {
      vendor: 'twilio',
      id: state.account.id,
      currency,
      credentials: {
        accountSid: state.account.id,
        authToken: state.authToken,
        apiKeySid: key.sid,
        apiKeySecret: key.secret,
        oauthClientId,
        oauthClientSecret,
        verifyServiceSid: service.sid,
      },
    };
  }

  return Object.freeze({
    id: 'twilio',
    serves: (host: string) => host.endsWith(SUFFIX),
    handle,
    problem: (status: number, message: string) => twilioError(status, codeOf(status), message),
    createAccount,
    inbound(event) {
      const state = states.get(event.account);
      if (state === undefined) throw new Error(`twilio has no account ${event.account}`);
      return receive(services, state, event);
    },
  } satisfies VendorModule);
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** `api.dublin.ie1.twilio.com` is served like `api.twilio.com`. */
function plainHost(host: string): string {
  return host.slice(0, host.indexOf('.')) + SUFFIX;
}

/** The account that the path names: the caller's own, or a subaccount of it. Null: somebody else's. */
function addressed(
  states: Map<string, TwilioState>,
  own: TwilioState,
  { params }: Exchange,
): TwilioState | null {
  const named = params['account'];
  if (named === undefined || named === own.account.id) return own;
  const child = states.get(named);
  return child?.parent === own ? child : null;
}

function codeOf(status: number): number {
  if (status === 429) return 20429;
  return status === 500 ? 20500 : 20503;
}
