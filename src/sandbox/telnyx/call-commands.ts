import { LONGEST_CALL, type PhoneCall } from '../calls.ts';
import { json, type Reply } from '../core.ts';
import { list, text, wholeNumber, type JsonObject } from '../fields.ts';
import { callHooks, controlId } from './call-events.ts';
import { callView } from './call-view.ts';
import { documentUrl } from './documents.ts';
import { invalid, notFound, telnyxError, type TelnyxServices, type TelnyxState } from './state.ts';

const ADDRESS = /^(\+[1-9]\d{6,14}|sips?:.+)$/;
const RINGS = 30;
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

/** Starts a leg to each destination; the answer tells of the first. */
export function dial(services: TelnyxServices, state: TelnyxState, request: JsonObject): Reply {
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
  return first === undefined ? notFound() : json(200, { data: callView(first) });
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

interface Command {
  readonly action: string;
  readonly request: JsonObject;
}

/** Carries out a command upon a live call. */
export function act(services: TelnyxServices, call: PhoneCall, { action, request }: Command): Reply {
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
