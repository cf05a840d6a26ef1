import { generateKeyPairSync } from 'node:crypto';
import { LONGEST_CALL, type PhoneCall } from '../calls.ts';
import {
  itemLimit,
  type AccountRequest,
  type Exchange,
  type InboundEvent,
  type InboundResult,
  type Reply,
  type SandboxAccount,
  type VendorModule,
  type World,
} from '../core.ts';
import { createLog } from '../log.ts';
import { createRouter } from '../router.ts';
import { accountRoutes } from './account-api.ts';
import { callHooks } from './call-events.ts';
import { callRoutes } from './calls.ts';
import { addDocument, documentRoutes } from './documents.ts';
import { messageRoutes } from './messages.ts';
import { numberRoutes } from './numbers.ts';
import {
  isoTime,
  notFound,
  signedEvent,
  telnyxError,
  type NumberOrder,
  type TelnyxMessage,
  type TelnyxServices,
  type TelnyxState,
} from './state.ts';
import { verifyRoutes } from './verify.ts';

const HOST = 'api.telnyx.com';
/** SPKI of an Ed25519 key ends with the 32 bytes that the vendor's portal shows. */
const RAW_KEY_BYTES = 32;

/** The simulated Telnyx. */
export function createTelnyx(world: World): VendorModule {
  const admissions = new Map<string, TelnyxState>();
  const services = createServices(world, admissions);
  const { states } = services;
  const routes = [
    ...messageRoutes(services),
    ...callRoutes(services),
    ...verifyRoutes(services),
    ...numberRoutes(services),
    ...accountRoutes(services),
    ...documentRoutes(services),
  ];
  const router = createRouter('telnyx', routes, () => HOST);

  function handle(exchange: Exchange): Reply | Promise<Reply> {
    const state = admissions.get(exchange.headers.authorization ?? '');
    if (state === undefined)
      return telnyxError(401, '10009', 'Authentication failed', 'The provided credentials are not known.');
    exchange.account = state.account;
    exchange.credential = 'apiKey';
    const handler = router(exchange);
    return handler === null ? notFound() : handler(state, exchange);
  }

  return Object.freeze({
    id: 'telnyx',
    serves: (host: string) => host === HOST || host.endsWith('.telnyx.com'),
    handle,
    problem: (status: number, message: string) =>
      telnyxError(status, status === 429 ? '10011' : '10016', message),
    createAccount: (request: AccountRequest) => createAccount(services, request),
    inbound(event: InboundEvent) {
      const state = states.get(event.account);
      if (state === undefined) throw new Error(`telnyx has no account ${event.account}`);
      return event.kind === 'call'
        ? Promise.resolve(receiveCall(services, state, event))
        : receiveMessage(services, state, event);
    },
  } satisfies VendorModule);
}

function createServices(world: World, admissions: Map<string, TelnyxState>): TelnyxServices {
  const states = new Map<string, TelnyxState>();
  const limit = () => itemLimit(world.settings);
  return {
    world,
    states,
    open({ currency, apiKey = `KEY${world.ids.hex(32).toUpperCase()}_${world.ids.alphanumeric(22)}` }) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519');
      const state: TelnyxState = {
        account: world.open('telnyx', world.ids.uuid(), currency),
        messages: createLog<TelnyxMessage>(({ id }) => id, limit),
        calls: createLog<PhoneCall>(({ id }) => id, limit),
        commands: new Map(),
        orders: createLog<NumberOrder>(({ id }) => id, limit),
        documents: new Map(),
        signingKey: privateKey,
      };
      states.set(state.account.id, state);
      admissions.set(`Bearer ${apiKey}`, state);
      const spki = publicKey.export({ type: 'spki', format: 'der' });
      return { state, apiKey, publicKey: spki.subarray(-RAW_KEY_BYTES).toString('base64') };
    },
  };
}

function createAccount(
  services: TelnyxServices,
  { currency = 'USD', credentials = {} }: AccountRequest,
): SandboxAccount {
  const { state, apiKey, publicKey } = services.open({ currency, apiKey: credentials['apiKey'] });
  const profile = addDocument(services, state, 'verify_profiles', { name: 'Sandbox' });
  const userId = state.account.id;
  const issued = { userId, apiKey, publicKey, verifyProfileId: profile.id };
  return { vendor: 'telnyx', id: userId, currency, credentials: issued };
}

function receiveCall(
  services: TelnyxServices,
  state: TelnyxState,
  { from, to, url = '' }: InboundEvent,
): InboundResult {
  const { calls, ids, settings } = services.world;
  const call = calls.start({
    id: `v3:${ids.alphanumeric(56)}`,
    account: state.account,
    from,
    to,
    direction: 'inbound',
    parent: null,
    script: () => [{ kind: 'wait', seconds: settings.talkSeconds }],
    hooks: callHooks(services, state),
    detail: { webhookUrl: url, session: ids.uuid(), leg: ids.uuid(), connection: '', clientState: '' },
    timeoutSeconds: 60,
    limitSeconds: LONGEST_CALL,
    recordingId: null,
  });
  state.calls.add(call);
  return { id: call.id, status: null, body: '' };
}

async function receiveMessage(
  { world }: TelnyxServices,
  state: TelnyxState,
  { from, to, text = '', url = '' }: InboundEvent,
): Promise<InboundResult> {
  const id = world.ids.uuid();
  const payload = {
    id,
    record_type: 'message',
    direction: 'inbound',
    type: 'SMS',
    from: { phone_number: from },
    to: [{ phone_number: to, status: 'webhook_delivered' }],
    text,
    parts: 1,
    received_at: isoTime(world.now()),
  };
  const event = { id: world.ids.uuid(), type: 'message.received', payload };
  const answer = await world.webhooks.fetch(signedEvent(world, state, url, event));
  return { id, status: answer?.status ?? null, body: answer?.body ?? '' };
}
