import type { PhoneCall } from '../calls.ts';
import {
  itemLimit,
  json,
  type AccountRequest,
  type Exchange,
  type InboundEvent,
  type InboundResult,
  type Reply,
  type SandboxAccount,
  type VendorModule,
  type World,
} from '../core.ts';
import { isObject, readJson } from '../fields.ts';
import { inTime, readToken, signedBySecret, type Token } from '../jwt.ts';
import { createLog } from '../log.ts';
import { egressMethods } from './egress.ts';
import { numberMethods } from './numbers.ts';
import { roomMethods } from './rooms.ts';
import { sipMethods } from './sip.ts';
import {
  report,
  twirpError,
  type Egress,
  type LiveKitServices,
  type LiveKitState,
  type Method,
} from './state.ts';

const PREFIX = '/twirp/livekit.';

/** The simulated LiveKit Cloud: Twirp calls in JSON. The project follows from the key in the token. */
export function createLiveKit(world: World): VendorModule {
  const states = new Map<string, LiveKitState>();
  const services: LiveKitServices = { world, states };
  const methods: Readonly<Record<string, Method>> = {
    ...roomMethods(services),
    ...egressMethods(services),
    ...sipMethods(services),
    ...numberMethods(services),
  };

  function handle(exchange: Exchange): Reply | Promise<Reply> {
    const token = readToken((exchange.headers.authorization ?? '').replace(/^Bearer /, ''));
    const state = token === null ? undefined : states.get(String(token.claims['iss']));
    if (token === null || state === undefined || !isGood(token, state, world.now()))
      return twirpError('unauthenticated', 'invalid authorization token');
    exchange.account = state.account;
    exchange.credential = 'apiSecret';
    if (exchange.path === '/settings/regions') return json(200, { regions: [] });
    if (exchange.method !== 'POST' || !exchange.path.startsWith(PREFIX))
      return twirpError('bad_route', 'no such route');
    const name = exchange.path.slice(PREFIX.length);
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) return twirpError('bad_route', `no handler for ${name}`);
    return call(state, method, { token, exchange });
  }

  return Object.freeze({
    id: 'livekit',
    serves: (host: string) => host.endsWith('.livekit.cloud'),
    handle,
    problem: (status: number, message: string) => ({
      ...twirpError(status === 429 ? 'resource_exhausted' : 'unavailable', message),
      status,
    }),
    createAccount: (request: AccountRequest) => createAccount(services, request),
    inbound(event: InboundEvent) {
      const state = states.get(event.account);
      if (state === undefined) throw new Error(`livekit has no account ${event.account}`);
      if (event.kind !== 'call') throw new Error('livekit receives only calls');
      return Promise.resolve(receiveCall(services, state, event));
    },
  } satisfies VendorModule);
}

const isGood = (token: Token, { secret }: LiveKitState, now: number): boolean =>
  signedBySecret(token, secret) && inTime(token, now);

interface Asked {
  readonly token: Token;
  readonly exchange: Exchange;
}

function call(state: LiveKitState, method: Method, { token, exchange }: Asked): Reply | Promise<Reply> {
  const request = readJson(exchange);
  if (request === null) return twirpError('malformed', 'the body is not JSON');
  const { video, sip } = token.claims;
  const grants = { video: isObject(video) ? video : {}, sip: isObject(sip) ? sip : {} };
  if (!method.allowed(grants, request)) return twirpError('permission_denied', 'permissions denied');
  return method.run(state, request, exchange);
}

function createAccount(
  { world, states }: LiveKitServices,
  { currency = 'USD', credentials = {} }: AccountRequest,
): SandboxAccount {
  const { ids } = world;
  const apiKey = credentials['apiKey'] ?? `API${ids.alphanumeric(12)}`;
  const apiSecret = credentials['apiSecret'] ?? ids.alphanumeric(44);
  const limit = () => itemLimit(world.settings);
  const sipTrunkId = credentials['sipTrunkId'] ?? `ST_${ids.alphanumeric(12)}`;
  const trunk = { sipTrunkId, name: 'Sandbox', numbers: ['+15005550000'], noun: 'SIPOutboundTrunk' };
  states.set(apiKey, {
    account: world.open('livekit', apiKey, currency),
    secret: apiSecret,
    webhookUrl: credentials['webhookUrl'] ?? '',
    rooms: new Map(),
    egress: createLog<Egress>(({ id }) => id, limit),
    trunks: new Map([[sipTrunkId, trunk]]),
    rules: new Map(),
    calls: createLog<PhoneCall>(({ id }) => id, limit),
  });
  const host = credentials['host'] ?? `sandbox-${ids.hex(8)}.livekit.cloud`;
  return { vendor: 'livekit', id: apiKey, currency, credentials: { apiKey, apiSecret, host, sipTrunkId } };
}

function receiveCall(services: LiveKitServices, state: LiveKitState, { from }: InboundEvent): InboundResult {
  const id = `SCL_${services.world.ids.alphanumeric(12)}`;
  const attributes = { 'sip.callID': id, 'sip.phoneNumber': from };
  const participant = { identity: `sip_${from}`, kind: 'SIP', attributes };
  report(services, state, { event: 'participant_joined', participant });
  return { id, status: null, body: '' };
}
