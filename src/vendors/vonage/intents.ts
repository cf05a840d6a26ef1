import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import {
  createNameCheck,
  isOn,
  objectOf,
  optionalText,
  optionalWhole,
  requireText,
  urlsOf,
} from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { checkPlain, jsonOf, pairsOf } from '../shared/plain-request.ts';
import { type IntentDetails, readingOf, Unreadable } from '../shared/reading.ts';
import { barePhoneOf, sipOf } from '../shared/recipients.ts';
import { urlsIn, withCallbacks, withExports } from '../shared/urls.ts';
import type { Reading } from '../vendor.ts';
import type { Operation, WireRequest } from '../wire.ts';
import { bodyKind } from './body.ts';
import { CONVERSATIONS } from './conversations.ts';
import { legacyParameters } from './legacy.ts';
import { readMessage, readSms } from './messages.ts';
import { readNumberUpdate } from './numbers.ts';
import { numberOf, readLegacyStart, readControl, readStart } from './verify.ts';
import { readCall, readCallChange, readPlayback } from './voice.ts';

type Read = (parameters: JsonObject, operation: Operation, plan: NumberingPlan) => IntentDetails;

/** Archives, broadcasts and captions end by themselves after four hours unless the request says otherwise. */
const FOUR_HOURS = 14_400;
/** These last as long as their session, which has no limit. A day is assumed as the worst case. */
const A_DAY = 86_400;

/** Operations of the older APIs, whose parameters may stand in the query, a form or JSON. */
export const LEGACY: Readonly<Record<string, Read>> = {
  'sms.send': (parameters, _operation, plan) => readSms(parameters, plan),
  'sms.send_get': (parameters, _operation, plan) => readSms(parameters, plan),
  'verify_legacy.start': (parameters, _operation, plan) => readLegacyStart(parameters, plan),
  'verify_legacy.start_get': (parameters, _operation, plan) => readLegacyStart(parameters, plan),
  'verify_legacy.start_psd2': (parameters, _operation, plan) => readLegacyStart(parameters, plan),
  'verify_legacy.start_psd2_get': (parameters, _operation, plan) => readLegacyStart(parameters, plan),
  'verify_legacy.control': readControl,
  'verify_legacy.control_get': readControl,
  'verify_legacy.check_code': readCheck,
  'verify_legacy.check_code_get': readCheck,
  'number_insight.get_basic_info': readInsight(['basic']),
  'number_insight.basic_post': readInsight(['basic']),
  'number_insight.get_standard_info': readInsight(['standard']),
  'number_insight.standard_post': readInsight(['standard']),
  'number_insight.get_advanced_info_sync': readInsight(['advanced']),
  'number_insight.get_advanced_info_async': readInsight(['advanced']),
  'number_insight.advanced_post': readInsight(['advanced']),
  'number_insight.advanced_async_post': readInsight(['advanced']),
  'number_management.buy_number': readPurchase,
};

/** Operations with a body and no parameters in the query. */
export const MODERN: Readonly<Record<string, Read>> = {
  'messages.send': (body, _operation, plan) => readMessage(body, plan),
  'voice.create_call': (body, _operation, plan) => readCall(body, plan),
  'voice.modify_call': readCallChange,
  'voice.play_tts_into_call': readPlayback,
  'voice.play_audio_into_call': readPlayback,
  'verify.start_verification': (body, _operation, plan) => readStart(body, plan),
  'verify.trigger_next_workflow': (body) => ({ action: 'verify.start', parameters: parametersOf(body) }),
  'verify.check_code': readCheck,
  'identity_insights.requests': (body, _operation, plan) => ({
    ...lookupOf(requireText(body, 'phone_number'), 'phone_number', plan),
    extras: Object.keys(objectOf(body, 'insights') ?? {}).slice(0, 50),
    parameters: parametersOf(body),
  }),
  'sim_swap.check': readNetworkLookup('sim_swap'),
  'sim_swap.get_last_swap_date': readNetworkLookup('sim_swap'),
  'number_verification.verify': readNetworkLookup('number_verification'),
  'number_management.update_number': readNumberUpdate,
  'video.initiate_sip_call': readSipDial,
  'video.create_session': readSession,
  'video.start_archive': readMedia('recording.start', { longest: FOUR_HOURS, limit: null }),
  'conversation.recordConversation': readMedia('recording.start', { longest: A_DAY, limit: null }),
  'video.start_broadcast': readMedia('other', { longest: FOUR_HOURS, limit: 'maxDuration' }),
  'video.start_broadcast_slash': readMedia('other', { longest: FOUR_HOURS, limit: 'maxDuration' }),
  'video.start_captions': readMedia('other', { longest: FOUR_HOURS, limit: 'maxDuration' }),
  'video.start_experience_composer': readMedia('other', { longest: FOUR_HOURS, limit: 'maxDuration' }),
  'video.start_audio_connector': readMedia('other', { longest: A_DAY, limit: null }),
  ...CONVERSATIONS,
};

const checkDial = createNameCheck(['sip', 'uri', 'from']);
const checkSession = createNameCheck(['archiveMode']);

/** Hosts at which the vendor dials the user of a SIP address as a phone number. Video sessions dial SIP only. */
const DIALS_OUT = /(^|\.)(nexmo|vonage)\.com$/;

export function readIntent(operation: Operation, request: WireRequest, plan: NumberingPlan): Reading {
  return readingOf(operation, () => {
    checkPlain(request);
    const legacy = Object.hasOwn(LEGACY, operation.id) ? LEGACY[operation.id] : undefined;
    if (legacy !== undefined) return legacy(legacyParameters(request), operation, plan);
    const modern = Object.hasOwn(MODERN, operation.id) ? MODERN[operation.id] : undefined;
    if (modern !== undefined) {
      const body = bodyAlone(operation, request);
      return withExports(withCallbacks(modern(body, operation, plan), body), operation.effects);
    }
    const given = looseParameters(operation, request);
    return { parameters: parametersOf(given), callbacks: urlsIn(given) };
  });
}

function checkQuery({ query }: WireRequest): void {
  for (const name of pairsOf(query).keys())
    if (name !== 'api_key' && name !== 'api_secret')
      throw new Unreadable('This operation takes its parameters in the body, not in the query.');
}

/** The body of a spending operation, whose parameters may stand nowhere else: JSON, or a form where the vendor accepts one. */
function bodyAlone(operation: Operation, request: WireRequest): JsonObject {
  const { body } = request;
  checkQuery(request);
  if (operation.body === 'form') return looseParameters(operation, request);
  const kind = bodyKind(request);
  if (kind !== 'none' && kind !== 'json') throw new Unreadable('The content type must be application/json.');
  const { api_key: _key, api_secret: _secret, ...rest } = jsonOf(body);
  return rest;
}

/** Query and body of an operation that is known by its effects alone. */
function looseParameters(operation: Operation, request: WireRequest): JsonObject {
  const query = Object.fromEntries(pairsOf(request.query));
  const body = operation.body === 'stream' ? {} : looseBody(request);
  const { api_key: _key, api_secret: _secret, ...rest } = { ...query, ...body };
  if (Object.keys(rest).some((name) => Object.hasOwn(query, name) && Object.hasOwn(body, name)))
    throw new Unreadable('A parameter stands in the query and in the body.');
  return rest;
}

function looseBody(request: WireRequest): JsonObject {
  const kind = bodyKind(request);
  if (kind === 'json') return jsonOf(request.body);
  if (kind === 'form') return Object.fromEntries(pairsOf(request.body.toString('utf8')));
  if (kind === 'other') throw new Unreadable('The content type must be application/json.');
  return {};
}

function readCheck(parameters: JsonObject): IntentDetails {
  return { action: 'verify.check', parameters: parametersOf(parameters) };
}

function lookupOf(number: string, name: string, plan: NumberingPlan): IntentDetails {
  return { action: 'lookup', destinations: [barePhoneOf(number, name, plan)] };
}

/** Number Insight: the level decides the price, the caller's name costs extra. */
function readInsight(levels: readonly string[]): Read {
  return (parameters, _operation, plan) => ({
    action: 'lookup',
    destinations: [numberOf(parameters, plan)],
    extras: [
      ...levels,
      ...(isOn(parameters, 'cnam') ? ['caller_name'] : []),
      ...(isOn(parameters, 'real_time_data') ? ['real_time_data'] : []),
    ],
    parameters: parametersOf(parameters),
    callbacks: urlsOf(parameters, ['callback']),
  });
}

/** CAMARA network lookups, which spell the number in camel case. Without a number, the owner of the access token is looked up. */
function readNetworkLookup(extra: string): Read {
  return (body, _operation, plan) => {
    const number = optionalText(body, 'phoneNumber');
    return {
      ...(number === null ? { action: 'lookup' as const } : lookupOf(number, 'phoneNumber', plan)),
      extras: [extra],
      parameters: parametersOf(body),
    };
  };
}

function readPurchase(parameters: JsonObject, _operation: Operation, plan: NumberingPlan): IntentDetails {
  const country = requireText(parameters, 'country').toUpperCase();
  if (!/^[A-Z]{2}$/.test(country)) throw new Unreadable('`country` must be two letters, such as GB.');
  return {
    action: 'number.buy',
    destinations: [barePhoneOf(requireText(parameters, 'msisdn'), 'msisdn', plan)],
    country,
    parameters: parametersOf(parameters),
  };
}

/** Video dials out to SIP: the address stands in `sip.uri`. */
function readSipDial(body: JsonObject, _operation: Operation, plan: NumberingPlan): IntentDetails {
  checkDial(body);
  const sip = objectOf(body, 'sip');
  if (sip === null) throw new Unreadable('`sip.uri` is missing.');
  checkDial(sip);
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: [sipOf(requireText(sip, 'uri'), 'sip.uri', { plan, dialsOut: DIALS_OUT })],
    sender: optionalText(sip, 'from'),
    callSeconds: A_DAY,
    fixedSeconds: true,
    parameters: parametersOf(body),
  };
}

/** Media processes run until they are stopped, or for as long as the vendor or the field `limit` allows. */
function readMedia(
  action: 'recording.start' | 'other',
  { longest, limit }: { readonly longest: number; readonly limit: string | null },
): Read {
  return (body) => ({
    action,
    extras: action === 'recording.start' && isOn(body, 'hasTranscription') ? ['transcription'] : [],
    callSeconds: (limit === null ? null : optionalWhole(body, limit, [1, A_DAY])) ?? longest,
    fixedSeconds: true,
    parameters: parametersOf(body),
  });
}

/** A video session is free unless it is set to be recorded from the start. */
function readSession(body: JsonObject, operation: Operation): IntentDetails {
  checkSession(body);
  const parameters = parametersOf(body);
  if ((optionalText(body, 'archiveMode') ?? 'manual') !== 'manual')
    return { action: 'recording.start', callSeconds: FOUR_HOURS, fixedSeconds: true, parameters };
  return { effects: operation.effects.filter((one) => one !== 'spend'), parameters };
}
