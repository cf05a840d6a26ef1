import { LONGEST_CALL, type CallHooks, type CallStatus, type PhoneCall } from '../calls.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { list, readJson, text, wholeNumber, type JsonObject } from '../fields.ts';
import type { Recording } from '../recordings.ts';
import type { Route } from '../router.ts';
import { documentUrl } from './documents.ts';
import {
  invalid,
  isoTime,
  listPage,
  notFound,
  signedEvent,
  telnyxError,
  type TelnyxServices,
  type TelnyxState,
} from './state.ts';

const API = 'api.telnyx.com';
const ADDRESS = /^(\+[1-9]\d{6,14}|sips?:.+)$/;
const RINGS = 30;
const MOST_COMMANDS = 10_000;
/** Commands that change what is heard, not what is billed. */
const HARMLESS = new Set([
  'answer',
  'speak',
  'playback_start',
  'playback_stop',
  'send_dtmf',
  'gather',
  'gather_stop',
  'gather_using_speak',
  'client_state_update',
  'record_stop',
]);

export function callRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  const { world } = services;
  const call = (state: TelnyxState, { params }: Exchange) => state.calls.get(params['call'] ?? '');
  const recording = (state: TelnyxState, { params }: Exchange) =>
    world.recordings.of(state.account).get(params['id'] ?? '');
  return [
    [
      'POST',
      API,
      '/v2/calls',
      (state, exchange) => once(state, exchange, (request) => dial(services, state, request)),
    ],
    [
      'GET',
      API,
      '/v2/calls/{call}',
      (state, exchange) => {
        const found = call(state, exchange);
        return found === undefined ? notFound() : json(200, { data: view(found) });
      },
    ],
    [
      'POST',
      API,
      '/v2/calls/{call}/actions/{action}',
      (state, exchange) => {
        const found = call(state, exchange);
        if (found === undefined) return notFound();
        const action = exchange.params['action'] ?? '';
        return once(state, exchange, (request) => act(services, found, { action, request }));
      },
    ],
    [
      'GET',
      API,
      '/v2/recordings',
      (state, exchange) =>
        listPage(exchange, world.recordings.of(state.account).all().toReversed(), recordingView),
    ],
    [
      'GET',
      API,
      '/v2/recordings/{id}',
      (state, exchange) => {
        const found = recording(state, exchange);
        return found === undefined ? notFound() : json(200, { data: recordingView(found) });
      },
    ],
    [
      'GET',
      API,
      '/v2/recordings/{id}/download',
      (state, exchange) => {
        const found = recording(state, exchange);
        if (found === undefined) return notFound();
        return {
          status: 200,
          headers: { 'content-type': 'audio/x-wav' },
          body: world.recordings.media(found),
        };
      },
    ],
  ];
}

/** A command with a known `command_id` gets the answer of the first one. */
function once(state: TelnyxState, exchange: Exchange, run: (request: JsonObject) => Reply): Reply {
  const request = readJson(exchange) ?? {};
  const id = text(request, 'command_id');
  const key = `${exchange.path} ${id}`;
  const known = id === undefined ? undefined : state.commands.get(key);
  if (known !== undefined) return known;
  const reply = run(request);
  if (id !== undefined && reply.status < 300) {
    if (state.commands.size >= MOST_COMMANDS) state.commands.delete(state.commands.keys().next().value ?? '');
    state.commands.set(key, reply);
  }
  return reply;
}

function dial(services: TelnyxServices, state: TelnyxState, request: JsonObject): Reply {
  const single = text(request, 'to');
  const targets =
    single === undefined ? list(request, 'to').filter((to) => typeof to === 'string') : [single];
  const from = text(request, 'from');
  if (targets.length === 0 || targets.some((to) => !ADDRESS.test(to)))
    return invalid('to', 'The destination is not valid');
  if (from === undefined) return invalid('from', 'The from number is missing');
  if (text(request, 'connection_id') === undefined)
    return invalid('connection_id', 'The connection is missing');
  const session = services.world.ids.uuid();
  const calls = targets.map((to) => startLeg(services, state, { request, from, to, session }));
  const [first] = calls;
  return first === undefined ? notFound() : json(200, { data: view(first) });
}

interface Leg {
  readonly request: JsonObject;
  readonly from: string;
  readonly to: string;
  readonly session: string;
}

function startLeg(
  services: TelnyxServices,
  state: TelnyxState,
  { request, from, to, session }: Leg,
): PhoneCall {
  const { ids, calls, settings } = services.world;
  const connection = text(request, 'connection_id') ?? '';
  const configured = documentUrl(state, 'call_control_applications', connection, 'webhook_event_url');
  const record = text(request, 'record') !== undefined;
  const call = calls.start({
    id: controlId(services),
    account: state.account,
    from,
    to,
    direction: 'outbound-api',
    parent: null,
    script: () => [{ kind: 'wait', seconds: settings.talkSeconds }],
    hooks: callHooks(services, state),
    detail: {
      connection,
      session,
      leg: ids.uuid(),
      clientState: text(request, 'client_state') ?? '',
      webhookUrl: text(request, 'webhook_url') ?? configured,
    },
    timeoutSeconds: wholeNumber(text(request, 'timeout_secs'), RINGS, 5, 600),
    limitSeconds: wholeNumber(text(request, 'time_limit_secs'), LONGEST_CALL, 1, LONGEST_CALL),
    recordingId: record ? ids.uuid() : null,
  });
  state.calls.add(call);
  return call;
}

const controlId = ({ world }: TelnyxServices): string => `v3:${world.ids.alphanumeric(56)}`;

interface Command {
  readonly action: string;
  readonly request: JsonObject;
}

function act(services: TelnyxServices, call: PhoneCall, { action, request }: Command): Reply {
  const { calls, ids } = services.world;
  if (call.endedAt !== null)
    return telnyxError(
      422,
      '90018',
      'Call has already ended',
      "This call is no longer active and can't receive commands.",
    );
  if (action === 'hangup' || action === 'reject') calls.hangUp(call);
  else if (action === 'record_start') call.recordingId ??= ids.uuid();
  else if (action === 'transfer' || action === 'refer') {
    const to = text(request, 'to') ?? text(request, 'sip_address') ?? '';
    if (!ADDRESS.test(to)) return invalid('to', 'The destination is not valid');
    transfer(services, call, { request, to });
  } else if (!HARMLESS.has(action)) return notFound();
  return json(200, { data: { result: 'ok' } });
}

/** The live call is connected to a further, charged leg and ends with it. */
function transfer(
  services: TelnyxServices,
  call: PhoneCall,
  { request, to }: { readonly request: JsonObject; readonly to: string },
): void {
  const limit = text(request, 'time_limit_secs');
  services.world.calls.redirect(call, () => [
    {
      kind: 'dial',
      targets: [to],
      from: text(request, 'from') ?? null,
      timeoutSeconds: wholeNumber(text(request, 'timeout_secs'), RINGS, 5, 600),
      limitSeconds: limit === undefined ? null : wholeNumber(limit, LONGEST_CALL, 1, LONGEST_CALL),
    },
  ]);
}

const EVENTS: Readonly<Record<CallStatus, string>> = {
  queued: 'call.initiated',
  ringing: 'call.initiated',
  'in-progress': 'call.answered',
  completed: 'call.hangup',
  busy: 'call.hangup',
  failed: 'call.hangup',
  'no-answer': 'call.hangup',
  canceled: 'call.hangup',
};

const CAUSES: Readonly<Partial<Record<CallStatus, string>>> = {
  completed: 'normal_clearing',
  busy: 'user_busy',
  failed: 'unspecified',
  'no-answer': 'timeout',
  canceled: 'originator_cancel',
};

export function callHooks(services: TelnyxServices, state: TelnyxState): CallHooks {
  const { world } = services;
  const report = (call: PhoneCall, type: string, extra: Readonly<Record<string, unknown>>) => {
    const url = (call.parent ?? call).detail['webhookUrl'] ?? '';
    if (url === '') return;
    const event = {
      id: world.ids.uuid(),
      type,
      payload: { ...view(call), from: call.from, to: call.to, ...extra },
    };
    const build = () => signedEvent(world, state, url, event);
    world.webhooks.deliver({ label: `telnyx ${type}`, retries: 3, build });
  };
  return {
    newId: () => controlId(services),
    opened: (call) => state.calls.add(call),
    changed(call) {
      const cause = CAUSES[call.status];
      const ended = { hangup_cause: cause, hangup_source: 'callee', end_time: isoTime(call.endedAt ?? 0) };
      report(call, EVENTS[call.status], {
        direction: call.direction === 'inbound' ? 'incoming' : 'outgoing',
        ...(cause === undefined ? {} : ended),
      });
    },
    load: () => null,
    message() {},
    recorded(call, { id, seconds }) {
      const recording = world.recordings.add(id ?? world.ids.uuid(), call, seconds);
      report(call, 'call.recording.saved', {
        recording_id: recording.id,
        recording_urls: { wav: downloadUrl(recording) },
      });
    },
  };
}

function view(call: PhoneCall) {
  const { detail } = call.parent ?? call;
  return {
    record_type: 'call',
    call_control_id: call.id,
    call_leg_id: call.detail['leg'] ?? call.id,
    call_session_id: detail['session'],
    connection_id: detail['connection'],
    client_state: detail['clientState'] === '' ? null : detail['clientState'],
    is_alive: call.endedAt === null,
    call_duration: call.duration,
    start_time: call.answeredAt === null ? null : isoTime(call.answeredAt),
    end_time: call.endedAt === null ? null : isoTime(call.endedAt),
  };
}

const downloadUrl = ({ id }: Recording): string => `https://${API}/v2/recordings/${id}/download`;

function recordingView(recording: Recording): unknown {
  const { id, callId, createdAt, seconds } = recording;
  return {
    id,
    record_type: 'recording',
    call_control_id: callId,
    channels: 'single',
    created_at: isoTime(createdAt),
    updated_at: isoTime(createdAt),
    download_urls: { wav: downloadUrl(recording) },
    duration_millis: seconds * 1000,
    recording_started_at: isoTime(createdAt - seconds * 1000),
    recording_ended_at: isoTime(createdAt),
    source: 'call',
    status: 'completed',
  };
}
