import { decimalText } from '../amounts.ts';
import type { CallHooks, CallStatus, PhoneCall, ScriptSource } from '../calls.ts';
import { empty, json, type Exchange, type Reply } from '../core.ts';
import { isObject, list, readForm, readJson, text, wholeNumber, type JsonObject } from '../fields.ts';
import type { Route } from '../router.ts';
import { invalid, notFound, problem } from './errors.ts';
import { addressOf, firstUrl, parseNcco, readNcco } from './ncco.ts';
import { signedJson, signedQuery } from './signing.ts';
import { bare, capabilityHook, type Application, type VonageServices, type VonageState } from './state.ts';

const API = 'api.nexmo.com';
const LONGEST = 7200;
const ADDRESS = /^(\+[1-9]\d{6,14}|(sip|app|vbc|websocket):.+)$/;

const STATUSES: Readonly<Record<CallStatus, string>> = {
  queued: 'started',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  'no-answer': 'timeout',
  canceled: 'cancelled',
};

export function callRoutes(
  services: VonageServices,
  applicationOf: (exchange: Exchange) => Application | undefined,
): readonly Route<VonageState>[] {
  const one =
    (use: (state: VonageState, call: PhoneCall, exchange: Exchange) => Reply) =>
    (state: VonageState, exchange: Exchange): Reply => {
      const call = state.calls.get(exchange.params['call'] ?? '');
      return call === undefined ? notFound('The call') : use(state, call, exchange);
    };
  const playing = (message: string) => one((_state, { id }) => json(200, { message, uuid: id }));
  return [
    [
      'POST',
      API,
      '/v1/calls',
      (state, exchange) => createCall(services, state, { exchange, application: applicationOf(exchange) }),
    ],
    ['GET', API, '/v1/calls', (state, exchange) => listCalls(state, exchange)],
    ['GET', API, '/v1/calls/{call}', one((state, call) => json(200, view(state, call)))],
    [
      'PUT',
      API,
      '/v1/calls/{call}',
      one((_state, call, exchange) => modify(services, call, readJson(exchange) ?? {})),
    ],
    ['PUT', API, '/v1/calls/{call}/talk', playing('Talk started')],
    ['DELETE', API, '/v1/calls/{call}/talk', playing('Talk stopped')],
    ['PUT', API, '/v1/calls/{call}/stream', playing('Stream started')],
    ['DELETE', API, '/v1/calls/{call}/stream', playing('Stream stopped')],
    ['PUT', API, '/v1/calls/{call}/dtmf', playing('DTMF sent')],
    [
      'GET',
      API,
      '/v1/files/{file}',
      (state, { params }) => {
        const recording = services.world.recordings.of(state.account).get(params['file'] ?? '');
        if (recording === undefined) return notFound('The file');
        return {
          status: 200,
          headers: { 'content-type': 'audio/wav' },
          body: services.world.recordings.media(recording),
        };
      },
    ],
  ];
}

interface Creation {
  readonly exchange: Exchange;
  readonly application: Application | undefined;
}

function createCall(
  services: VonageServices,
  state: VonageState,
  { exchange, application }: Creation,
): Reply {
  const request = readJson(exchange);
  if (request === null) return invalid('The body is not a JSON object');
  const target = list(request, 'to')[0];
  const to = isObject(target) ? addressOf(target) : '';
  const sender = isObject(request['from']) ? addressOf(request['from']) : '';
  const script = scriptOf(request, text(request, 'answer_method') ?? 'GET');
  if (!ADDRESS.test(to)) return problem(400, 'Bad Request', 'to is not an endpoint that can be called');
  if (sender === '' && request['random_from_number'] !== true)
    return problem(400, 'Bad Request', 'from is required');
  if (script === null) return problem(400, 'Bad Request', 'ncco or answer_url is required');
  const { world } = services;
  const call = world.calls.start({
    id: world.ids.uuid(),
    account: state.account,
    from: sender === '' ? 'random' : sender,
    to,
    direction: 'outbound-api',
    parent: null,
    script,
    hooks: callHooks(services, state, application),
    detail: {
      conversation: `CON-${world.ids.uuid()}`,
      eventUrl: firstUrl(request, 'event_url') ?? capabilityHook(application, 'voice', 'event_url'),
    },
    timeoutSeconds: wholeNumber(text(request, 'ringing_timer'), 60, 1, 120),
    limitSeconds: wholeNumber(text(request, 'length_timer'), LONGEST, 1, LONGEST),
    recordingId: null,
  });
  state.calls.add(call);
  const { detail, id, status } = call;
  return json(201, {
    uuid: id,
    status: STATUSES[status],
    direction: 'outbound',
    conversation_uuid: detail['conversation'],
  });
}

/** Null: the request names no instructions. */
function scriptOf(request: JsonObject, method: string): ScriptSource | null {
  const steps = readNcco(request['ncco']);
  if (steps !== null) return () => steps;
  const url = firstUrl(request, 'answer_url') ?? firstUrl(request, 'url');
  return url === null ? null : (call) => call.hooks.load(call, url, method);
}

export function callHooks(
  services: VonageServices,
  state: VonageState,
  application: Application | undefined,
): CallHooks {
  const { world } = services;
  const signer = { world, state, application };
  return {
    newId: () => world.ids.uuid(),
    opened: (call) => state.calls.add(call),
    changed(call) {
      const url = (call.parent ?? call).detail['eventUrl'] ?? '';
      if (url === '') return;
      const event = { ...view(state, call), timestamp: new Date(world.now()).toISOString() };
      world.webhooks.deliver({
        label: `vonage call ${call.status}`,
        retries: 3,
        build: () => signedJson(signer, url, event),
      });
    },
    async load(call, url, method) {
      const parameters = {
        to: bare(call.to),
        from: bare(call.from),
        uuid: call.id,
        conversation_uuid: call.detail['conversation'] ?? '',
      };
      const request =
        method === 'POST' ? signedJson(signer, url, parameters) : signedQuery(signer, url, parameters);
      const answer = await world.webhooks.fetch(request);
      return answer === null || answer.status >= 400 ? null : parseNcco(answer.body);
    },
    message() {},
    recorded(call, { id, seconds, callback }) {
      const recording = world.recordings.add(id ?? world.ids.uuid(), call, seconds);
      if (callback === null) return;
      const event = {
        start_time: new Date(recording.createdAt - seconds * 1000).toISOString(),
        end_time: new Date(recording.createdAt).toISOString(),
        recording_url: `https://${API}/v1/files/${recording.id}`,
        size: world.recordings.media(recording).length,
        recording_uuid: recording.id,
        conversation_uuid: call.detail['conversation'],
      };
      world.webhooks.deliver({
        label: 'vonage recording',
        retries: 3,
        build: () => signedJson(signer, callback, event),
      });
    },
  };
}

function modify({ world }: VonageServices, call: PhoneCall, request: JsonObject): Reply {
  if (call.endedAt !== null) return problem(400, 'Bad Request', 'The call is over');
  const destination = request['destination'];
  if (request['action'] === 'hangup') world.calls.hangUp(call);
  else if (request['action'] === 'transfer' && isObject(destination)) {
    const script = scriptOf(destination, 'GET');
    if (script === null) return problem(400, 'Bad Request', 'destination has neither ncco nor url');
    world.calls.redirect(call, script);
  }
  return empty(204);
}

function listCalls(state: VonageState, { query, origin, path }: Exchange): Reply {
  const fields = readForm(query);
  const size = wholeNumber(fields.get('page_size'), 10, 1, 100);
  const index = wholeNumber(fields.get('record_index'), 0, 0, 1e9);
  const status = fields.get('status');
  const since = Date.parse(fields.get('date_start') ?? '');
  const until = Date.parse(fields.get('date_end') ?? '');
  const all = state.calls.all();
  const calls = (fields.get('order') === 'asc' ? all : all.toReversed())
    .filter((call) => status === undefined || STATUSES[call.status] === status)
    .filter(({ createdAt }) => !(createdAt < since) && !(createdAt > until));
  const link = (record: number) => ({ href: `${origin}${path}?page_size=${size}&record_index=${record}` });
  return json(200, {
    count: calls.length,
    page_size: size,
    record_index: index,
    _links: { self: link(index), ...(index + size < calls.length ? { next: link(index + size) } : {}) },
    _embedded: { calls: calls.slice(index, index + size).map((call) => view(state, call)) },
  });
}

function view(state: VonageState, call: PhoneCall): Readonly<Record<string, unknown>> {
  const endpoint = (address: string) => ({ type: 'phone', number: bare(address) });
  return {
    uuid: call.id,
    conversation_uuid: (call.parent ?? call).detail['conversation'],
    to: endpoint(call.to),
    from: endpoint(call.from),
    status: STATUSES[call.status],
    direction: call.direction === 'inbound' ? 'inbound' : 'outbound',
    ...(call.answeredAt === null ? {} : { start_time: new Date(call.answeredAt).toISOString() }),
    ...billed(state, call),
    _links: { self: { href: `/v1/calls/${call.id}` } },
  };
}

/** What is known once the call is over. */
function billed({ account }: VonageState, { endedAt, price, rate, duration }: PhoneCall) {
  if (endedAt === null || price === null) return {};
  return {
    rate: decimalText(rate, 8),
    price: decimalText(price, 8),
    duration: String(duration),
    end_time: new Date(endedAt).toISOString(),
    network: '00000',
    currency: account.currency,
  };
}
