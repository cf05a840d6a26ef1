import type { PhoneCall } from '../calls.ts';
import {
  itemLimit,
  json,
  type AccountRequest,
  type Exchange,
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
    if (
      token === null ||
      state === undefined ||
      !signedBySecret(token, state.secret) ||
      !inTime(token, world.now())
    )
      return twirpError('unauthenticated', 'invalid authorization token');
    exchange.account = state.account;
    exchange.credential = 'apiSecret';
    if (exchange.path === '/settings/regions') return json(200, { regions: [] });
    if (exchange.method !== 'POST' || !exchange.path.startsWith(PREFIX))
      return twirpError('bad_route', 'no such route');
    return call(state, token, exchange);
  }

  function call(state: LiveKitState, token: Token, exchange: Exchange): Reply | Promise<Reply> {
    const name = exchange.path.slice(PREFIX.length);
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    const request = readJson(exchange);
    if (method === undefined) return twirpError('bad_route', `no handler for ${name}`);
    if (request === null) return twirpError('malformed', 'the body is not JSON');
    const { video, sip } = token.claims;
    const grants = { video: isObject(video) ? video : {}, sip: isObject(sip) ? sip : {} };
    if (!method.allowed(grants, request)) return twirpError('permission_denied', 'permissions denied');
    return method.run(state, request, exchange);
  }

  function createAccount({ currency = 'USD', credentials = {} }: AccountRequest): SandboxAccount {
    const { ids } = world;
    const apiKey = credentials['apiKey'] ?? `API${ids.alphanumeric(12)}`;
    const secret = credentials['apiSecret'] ?? ids.alphanumeric(44);
    const limit = () => itemLimit(world.settings);
    const sipTrunkId = `ST_${ids.alphanumeric(12)}`;
    const trunk = { sipTrunkId, name: 'Sandbox', numbers: ['+15005550000'], noun: 'SIPOutboundTrunk' };
    const state: LiveKitState = {
      account: world.open('livekit', apiKey, currency),
      secret,
      webhookUrl: credentials['webhookUrl'] ?? '',
      rooms: new Map(),
      egress: createLog<Egress>(({ id }) => id, limit),
      trunks: new Map([[sipTrunkId, trunk]]),
      rules: new Map(),
      calls: createLog<PhoneCall>(({ id }) => id, limit),
    };
    states.set(apiKey, state);
    const host = credentials['host'] ?? `sandbox-${ids.hex(8)}.livekit.cloud`;
    return {
      vendor: 'livekit',
      id: apiKey,
      currency,
      credentials: { apiKey, apiSecret: secret, host, sipTrunkId },
    };
  }

  return Object.freeze({
    id: 'livekit',
    serves: (host: string) => host.endsWith('.livekit.cloud'),
    handle,
    problem: (status: number, message: string) => ({
      ...twirpError(status === 429 ? 'resource_exhausted' : 'unavailable', message),
      status,
    }),
    createAccount,
    async inbound(event) {
      const state = states.get(event.account);
      if (state === undefined) throw new Error(`livekit has no account ${event.account}`);
      if (event.kind !== 'call') throw new Error('livekit receives only calls');
      const id = `SCL_${world.ids.alphanumeric(12)}`;
      const participant = {
        identity: `sip_${event.from}`,
        kind: 'SIP',
        attributes: { 'sip.callID': id, 'sip.phoneNumber': event.from },
      };
      report(services, state, { event: 'participant_joined', participant });
      return { id, status: null, body: '' };
    },
  } satisfies VendorModule);
}
