import type { Effect } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { phoneOf } from '../shared/recipients.ts';
import { patchForm } from '../shared/form.ts';
import { withBody } from '../shared/requests.ts';
import type { Operation, WireRequest } from '../wire.ts';
import { callee } from './addresses.ts';
import {
  callbacksOf,
  isOnParameter,
  type Parameters,
  readParameters,
  requiredParameter,
  textParameter,
} from './parameters.ts';
import { readTwiml, type TwimlFacts } from './twiml.ts';

/** Longest time limit that the vendor takes, in seconds. */
export const LONGEST_CALL = 86_400;
const LIMITED: ReadonlySet<string> = new Set(['CreateCall', 'CreateParticipant', 'UpdateCall']);
/** Parameters that point the vendor to a document elsewhere, whose legs are not known here. */
const DOCUMENTS = ['Url', 'ApplicationSid', 'FallbackUrl'] as const;
const HARMLESS: readonly Effect[] = ['write', 'pii'];

/** `POST …/Calls.json`. */
export function readCall(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const { destination, channel } = callee(requiredParameter(parameters, 'To'), 'To', plan);
  const twiml = twimlOf(parameters, plan);
  return {
    ...voice(parameters, twiml),
    action: 'call.create',
    channel: channel ?? 'voice',
    destinations: [destination, ...twiml.destinations],
  };
}

/** `POST …/Participants.json`: dials out into a conference, which is charged for each participant besides the call. */
export function readParticipant(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const { destination, channel } = callee(requiredParameter(parameters, 'To'), 'To', plan);
  // What participants hear while they wait may be spoken text, which is charged by the character.
  const waits = textParameter(parameters, 'WaitUrl') !== null;
  return {
    ...voice(parameters, {
      ...NO_TWIML,
      extras: new Set(waits ? ['conference', 'premium_speech'] : ['conference']),
    }),
    action: 'call.create',
    channel: channel ?? 'voice',
    destinations: [destination],
  };
}

/** `POST …/Calls/{Sid}.json`: ends a live call, or sends it to another document, which may dial. */
export function readCallUpdate(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  if (isHangUp(parameters))
    return {
      action: 'call.modify',
      effects: HARMLESS,
      parameters: parameters.map,
      callbacks: callbacksOf(parameters),
    };
  const twiml = twimlOf(parameters, plan);
  return {
    ...voice(parameters, withRunningLeg(twiml)),
    action: 'call.modify',
    channel: 'voice',
    destinations: twiml.destinations,
  };
}

/** `POST …/OutgoingCallerIds.json` calls the number and reads a code out. */
export function readValidation(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  return {
    channel: 'voice',
    destinations: [phoneOf(requiredParameter(parameters, 'PhoneNumber'), 'PhoneNumber', plan)],
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** Writes the time after which the vendor ends the call; a request that only ends one stays as it is. */
export function limit(operation: Operation, request: WireRequest, seconds: number | null): WireRequest {
  if (seconds === null || !LIMITED.has(operation.id)) return request;
  if (operation.id === 'UpdateCall' && isHangUp(readParameters(operation, request))) return request;
  const most = Math.min(LONGEST_CALL, Math.max(1, Math.floor(seconds)));
  return withBody(request, patchForm(request.body, 'TimeLimit', String(most)));
}

function voice(parameters: Parameters, twiml: TwimlFacts): IntentDetails {
  const extras = new Set(twiml.extras);
  if (DOCUMENTS.some((name) => textParameter(parameters, name) !== null)) extras.add('leg');
  const recordings = [...(twiml.extras.has('recording') ? ['recording'] : []), ...recordingsOf(parameters)];
  if (recordings.length > 0) extras.add('recording');
  if (isOnParameter(parameters, 'MachineDetection')) extras.add('machine_detection');
  // Only the vendor knows which of two the callee sees, so both are senders: naming both must not get round a list of allowed senders.
  const shown = ['CallerId', 'From'].flatMap((name) => textParameter(parameters, name) ?? []);
  const [sender = null, ...others] = new Set(shown);
  return {
    sender,
    furtherSenders: [...others, ...twiml.senders],
    callSeconds: timeLimit(parameters),
    content: twiml.content,
    extras: [...extras, ...recordings.slice(1), ...twiml.furtherExtras, ...furtherTexts(twiml)],
    parameters: parameters.map,
    callbacks: [...callbacksOf(parameters), ...twiml.callbacks],
  };
}

/** The call and its conference are recorded, and charged, separately, in addition to recordings by a script. */
function recordingsOf(parameters: Parameters): readonly string[] {
  const isOn = (...names: readonly string[]) => names.some((name) => isOnParameter(parameters, name));
  return [isOn('Record', 'RecordingConfigurationId'), isOn('ConferenceRecord')].flatMap((records) =>
    records ? ['recording'] : [],
  );
}

/** Adds the running leg, which goes on until the new time limit whatever the document does; what the document dials costs in addition. */
function withRunningLeg(twiml: TwimlFacts): TwimlFacts {
  return twiml.destinations.length === 0 ? twiml : { ...twiml, extras: new Set([...twiml.extras, 'leg']) };
}

const NO_TWIML: TwimlFacts = {
  destinations: [],
  extras: new Set(),
  furtherExtras: [],
  callbacks: [],
  senders: [],
  content: null,
};

/** An extra for each segment and media of the texts, but for the first, which is among the extras already. */
function furtherTexts({ content }: TwimlFacts): readonly string[] {
  return content === null ? [] : Array<string>(content.segments + content.media - 1).fill('sms');
}

function twimlOf(parameters: Parameters, plan: NumberingPlan): TwimlFacts {
  const text = textParameter(parameters, 'Twiml');
  return text === null ? NO_TWIML : readTwiml(text, plan);
}

function timeLimit(parameters: Parameters): number | null {
  const text = textParameter(parameters, 'TimeLimit');
  if (text === null) return null;
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > LONGEST_CALL)
    throw new Unreadable(`\`TimeLimit\` must be a whole number of seconds from 1 to ${LONGEST_CALL}.`);
  return seconds;
}

function isHangUp(parameters: Parameters): boolean {
  const changes = ['Url', 'Twiml', 'ApplicationSid', 'FallbackUrl', 'TimeLimit'];
  const status = textParameter(parameters, 'Status');
  return (
    (status === 'completed' || status === 'canceled') &&
    changes.every((name) => textParameter(parameters, name) === null)
  );
}
