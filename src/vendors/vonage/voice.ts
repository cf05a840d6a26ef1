import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from '../shared/json-body.ts';
import {
  createNameCheck,
  exactField,
  isOn,
  listOf,
  objectOf,
  optionalText,
  optionalWhole,
  requireText,
} from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import type { Operation, WireRequest } from '../wire.ts';
import {
  endpointsOf,
  limitScript,
  LONGEST_CALL,
  onceEach,
  readScript,
  type Script,
  whispersIn,
} from './ncco.ts';

const checkCall = createNameCheck([
  'to',
  'from',
  'ncco',
  'answer_url',
  'length_timer',
  'event_url',
  'advanced_machine_detection',
  'random_from_number',
]);
const checkChange = createNameCheck(['action', 'destination', 'type', 'ncco', 'url']);
const HARMLESS: ReadonlySet<string> = new Set(['hangup', 'mute', 'unmute', 'earmuff', 'unearmuff']);
const NO_SCRIPT: Script = { destinations: [], extras: ['leg'], senders: [], longest: 0 };

/** `POST /v1/calls`. A call that is scripted from a URL, or by its application, may dial one further leg at a time. */
export function readCall(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkCall(body);
  const called = endpointsOf(listOf(body, 'to'), 'to', plan);
  if (called.length === 0) throw new Unreadable('`to` must list at least one endpoint.');
  const inline = listOf(body, 'ncco');
  const script = inline.length === 0 ? NO_SCRIPT : readScript(inline, plan);
  const isFetched = Object.hasOwn(body, 'answer_url') || whispersIn(listOf(body, 'to')).length > 0;
  const fetched = isFetched && inline.length > 0 ? ['leg'] : [];
  const detection = isOn(body, 'advanced_machine_detection') ? ['machine_detection'] : [];
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: [...called, ...script.destinations],
    sender: callerOf(body),
    furtherSenders: [...(isOn(body, 'random_from_number') ? [''] : []), ...script.senders],
    callSeconds: optionalWhole(body, 'length_timer', [1, LONGEST_CALL]),
    extras: onceEach('leg', [...script.extras, ...fetched, ...detection]),
    parameters: parametersOf(body),
  };
}

function callerOf(body: JsonObject): string | null {
  const from = exactField(body, 'from');
  return isJsonObject(from) ? (optionalText(from, 'number') ?? optionalText(from, 'user')) : null;
}

/** `PUT /v1/calls/{uuid}`. Ending or muting a call is free; a transfer makes it follow another script, which may cost. */
export function readCallChange(body: JsonObject, operation: Operation, plan: NumberingPlan): IntentDetails {
  checkChange(body);
  const common = { channel: 'voice', parameters: parametersOf(body) } as const;
  const action = requireText(body, 'action');
  if (HARMLESS.has(action))
    return { ...common, action: 'call.modify', effects: operation.effects.filter((one) => one !== 'spend') };
  if (action !== 'transfer') throw new Unreadable('`action` is not one that is known.');
  const destination = objectOf(body, 'destination');
  if (destination === null) throw new Unreadable('`destination` is missing.');
  checkChange(destination);
  const inline = listOf(destination, 'ncco');
  if (inline.length > 0 && Object.hasOwn(destination, 'url'))
    throw new Unreadable('Give `ncco` or `url`: which one counts is not clear.');
  const script = inline.length === 0 ? NO_SCRIPT : readScript(inline, plan);
  const costs = script.destinations.length + script.extras.length > 0;
  return {
    ...common,
    effects: costs ? operation.effects : operation.effects.filter((one) => one !== 'spend'),
    action: script.destinations.length > 0 ? 'call.create' : 'call.modify',
    destinations: script.destinations,
    furtherSenders: script.senders,
    callSeconds: script.longest === 0 ? LONGEST_CALL : script.longest,
    fixedSeconds: script.longest === 0,
    extras: script.extras,
  };
}

/** Playing speech or audio into a call. Premium voices are charged by the character, everything else is free. */
export function readPlayback(body: JsonObject, operation: Operation): IntentDetails {
  const premium = isOn(body, 'premium');
  return {
    action: premium ? 'other' : 'call.modify',
    channel: 'voice',
    effects: premium ? operation.effects : operation.effects.filter((one) => one !== 'spend'),
    parameters: parametersOf(body),
  };
}

/** Writes the vendor's own time limits into a call, or into a transfer with an inline script. */
export function limit(operation: Operation, request: WireRequest, seconds: number | null): WireRequest {
  if (seconds === null) return request;
  const body = parseJsonObject(request.body);
  const limited = body === null ? null : limitBody(operation.id, body, seconds);
  return limited === null ? request : { ...request, body: Buffer.from(JSON.stringify(limited)) };
}

function limitBody(id: string, body: JsonObject, seconds: number): JsonObject | null {
  const { ncco, destination } = body;
  if (id === 'voice.create_call')
    return {
      ...body,
      ...limitField(body, 'length_timer', Math.min(seconds, LONGEST_CALL)),
      ...limitNcco(ncco, seconds),
    };
  if (id === 'voice.modify_call' && isJsonObject(destination))
    return { ...body, destination: { ...destination, ...limitNcco(destination['ncco'], seconds) } };
  return null;
}

function limitField(body: JsonObject, name: string, seconds: number): JsonObject {
  const asked = Number(body[name] ?? seconds);
  return { [name]: asked >= 1 ? Math.min(asked, seconds) : seconds };
}

function limitNcco(ncco: JsonValue | undefined, seconds: number): JsonObject {
  return Array.isArray(ncco) ? { ncco: limitScript(ncco, seconds) } : {};
}
