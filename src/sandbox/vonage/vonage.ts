import type {
  AccountRequest,
  Exchange,
  InboundEvent,
  InboundResult,
  Reply,
  SandboxAccount,
  VendorModule,
  World,
} from '../core.ts';
import { json } from '../core.ts';
import { LONGEST_CALL } from '../calls.ts';
import { createRouter } from '../router.ts';
import { accountRoutes } from './account-api.ts';
import { addApplication, applicationRoutes, makeKeyPair } from './applications.ts';
import { createAuthenticator, type Admission } from './auth.ts';
import { callHooks, callRoutes } from './calls.ts';
import { notFound, problem, restError, smsError, unauthorized, verifyError } from './errors.ts';
import { insightRoutes } from './insight.ts';
import { messagesRoutes } from './messages.ts';
import { numberRoutes } from './numbers.ts';
import { reportRoutes } from './reports.ts';
import { signedJson, signedSms } from './signing.ts';
import { smsRoutes } from './sms.ts';
import {
  bare,
  capabilityHook,
  newState,
  type Application,
  type VonageServices,
  type VonageState,
} from './state.ts';
import { verifyRoutes } from './verify.ts';
import { verify2Routes } from './verify2.ts';

const HOSTS = /(^|\.)(nexmo|vonage)\.com$/;
/** APIs that accept only the token of an application. */
const TOKEN_ONLY = /^\/v1\/(calls|files)|^\/session\//;

/** The simulated Vonage. */
export function createVonage(world: World): VendorModule {
  const states = new Map<string, VonageState>();
  const byHeader = new Map<string, Admission>();
  const bySecret = new Map<string, Admission>();
  const applications: VonageServices['applications'] = new Map();
  const signers = new WeakMap<Exchange, Application>();
  const services: VonageServices = {
    world,
    states,
    applications,
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
      addSecret(services, state, world.ids.alphanumeric(16));
      return state;
    },
  };
  const authenticate = createAuthenticator(services, byHeader, bySecret);
  const applicationOf = (exchange: Exchange) => signers.get(exchange);
  const router = createRouter<VonageState>(
    'vonage',
    [
      ...smsRoutes(services),
      ...messagesRoutes(services, applicationOf),
      ...callRoutes(services, applicationOf),
      ...verifyRoutes(services),
      ...verify2Routes(services),
      ...insightRoutes(services),
      ...numberRoutes(services),
      ...accountRoutes(services),
      ...applicationRoutes(services),
      ...reportRoutes(services),
      [
        'POST',
        'video.api.vonage.com',
        '/session/create',
        () => json(200, [{ session_id: `1_${world.ids.alphanumeric(60)}` }]),
      ],
    ],
    plainHost,
  );

  function handle(exchange: Exchange): Reply | Promise<Reply> {
    const admission = authenticate(exchange);
    if (admission === null) return refused(exchange);
    if (admission.application === undefined ? TOKEN_ONLY.test(exchange.path) : isRest(exchange))
      return refused(exchange);
    exchange.account = admission.state.account;
    exchange.credential = admission.name;
    if (admission.application !== undefined) signers.set(exchange, admission.application);
    const handler = router(exchange);
    return handler === null ? notFound(exchange.path) : handler(admission.state, exchange);
  }

  function createAccount({ currency = 'EUR', credentials = {} }: AccountRequest): SandboxAccount {
    const { apiKey, signatureSecret } = credentials;
    const state = newState(world, null, { name: 'Sandbox', currency, apiKey, signatureSecret });
    states.set(state.account.id, state);
    const apiSecret = credentials['apiSecret'] ?? world.ids.alphanumeric(16);
    addSecret(services, state, apiSecret);
    const { privateKey, publicKey } = credentials;
    const pair =
      privateKey === undefined || publicKey === undefined
        ? makeKeyPair()
        : { privatePem: privateKey, publicPem: publicKey };
    const application = addApplication(services, state, {
      id: credentials['applicationId'] ?? world.ids.uuid(),
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

  return Object.freeze({
    id: 'vonage',
    serves: (host: string) => HOSTS.test(host),
    handle,
    problem: (status: number, message: string) => problem(status, message, message),
    createAccount,
    inbound(event) {
      const state = states.get(event.account);
      if (state === undefined) throw new Error(`vonage has no account ${event.account}`);
      return receive(services, state, event);
    },
  } satisfies VendorModule);
}

const basic = (key: string, secret: string): string =>
  `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`;

function addSecret({ world, admit }: VonageServices, state: VonageState, secret: string): void {
  const id = world.ids.uuid();
  state.secrets.set(id, { secret, createdAt: world.now() });
  admit(state, id, secret);
}

/** `api-eu.nexmo.com`, `api.vonage.com` are served like `api.nexmo.com`. */
function plainHost(host: string): string {
  if (host.startsWith('video.')) return 'video.api.vonage.com';
  return host.startsWith('rest') ? 'rest.nexmo.com' : 'api.nexmo.com';
}

const isRest = ({ host }: Exchange): boolean => host.startsWith('rest');

/** Each API has its own way to refuse a credential. */
function refused({ path, host }: Exchange): Reply {
  if (path === '/sms/json') return smsError('4', 'Bad Credentials');
  if (path.startsWith('/verify/')) return verifyError('4', 'Bad Credentials');
  return host.startsWith('rest') ? restError(401, 'authentication failed') : unauthorized();
}

/** A message or call from the network, told to the customer's webhook. */
async function receive(
  services: VonageServices,
  state: VonageState,
  event: InboundEvent,
): Promise<InboundResult> {
  const { world } = services;
  const [application] = state.applications.values();
  const signer = { world, state, application };
  const id = world.ids.uuid();
  if (event.kind === 'call') {
    const url = event.url ?? capabilityHook(application, 'voice', 'answer_url');
    const call = world.calls.start({
      id,
      account: state.account,
      from: event.from,
      to: event.to,
      direction: 'inbound',
      parent: null,
      script: (current) => current.hooks.load(current, url, 'GET'),
      hooks: callHooks(services, state, application),
      detail: {
        conversation: `CON-${world.ids.uuid()}`,
        eventUrl: capabilityHook(application, 'voice', 'event_url'),
      },
      timeoutSeconds: 60,
      limitSeconds: LONGEST_CALL,
      recordingId: null,
    });
    state.calls.add(call);
    return { id, status: null, body: '' };
  }
  const { text = '' } = event;
  const [from, to] = [bare(event.from), bare(event.to)];
  const stamp = new Date(world.now()).toISOString();
  const modern = event.url ?? capabilityHook(application, 'messages', 'inbound_url');
  const request =
    modern === ''
      ? signedSms(signer, state.hooks.inbound, {
          msisdn: from,
          to,
          messageId: id,
          text,
          type: 'text',
          keyword: text.split(' ')[0] ?? '',
          'message-timestamp': stamp.slice(0, 19).replace('T', ' '),
        })
      : signedJson(signer, modern, {
          to,
          from,
          channel: 'sms',
          message_uuid: id,
          timestamp: stamp,
          message_type: 'text',
          text,
        });
  const answer = await world.webhooks.fetch(request);
  return { id, status: answer?.status ?? null, body: answer?.body ?? '' };
}
