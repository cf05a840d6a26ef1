import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { fieldOf, type JsonObject, parseJsonObject } from '../shared/json-body.ts';
import { patchForm } from '../shared/form.ts';
import {
  createNameCheck,
  isOn,
  listOf,
  objectOf,
  optionalText,
  optionalWhole,
  requireText,
  timeOf,
} from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { hasBody } from '../shared/plain-request.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { phoneOf, sipOf } from '../shared/recipients.ts';
import { withBody } from '../shared/requests.ts';
import type { Operation, WireRequest } from '../wire.ts';

/** The vendor ends every call after four hours; `time_limit_secs` makes it less. */
export const LONGEST_CALL = 14_400;
/** Seconds that a request may ask for. */
export const LIMITS: readonly [number, number] = [1, LONGEST_CALL];
/** At the vendor's own hosts and signalling addresses (sip.telnyx.com) a number before the `@` is dialled. */
const DIALS_OUT =
  /(?:^|\.)telnyx\.(?:com|com\.au|eu|ca|asia)$|^(?:192\.76\.120|64\.16\.250|185\.246\.41|103\.115\.244)\.\d{1,3}$/;
const DTMF = /^([^,]+),[0-9A-DwW*#]{1,64}$/;
/** Refuses fields that are spelled almost like one that decides about a call. */
export const checkCall = createNameCheck([
  'to',
  'from',
  'time_limit_secs',
  'sip_address',
  'record',
  'transcription',
  'from_display_name',
]);

/** `POST /calls`: one leg for each entry of `to`. */
export function readDial(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkCall(body);
  const to = fieldOf(body, 'to');
  const texts = Array.isArray(to) ? listOf(body, 'to') : [requireText(body, 'to')];
  if (texts.length === 0) throw new Unreadable('`to` is empty.');
  return {
    ...callDetails(body),
    destinations: texts.map((one) => destinationOf(typeof one === 'string' ? one : '', 'to', plan)),
  };
}

/** Transfer: a new leg to somebody else. */
export function readTransfer(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkCall(body);
  return { ...callDetails(body), destinations: [destinationOf(requireText(body, 'to'), 'to', plan)] };
}

/** SIP REFER: the other side is told to call somebody else; nothing limits how long. */
export function readRefer(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkCall(body);
  const address = requireText(body, 'sip_address');
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: [destinationOf(address, 'sip_address', plan)],
    callSeconds: LONGEST_CALL,
    fixedSeconds: true,
    parameters: parametersOf(body),
  };
}

function callDetails(body: JsonObject): IntentDetails {
  return {
    action: 'call.create',
    channel: 'voice',
    sender: optionalText(body, 'from'),
    furtherSenders: shownName(body, 'from_display_name'),
    callSeconds: optionalWhole(body, 'time_limit_secs', LIMITS),
    extras: extrasOf(body),
    parameters: parametersOf(body),
  };
}

/** The display name that the called party sees beside the number. */
export function shownName(body: JsonObject, name: string): readonly string[] {
  const shown = optionalText(body, name) ?? '';
  return shown === '' ? [] : [shown];
}

/** What is charged besides the minutes. An assistant may transfer the call: one leg of unknown destination. */
export function extrasOf(body: JsonObject): string[] {
  const detection = optionalText(body, 'answering_machine_detection') ?? 'disabled';
  const assisted = isOn(body, 'assistant') || isOn(body, 'enable_dialogflow');
  return [
    ...(isOn(body, 'record') ? ['recording'] : []),
    ...(isOn(body, 'transcription') || listensForSilence(body, 'record_timeout_secs')
      ? ['transcription']
      : []),
    ...(detection === 'disabled' ? [] : ['machine_detection']),
    ...(isOn(body, 'deepfake_detection') ? ['deepfake_detection'] : []),
    ...(isOn(body, 'stream_url') ? ['streaming'] : []),
    ...(isOn(body, 'conversation_relay_config') ? ['conversation_relay'] : []),
    ...(isOn(body, 'conference_config') ? ['conference'] : []),
    ...(assisted ? ['assistant', 'leg'] : []),
  ];
}

/** True when a recording ends at silence: to detect it the vendor transcribes the recording, and charges for that. */
export function listensForSilence(body: JsonObject, timeoutField: string): boolean {
  return (optionalWhole(body, timeoutField, [0, 100_000]) ?? 0) > 0;
}

/** A number (digits to play after the answer may follow a comma) or a SIP address. */
export function destinationOf(text: string, name: string, plan: NumberingPlan): Destination {
  const address = DTMF.exec(text)?.[1] ?? text;
  if (/^(sips?|tel):/i.test(address)) return sipOf(address, name, { plan, dialsOut: DIALS_OUT });
  return phoneOf(address, name, plan);
}

/** Recording a call or conference; it ends with the call at the latest. */
export function readRecording(body: JsonObject): IntentDetails {
  return {
    ...recordingOf(body, 'max_length'),
    extras: isOn(body, 'transcription') || listensForSilence(body, 'timeout_secs') ? ['transcription'] : [],
  };
}

/** Connecting two calls is free, but it can begin a recording. */
export function readBridge(body: JsonObject, operation: Operation): IntentDetails {
  checkCall(body);
  const extras = listensForSilence(body, 'record_timeout_secs') ? ['transcription'] : [];
  if (isOn(body, 'record')) return { ...recordingOf(body, 'record_max_length'), extras };
  const effects = operation.effects.filter((one) => one !== 'spend');
  return { action: 'call.modify', channel: 'voice', effects, parameters: parametersOf(body) };
}

function recordingOf(body: JsonObject, lengthField: string): IntentDetails {
  const limit = optionalWhole(body, lengthField, [0, 43_200]) ?? 0;
  return {
    action: 'recording.start',
    callSeconds: limit > 0 ? Math.min(limit, LONGEST_CALL) : LONGEST_CALL,
    fixedSeconds: true,
    parameters: parametersOf(body),
  };
}

/** An assistant calls or writes to somebody at a given time. */
export function readScheduledEvent(body: JsonObject, plan: NumberingPlan): IntentDetails {
  const destination = destinationOf(
    requireText(body, 'telnyx_end_user_target'),
    'telnyx_end_user_target',
    plan,
  );
  const common = {
    destinations: [destination],
    sender: optionalText(body, 'telnyx_agent_target'),
    doneAt: timeOf(optionalText(body, 'scheduled_at_fixed_datetime') ?? ''),
    parameters: parametersOf(body),
  };
  if (optionalText(body, 'telnyx_conversation_channel') !== 'phone_call')
    return {
      ...common,
      action: 'message.send',
      channel: 'sms',
      content: { segments: 10, encoding: null, media: 0, text: optionalText(body, 'text') },
    };
  const records = isOn(objectOf(body, 'call_settings') ?? {}, 'record');
  return {
    ...common,
    action: 'call.create',
    channel: 'voice',
    callSeconds: LONGEST_CALL,
    fixedSeconds: true,
    extras: ['assistant', 'leg', ...(records ? ['recording'] : [])],
  };
}

const LIMIT_FIELD: Readonly<Record<string, string>> = {
  'calls.dial': 'time_limit_secs',
  'calls.actions.transfer': 'time_limit_secs',
  'texml.accounts.calls.calls': 'TimeLimit',
  'texml.accounts.conferences.participants.participants': 'TimeLimit',
  'texml.initiateAICall': 'TimeLimit',
};

/** Writes the vendor's own time limit into a call. */
export function limitCall(operation: Operation, request: WireRequest, seconds: number): WireRequest {
  const name = Object.hasOwn(LIMIT_FIELD, operation.id) ? LIMIT_FIELD[operation.id] : undefined;
  if (name === undefined) return request;
  const most = Math.min(seconds, LONGEST_CALL);
  const body = parseJsonObject(request.body);
  if (body !== null) {
    const asked = Number(body[name] ?? most);
    const limited = { ...body, [name]: Math.min(asked > 0 ? asked : most, most) };
    return withBody(request, Buffer.from(JSON.stringify(limited)));
  }
  if (!hasBody(request, 'application/x-www-form-urlencoded')) return request;
  const asked = Number(new URLSearchParams(request.body.toString('utf8')).get(name) ?? most);
  return withBody(request, patchForm(request.body, name, String(Math.min(asked > 0 ? asked : most, most))));
}
