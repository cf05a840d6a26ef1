import type { Content, Destination, Effect } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { formValues } from '../shared/form.ts';
import type { JsonValue } from '../shared/json-body.ts';
import { jsonOf } from '../shared/plain-request.ts';
import type { IntentDetails } from '../shared/reading.ts';
import type { Operation } from '../wire.ts';
import { anyAddress, callee } from './addresses.ts';
import { contentOf } from './messages.ts';
import { callbacksOf, isOnParameter, type Parameters, textParameter } from './parameters.ts';

/** Names under which products put an address, in forms and in JSON. */
const ADDRESS_NAMES = new Set([
  'To',
  'PhoneNumber',
  'Identifier',
  'MessagingBinding.Address',
  'to',
  'address',
  'Address',
  'phone_number',
  'phoneNumber',
  'identifier',
  'Target',
]);
/** Parameters whose values are JSON texts with addresses in them. */
const JSON_NAMES = new Set(['ToBinding', 'Participant', 'Participants', 'Channel', 'MediaProperties']);
/** Parameters that address everybody who matches; only the vendor knows how many that are. */
const AUDIENCES = ['Identity', 'Tag', 'Segment'] as const;
const TEXTS = ['Body', 'ContentSid'] as const;
const MAX_DEPTH = 8;
const MAX_DESTINATIONS = 1001;
/** Operations that start something only with one of these parameters; without, they merely change what exists. */
const STARTERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['UpdateConference', ['AnnounceUrl']],
  ['UpdateParticipant', ['AnnounceUrl', 'HoldUrl', 'WaitUrl']],
  ['UpdateIncomingPhoneNumber', ['EmergencyStatus', 'EmergencyAddressSid', 'VoiceCallerIdLookup']],
]);
const DIAL_PARAMETERS = ['CallTo', 'DequeueTo', 'To'] as const;
const RECORDS = ['Record', 'ConferenceRecord', 'CallRecord', 'DequeueRecord'] as const;
const DIALS: ReadonlySet<string> = new Set(['call', 'dequeue', 'conference', 'redirect', 'supervise']);

/** Operations without a reader of their own: known by their effects, with the addresses that can be seen. */
export function readOther(operation: Operation, parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const audience = AUDIENCES.some((name) => textParameter(parameters, name) !== null);
  return {
    effects: effectsOf(operation, parameters),
    destinations: costs(operation) ? addressesIn(parameters, plan) : [],
    content: operation.effects.includes('spend') ? textOf(parameters) : null,
    extras: audience && operation.effects.includes('spend') ? ['audience'] : [],
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** Text of a conversation, session or notification, which its participants may receive as text messages. */
function textOf(parameters: Parameters): Content | null {
  if (TEXTS.every((name) => textParameter(parameters, name) === null)) return null;
  return contentOf(parameters, true, formValues(parameters.form, 'MediaUrl').length);
}

/** The vendor ends a call after four hours unless a time limit was given when it began. */
const FOUR_HOURS = 14_400;

/** A queued caller is sent to a document that may dial; the vendor takes no time limit with it. */
export function readMemberUpdate(parameters: Parameters): IntentDetails {
  return {
    action: 'call.modify',
    channel: 'voice',
    callSeconds: FOUR_HOURS,
    fixedSeconds: true,
    extras: ['leg'],
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** A worker accepts a task. With some instructions the vendor dials. */
export function readReservationUpdate(
  operation: Operation,
  parameters: Parameters,
  plan: NumberingPlan,
): IntentDetails {
  const instruction = textParameter(parameters, 'Instruction')?.toLowerCase() ?? '';
  const dialled = DIAL_PARAMETERS.flatMap((name) => textParameter(parameters, name) ?? []);
  const isQuiet = instruction === '' || (!DIALS.has(instruction) && dialled.length === 0);
  const records = RECORDS.some((name) => isOnParameter(parameters, name));
  const kept = operation.effects.filter((effect) => effect !== 'indirect');
  return {
    effects: isQuiet ? kept : [...kept, 'spend'],
    destinations: dialled.map((to) => callee(to, 'To', plan).destination),
    extras: isQuiet ? [] : ['leg', ...(records ? ['recording'] : [])],
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** Starting a recording or transcription costs by the minute; pausing and stopping one does not. */
export function readRecordingUpdate(operation: Operation, parameters: Parameters): IntentDetails {
  const ends = ['stopped', 'paused'].includes(textParameter(parameters, 'Status') ?? '');
  return {
    effects: ends ? withoutIndirect(operation) : operation.effects,
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

function effectsOf(operation: Operation, parameters: Parameters): readonly Effect[] {
  const starters = STARTERS.get(operation.id);
  if (starters === undefined || starters.some((name) => textParameter(parameters, name) !== null))
    return operation.effects;
  return withoutIndirect(operation);
}

function withoutIndirect({ effects }: Operation): readonly Effect[] {
  return effects.filter((effect) => effect !== 'indirect');
}

function costs({ effects }: Operation): boolean {
  return effects.includes('spend') || effects.includes('buy') || effects.includes('indirect');
}

function addressesIn({ form, json }: Parameters, plan: NumberingPlan): readonly Destination[] {
  const found: Destination[] = [];
  const add = (text: string): void => {
    const destination = anyAddress(text, plan);
    if (destination !== null && found.length < MAX_DESTINATIONS) found.push(destination);
  };
  if (json !== null) walk(json, add, 0);
  for (const [name, value] of form.entries) if (ADDRESS_NAMES.has(name)) add(value);
  for (const name of JSON_NAMES) for (const value of formValues(form, name)) walk(jsonText(value), add, 0);
  return found;
}

/** A value that should be JSON: an object, or a list of objects. */
function jsonText(value: string): JsonValue {
  const text = value.trim();
  if (text.startsWith('[')) return jsonOf(Buffer.from(`{"list":${text}}`));
  return text.startsWith('{') ? jsonOf(Buffer.from(text)) : null;
}

function walk(value: JsonValue, add: (text: string) => void, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && ADDRESS_NAMES.has(name)) add(inner);
    else walk(inner, add, depth + 1);
  }
}
