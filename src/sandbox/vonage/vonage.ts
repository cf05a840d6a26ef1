import {
  json,
  type AccountRequest,
  type Exchange,
  type InboundEvent,
  type Reply,
  type SandboxAccount,
  type VendorModule,
  type World,
} from '../core.ts';
import { createRouter, type Route } from '../router.ts';
import { accountRoutes } from './account-api.ts';
import { addApplication, applicationRoutes, keyPairOf, makeKeyPair } from './applications.ts';
import { createAuthenticator, type Admission, type Doors } from './auth.ts';
import { callRoutes } from './calls.ts';
import { notFound, problem, restError, smsError, unauthorized, verifyError } from './errors.ts';
import { receive } from './inbound.ts';
import { insightRoutes } from './insight.ts';
import { messagesRoutes } from './messages.ts';
import { numberRoutes } from './numbers.ts';
import { reportRoutes } from './reports.ts';
import { addSecret, secretRoutes } from './secrets.ts';
import { smsRoutes } from './sms.ts';
import { newState, type Application, type VonageServices, type VonageState } from './state.ts';
import { subaccountRoutes } from './subaccounts.ts';
import { verifyRoutes } from './verify.ts';
import { verify2Routes } from './verify2.ts';

const HOSTS = /(^|\.)(nexmo|vonage)\.com$/;
const TOKEN_ONLY = /^\/v1\/(calls|files)|^\/session\//;

/** The simulated Vonage. */
export function createVonage(world: World): VendorModule {
  const doors: Doors = { byHeader: new Map(), bySecret: new Map() };
  const services = createServices(world, doors);
  const authenticate = createAuthenticator(services, doors);
  const signers = new WeakMap<Exchange, Application>();
  const router = createRouter(
    'vonage',
    routesOf(services, (exchange) => signers.get(exchange)),
    plainHost,
  );

  function handle(exchange: Exchange): Reply | Promise<Reply> {
    const admission = authenticate(exchange);
    if (admission === null || !accepts(exchange, admission)) return refused(exchange);
    exchange.account = admission.state.account;
    exchange.credential = admission.name;
    if (admission.application !== undefined) signers.set(exchange, admission.application);
    const handler = router(exchange);
    return handler === null ? notFound(exchange.path) : handler(admission.state, exchange);
  }

  return Object.freeze({
    id: 'vonage',
    serves: (host: string) => HOSTS.test(host),
    handle,
    problem: (status: number, message: string) => problem(status, message, message),
    createAccount: (request: AccountRequest) => createAccount(services, request),
    inbound(event: InboundEvent) {
      const state = services.states.get(event.account);
      if (state === undefined) throw new Error(`vonage has no account ${event.account}`);
      return receive(services, state, event);
    },
  } satisfies VendorModule);
}

function routesOf(
  services: VonageServices,
  applicationOf: (exchange: Exchange) => Application | undefined,
): readonly Route<VonageState>[] {
  const session = () => json(200, [{ session_id: `1_${services.world.ids.alphanumeric(60)}` }]);
  return [
    ...smsRoutes(services),
    ...messagesRoutes(services, applicationOf),
    ...callRoutes(services, applicationOf),
    ...verifyRoutes(services),
    ...verify2Routes(services),
    ...insightRoutes(services),
    ...numberRoutes(services),
    ...accountRoutes(services),
    ...secretRoutes(services),
    ...subaccountRoutes(services),
    ...applicationRoutes(services),
    ...reportRoutes(services),
    ['POST', 'video.api.vonage.com', '/session/create', session],
  ];
}

function createServices(world: World, { byHeader, bySecret }: Doors): VonageServices {
  const states = new Map<string, VonageState>();
  return {
    world,
    states,
    applications: new Map(),
    admit(state, id, secret) {
      const admission = { state, name: `apiSecret ${id}`, application: undefined };
      byHeader.set(basic(state.account.id, secret), admission);
      bySecret.set(`${state.account.id} ${secret}`, admission);
    },
    withdraw({ account }, secret) {
      byHeader.delete(basic(account.id, secret));
      bySecret.delete(`${account.id} ${secret}`);
    },
    openAccount(primary, request) {
      const state = newState(world, primary, request);
      states.set(state.account.id, state);
      return state;
    },
  };
}

function createAccount(
  services: VonageServices,
  { currency = 'EUR', credentials = {} }: AccountRequest,
): SandboxAccount {
  const { ids } = services.world;
  const { apiKey, signatureSecret, privateKey } = credentials;
  const state = services.openAccount(null, { name: 'Sandbox', currency, apiKey, signatureSecret });
  const apiSecret = credentials['apiSecret'] ?? ids.alphanumeric(16);
  addSecret(services, state, apiSecret);
  const pair = privateKey === undefined ? makeKeyPair() : keyPairOf(privateKey);
  const application = addApplication(services, state, {
    id: credentials['applicationId'] ?? ids.uuid(),
    name: 'Sandbox',
    publicPem: pair.publicPem,
    capabilities: {},
  });
  return {
    vendor: 'vonage',
    id: state.account.id,
    currency,
    credentials: {
      apiKey: state.account.id,
      apiSecret,
      signatureSecret: state.signatureSecret,
      applicationId: application.id,
      privateKey: pair.privatePem,
      publicKey: pair.publicPem,
    },
  };
}

const basic = (key: string, secret: string): string =>
  `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;

/** `api-eu.nexmo.com`, `api.vonage.com` are served like `api.nexmo.com`. */
function plainHost(host: string): string {
  if (host.startsWith('video.')) return 'video.api.vonage.com';
  return host.startsWith('rest') ? 'rest.nexmo.com' : 'api.nexmo.com';
}

/** Calls and files want the token of an application; the APIs on rest.nexmo.com take none. */
function accepts(exchange: Exchange, { application }: Admission): boolean {
  return application === undefined ? !TOKEN_ONLY.test(exchange.path) : !isRest(exchange);
}

const isRest = ({ host }: Exchange): boolean => host.startsWith('rest');

/** Each API has its own way to refuse a credential. */
function refused({ path, host }: Exchange): Reply {
  if (path === '/sms/json') return smsError('4', 'Bad Credentials');
  if (path.startsWith('/verify/')) return verifyError('4', 'Bad Credentials');
  return host.startsWith('rest') ? restError(401, 'authentication failed') : unauthorized();
}
