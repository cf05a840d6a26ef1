import { LONGEST_CALL, type CallHooks, type PhoneCall, type ScriptSource } from '../calls.ts';
import { empty, json, type Exchange, type Reply } from '../core.ts';
import { readForm, wholeNumber, type Fields } from '../fields.ts';
import type { Route } from '../router.ts';
import { callParameters, callView } from './call-view.ts';
import { notFound, twilioError } from './errors.ts';
import { sendMessage } from './messages.ts';
import { list2010 } from './pages.ts';
import { signedForm } from './signature.ts';
import { timeFilter, type TwilioServices, type TwilioState } from './state.ts';
import { readTwiml } from './twiml.ts';

const API = 'api.twilio.com';
const BASE = '/2010-04-01/Accounts/{account}/Calls';
const CONFERENCES = '/2010-04-01/Accounts/{account}/Conferences';
const ADDRESS = /^(\+[1-9]\d{6,14}|sips?:.+|client:.+)$/;
const RINGS = 60;

/** Numbers that the vendor documents for tests. */
const REFUSED: Readonly<Record<string, readonly [status: number, code: number]>> = {
  '+15005550001': [400, 21217],
  '+15005550002': [400, 21214],
  '+15005550003': [400, 21215],
  '+15005550004': [400, 21216],
};

export function callRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  const { world } = services;
  const one =
    (use: (state: TwilioState, call: PhoneCall, fields: Fields) => Reply) =>
    (state: TwilioState, exchange: Exchange): Reply => {
      const call = state.calls.get(exchange.params['call'] ?? '');
      return call === undefined
        ? notFound(exchange.path)
        : use(state, call, readForm(exchange.body.toString()));
    };
  const view = (state: TwilioState, call: PhoneCall, status = 200) =>
    json(status, callView(state, call, world.now()));
  return [
    [
      'POST',
      API,
      `${BASE}.json`,
      (state, exchange) => {
        const started = createCall(services, state, readForm(exchange.body.toString()), null);
        return 'direction' in started ? view(state, started, 201) : started;
      },
    ],
    ['GET', API, `${BASE}.json`, (state, exchange) => listCalls(services, state, exchange)],
    ['GET', API, `${BASE}/{call}.json`, one((state, call) => view(state, call))],
    [
      'POST',
      API,
      `${BASE}/{call}.json`,
      one((state, call, fields) => updateCall(services, state, call, fields) ?? view(state, call)),
    ],
    [
      'DELETE',
      API,
      `${BASE}/{call}.json`,
      one((state, call) => {
        if (call.endedAt === null) return twilioError(409, 20009, 'Cannot delete a call in progress');
        state.calls.remove(call.id);
        return empty(204);
      }),
    ],
    [
      'POST',
      API,
      `${CONFERENCES}/{conference}/Participants.json`,
      (state, exchange) => addParticipant(services, state, exchange),
    ],
  ];
}

/** A call, or the vendor's error. `script` overrides what Url and Twiml say. */
function createCall(
  services: TwilioServices,
  state: TwilioState,
  fields: Fields,
  script: ScriptSource | null,
) {
  const [to, from] = [fields.get('To') ?? '', fields.get('From') ?? ''];
  const source = script ?? scriptOf(services, fields);
  if (to === '') return twilioError(400, 21201);
  if (from === '') return twilioError(400, 21213);
  if (source === null) return twilioError(400, 21205);
  if (!ADDRESS.test(to))
    return twilioError(400, 21211, `The phone number you are attempting to call, ${to}, is not valid.`);
  const refused = REFUSED[to];
  if (refused !== undefined) return twilioError(...refused);
  const call = services.world.calls.start({
    id: services.world.ids.sid('CA'),
    account: state.account,
    from,
    to,
    direction: 'outbound-api',
    parent: null,
    script: source,
    hooks: callHooks(services, state),
    detail: callbacksOf(fields),
    timeoutSeconds: wholeNumber(fields.get('Timeout'), RINGS, 1, 600),
    limitSeconds: wholeNumber(fields.get('TimeLimit'), LONGEST_CALL, 1, LONGEST_CALL),
    recordingId: fields.get('Record') === 'true' ? services.world.ids.sid('RE') : null,
  });
  state.calls.add(call);
  return call;
}

function callbacksOf(fields: Fields): Record<string, string> {
  const events = fields.all('StatusCallbackEvent').flatMap((event) => event.split(/[ ,]+/));
  return {
    statusCallback: fields.get('StatusCallback') ?? '',
    statusMethod: fields.get('StatusCallbackMethod') ?? 'POST',
    statusEvents: events.length === 0 ? 'completed' : events.join(' '),
    recordingCallback: fields.get('RecordingStatusCallback') ?? '',
  };
}

/** Null: the request names no instructions. An application's own URL is not simulated: its calls are silent. */
function scriptOf(services: TwilioServices, fields: Fields): ScriptSource | null {
  const [twiml, url] = [fields.get('Twiml'), fields.get('Url')];
  if (twiml !== undefined) return () => readTwiml(twiml);
  if (url !== undefined) return (call) => call.hooks.load(call, url, fields.get('Method') ?? 'POST');
  if (!fields.has('ApplicationSid')) return null;
  return () => [{ kind: 'wait', seconds: services.world.settings.talkSeconds }];
}

export function callHooks(services: TwilioServices, state: TwilioState): CallHooks {
  const { world } = services;
  return {
    newId: () => world.ids.sid('CA'),
    opened: (call) => state.calls.add(call),
    changed: (call) => reportStatus(services, state, call),
    async load(call, url, method) {
      const request = signedForm(state.authToken, url, callParameters(state, call), method);
      const answer = await world.webhooks.fetch(request);
      return answer === null || answer.status >= 400 ? null : readTwiml(answer.body);
    },
    message(call, to, text) {
      const extra = { media: 0, serviceSid: null, callback: null, sendAt: null };
      const reply = { to: to ?? call.from, from: call.to, body: text, direction: 'outbound-reply' as const };
      sendMessage(services, state, { ...reply, ...extra });
    },
    recorded(call, { id, seconds, callback }) {
      const recording = world.recordings.add(id ?? world.ids.sid('RE'), call, seconds);
      if (callback === null || callback === '') return;
      const parameters = {
        AccountSid: state.account.id,
        CallSid: call.id,
        RecordingSid: recording.id,
        RecordingStatus: 'completed',
        RecordingDuration: String(seconds),
        RecordingUrl: `https://${API}/2010-04-01/Accounts/${state.account.id}/Recordings/${recording.id}`,
      };
      const build = () => signedForm(state.authToken, callback, parameters);
      world.webhooks.deliver({ label: 'twilio recording completed', retries: 1, build });
    },
  };
}

const EVENT_OF_STATUS: Readonly<Record<string, string>> = { ringing: 'ringing', 'in-progress': 'answered' };

function reportStatus({ world }: TwilioServices, state: TwilioState, call: PhoneCall): void {
  const url = call.detail['statusCallback'] ?? '';
  const event = EVENT_OF_STATUS[call.status] ?? 'completed';
  if (url === '' || !(call.detail['statusEvents'] ?? '').split(' ').includes(event)) return;
  const parameters = callParameters(state, call);
  const build = () => signedForm(state.authToken, url, parameters, call.detail['statusMethod']);
  world.webhooks.deliver({ label: `twilio call ${event}`, retries: 1, build });
}

/** Null when the change was made. */
function updateCall(
  services: TwilioServices,
  _state: TwilioState,
  call: PhoneCall,
  fields: Fields,
): Reply | null {
  const { calls } = services.world;
  if (call.endedAt !== null) return twilioError(400, 21220);
  const status = fields.get('Status');
  const limit = fields.get('TimeLimit');
  const script = scriptOf(services, fields);
  if (limit !== undefined) calls.limit(call, wholeNumber(limit, LONGEST_CALL, 1, LONGEST_CALL));
  if (status === 'completed' || (status === 'canceled' && call.answeredAt === null)) calls.hangUp(call);
  else if (script !== null) calls.redirect(call, script);
  return null;
}

function listCalls({ world }: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const fields = readForm(exchange.query);
  const inTime = timeFilter(fields, 'StartTime');
  const wanted = (name: string, value: string | null) => {
    const asked = fields.get(name);
    return asked === undefined || asked === value;
  };
  const now = world.now();
  return list2010(exchange, {
    log: state.calls,
    key: 'calls',
    view: (call) => callView(state, call, now),
    accept: (call) =>
      wanted('To', call.to) &&
      wanted('From', call.from) &&
      wanted('Status', call.status) &&
      wanted('ParentCallSid', call.parent?.id ?? null) &&
      (inTime === null || inTime(call.createdAt)),
  });
}

/** Dials somebody into a conference; the path does not look like it, but it is a call. */
function addParticipant(services: TwilioServices, state: TwilioState, exchange: Exchange): Reply {
  const fields = readForm(exchange.body.toString());
  const { talkSeconds } = services.world.settings;
  const call = createCall(services, state, fields, () => [{ kind: 'wait', seconds: talkSeconds }]);
  if (!('direction' in call)) return call;
  return json(201, {
    account_sid: state.account.id,
    call_sid: call.id,
    conference_sid: exchange.params['conference'],
    label: fields.get('Label') ?? null,
    muted: false,
    hold: false,
    coaching: false,
    status: 'queued',
    uri: `${exchange.path.replace('.json', '')}/${call.id}.json`,
  });
}
