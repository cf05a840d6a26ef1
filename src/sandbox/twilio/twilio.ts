import type {
  AccountRequest,
  Exchange,
  InboundEvent,
  Reply,
  SandboxAccount,
  VendorModule,
  World,
} from '../core.ts';
import { createRouter, type Route } from '../router.ts';
import { accountRoutes } from './account-api.ts';
import { admit, createServices, issueToken, type Admissions } from './admissions.ts';
import { callRoutes } from './calls.ts';
import { documentKinds } from './collections.ts';
import { createKey, credentialRoutes } from './credentials.ts';
import { addDocument, documentRoutes } from './documents.ts';
import { notFound, twilioError } from './errors.ts';
import { receive } from './inbound.ts';
import { refuseKey } from './key-permissions.ts';
import { lookupRoutes } from './lookups.ts';
import { messageRoutes } from './messages.ts';
import { numberRoutes } from './numbers.ts';
import { pricingRoutes } from './pricing.ts';
import { recordingRoutes } from './recordings.ts';
import type { TwilioServices, TwilioState } from './state.ts';
import { verifyRoutes } from './verify.ts';

const SUFFIX = '.twilio.com';
/** Suspended accounts can still be changed, or else they could never be activated again. */
const ACCOUNT_PATH = /\/Accounts\/[^/]+$/;

/** The simulated Twilio. */
export function createTwilio(world: World): VendorModule {
  const admissions: Admissions = { byHeader: new Map(), clients: new Map() };
  const services = createServices(world, admissions);
  const { states } = services;
  const router = createRouter('twilio', routesOf(services), plainHost);

  function handle(exchange: Exchange): Reply | Promise<Reply> {
    if (exchange.host.startsWith('oauth.') && exchange.path === '/v2/token')
      return issueToken(services, admissions, exchange);
    const admission = admit(admissions, exchange, world.now());
    if (admission === null) return twilioError(401, 20003);
    exchange.credential = admission.name;
    const denied = refuseKey(admission, exchange);
    if (denied !== null) return denied;
    const handler = router(exchange);
    const state = addressed(states, admission.state, exchange);
    if (state === null) return twilioError(401, 20003);
    exchange.account = state.account;
    if (state.status !== 'active' && exchange.method !== 'GET' && !ACCOUNT_PATH.test(exchange.path))
      return twilioError(403, 20005);
    return handler === null ? notFound(exchange.path) : handler(state, exchange);
  }

  return Object.freeze({
    id: 'twilio',
    serves: (host: string) => host.endsWith(SUFFIX),
    handle,
    problem: (status: number, message: string) => twilioError(status, codeOf(status), message),
    createAccount: (request: AccountRequest) => createAccount(services, admissions, request),
    inbound(event: InboundEvent) {
      const state = states.get(event.account);
      if (state === undefined) throw new Error(`twilio has no account ${event.account}`);
      return receive(services, state, event);
    },
  } satisfies VendorModule);
}

function routesOf(services: TwilioServices): readonly Route<TwilioState>[] {
  return [
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
  ];
}

function createAccount(
  services: TwilioServices,
  { clients }: Admissions,
  { currency = 'USD', credentials = {} }: AccountRequest,
): SandboxAccount {
  const { ids } = services.world;
  const { accountSid, authToken, apiKeySid, apiKeySecret, verifyServiceSid } = credentials;
  const state = services.openAccount(null, { friendlyName: 'Sandbox', currency, sid: accountSid, authToken });
  const fixed = { sid: apiKeySid ?? ids.sid('SK'), secret: apiKeySecret ?? ids.alphanumeric(32) };
  const key = createKey(services, state, { friendlyName: 'Sandbox', kind: 'main', allow: [] }, fixed);
  const place = { path: '/v2/Services', prefix: 'VA', sid: verifyServiceSid };
  const service = addDocument(services, state, place, { friendly_name: 'Sandbox' });
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
