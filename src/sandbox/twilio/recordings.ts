import { empty, json, type Exchange, type Reply, type World } from '../core.ts';
import { readForm } from '../fields.ts';
import type { Recording } from '../recordings.ts';
import type { Route } from '../router.ts';
import { recordingView } from './call-view.ts';
import { notFound, twilioError } from './errors.ts';
import { list2010 } from './pages.ts';
import { iso, type TwilioServices, type TwilioState } from './state.ts';

const API = 'api.twilio.com';
const BASE = '/2010-04-01/Accounts/{account}';

export function recordingRoutes({ world }: TwilioServices): readonly Route<TwilioState>[] {
  const { recordings } = world;
  const one =
    (use: (state: TwilioState, recording: Recording, exchange: Exchange) => Reply) =>
    (state: TwilioState, exchange: Exchange): Reply => {
      const id = (exchange.params['recording'] ?? '').replace(/\.(wav|mp3)$/, '');
      const recording = recordings.of(state.account).get(id);
      return recording === undefined ? notFound(exchange.path) : use(state, recording, exchange);
    };
  const list = (state: TwilioState, exchange: Exchange): Reply => {
    const call = exchange.params['call'] ?? readForm(exchange.query).get('CallSid');
    return list2010(exchange, {
      log: recordings.of(state.account),
      key: 'recordings',
      view: (recording) => recordingView(state, recording, world.now(), exchange.origin),
      accept: call === undefined ? undefined : ({ callId }) => callId === call,
    });
  };
  const show = one((state, recording, { origin }) =>
    json(200, recordingView(state, recording, world.now(), origin)),
  );
  const remove = one((state, { id }) => {
    recordings.of(state.account).remove(id);
    return empty(204);
  });
  return [
    ['GET', API, `${BASE}/Recordings.json`, list],
    ['GET', API, `${BASE}/Recordings/{recording}.json`, show],
    ['DELETE', API, `${BASE}/Recordings/{recording}.json`, remove],
    [
      'GET',
      API,
      `${BASE}/Recordings/{recording}`,
      one((_state, recording, { path }) => ({
        status: 200,
        headers: { 'content-type': path.endsWith('.mp3') ? 'audio/mpeg' : 'audio/x-wav' },
        body: recordings.media(recording),
      })),
    ],
    ['GET', API, `${BASE}/Calls/{call}/Recordings.json`, list],
    [
      'POST',
      API,
      `${BASE}/Calls/{call}/Recordings.json`,
      (state, exchange) => startRecording(world, state, exchange),
    ],
  ];
}

/** Records the call, which is billed with it at its end. */
function startRecording({ ids }: World, state: TwilioState, exchange: Exchange): Reply {
  const call = state.calls.get(exchange.params['call'] ?? '');
  if (call === undefined) return notFound(exchange.path);
  if (call.status !== 'in-progress')
    return twilioError(400, 21220, 'Requested resource is not eligible for recording');
  call.recordingId ??= ids.sid('RE');
  return json(201, {
    sid: call.recordingId,
    account_sid: state.account.id,
    call_sid: call.id,
    status: 'in-progress',
    source: 'StartCallRecordingAPI',
    date_created: iso(call.createdAt),
    duration: null,
    price: null,
    price_unit: state.account.currency,
  });
}
