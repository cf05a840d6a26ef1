import type { Channel, Effect } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import {
  asObject,
  createNameCheck,
  isOn,
  listOf,
  looseName,
  optionalText,
  optionalWhole,
  requireText,
} from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { checkPlain, checkPlainName, hasBody, jsonOf, pairsOf } from '../shared/plain-request.ts';
import { type IntentDetails, readingOf, Unreadable } from '../shared/reading.ts';
import { phoneOf } from '../shared/recipients.ts';
import { type Form, parseFormText } from '../shared/form.ts';
import { urlsIn, withCallbacks, withExports } from '../shared/urls.ts';
import type { Reading } from '../vendor.ts';
import type { Operation, WireRequest } from '../wire.ts';
import {
  destinationOf,
  readBridge,
  readDial,
  readRecording,
  readRefer,
  readScheduledEvent,
  readTransfer,
  shownName,
} from './calls.ts';
import { withCalled } from './assistants.ts';
import { COMMANDS, exportsOf } from './commands.ts';
import { bulkForwardedTo, ledTo, readForwarding } from './forwarding.ts';
import { MODEL_READERS } from './models.ts';
import { QUANTITY_READERS } from './quantities.ts';
import { TEXT_READERS } from './texts.ts';
import { readConferenceChange, readTexmlCall, readTexmlChange } from './texml.ts';
import { readDraft, readMail, readMailToMany, readNewTime } from './mail.ts';
import { readAssistantMessage, readMessage, readRcs, readWhatsapp } from './messages.ts';

type Read = (body: JsonObject, plan: NumberingPlan, operation: Operation) => IntentDetails;

const checkRoom = createNameCheck(['enable_recording']);

/** Operations whose request says who is reached or what is bought. All others are known by their effects alone. */
export const READERS: Readonly<Record<string, Read>> = {
  'messages.send': readMessage,
  'messages.sendLongCode': readMessage,
  'messages.sendNumberPool': (body, plan) => ({
    ...readMessage(body, plan),
    sender: optionalText(body, 'messaging_profile_id'),
  }),
  'messages.sendShortCode': readMessage,
  'messages.sendGroupMms': (body, plan) => ({ ...readMessage(body, plan), channel: 'mms' }),
  'messages.schedule': readMessage,
  'messages.sendWithAlphanumericSender': readMessage,
  'messages.whatsapp': readWhatsapp,
  'messages.rcs.send': readRcs,
  'ai.assistants.sendSMS': readAssistantMessage,
  'ai.assistants.scheduledEvents.create': readScheduledEvent,
  'emailMessages.create': readMail,
  'emailMessages.batch': readMail,
  'emailMessages.updateSchedule': readNewTime,
  'emailInboxes.drafts.create': readDraft,
  'emailInboxes.drafts.update': readDraft,
  'emailInboxes.drafts.patch': readDraft,
  'emailInboxes.messages.drafts': readDraft,
  'emailInboxes.drafts.send': readMailToMany,
  'emailInboxes.messages.actions.forward': readMail,
  'emailInboxes.messages.actions.reply': readMail,
  'emailInboxes.messages.actions.replyAll': readMailToMany,
  'calls.dial': (body, plan, operation) => ({
    ...readDial(body, plan),
    effects: exportsOf(body, operation),
  }),
  'calls.actions.transfer': readTransfer,
  'calls.actions.refer': readRefer,
  'calls.actions.bridge': (body, _plan, operation) => readBridge(body, operation),
  ...COMMANDS,
  'calls.actions.startRecording': readRecording,
  'conferences.actions.recordStart': readRecording,
  'texml.accounts.calls.recordingsJson.recordingsJson': readRecording,
  'texml.accounts.calls.calls': (body, plan, operation) => ({
    ...readTexmlCall(body, plan, true),
    effects: exportsOf(body, operation),
  }),
  'texml.accounts.conferences.participants.participants': (body, plan) =>
    inConference(readTexmlCall(body, plan, true)),
  'texml.initiateAICall': (body, plan) => readTexmlCall(body, plan, true),
  'texml.calls.create': (body, plan) => readTexmlCall(body, plan, false),
  'texml.accounts.calls.update': readTexmlChange,
  'texml.accounts.conferences.update': (body, _plan, operation) => readConferenceChange(body, operation),
  'texml.accounts.conferences.participants.update': (body, _plan, operation) =>
    readConferenceChange(body, operation),
  'verifications.triggerSMS': readVerification('sms'),
  'verifications.triggerCall': readVerification('voice'),
  'verifications.triggerFlashcall': readVerification('voice'),
  'verifications.triggerWhatsappVerification': readVerification('whatsapp'),
  'verifications.actions.verify': readCheck,
  'verifications.byPhoneNumber.actions.verify': readCheck,
  'numberOrders.create': readOrder,
  'advancedOrders.create': readAdvancedOrder,
  'inexplicitNumberOrders.create': readInexplicitOrder,
  'rooms.create': (body, _plan, operation) => readRoom(body, operation),
  'rooms.update': (body, _plan, operation) => readRoom(body, operation),
  ...QUANTITY_READERS,
  ...TEXT_READERS,
  ...MODEL_READERS,
  'phoneNumbers.voice.update': readForwarding,
  'mobilePhoneNumbers.update': readForwarding,
  'mobilePhoneNumbers.update.doubled': readForwarding,
  'faxes.create': (body, plan) => ({
    destinations: [destinationOf(requireText(body, 'to'), 'to', plan)],
    sender: optionalText(body, 'from'),
    furtherSenders: shownName(body, 'from_display_name'),
    parameters: parametersOf(body),
  }),
};

/** A room itself is free, but it may be recorded from the first minute on. */
function readRoom(body: JsonObject, { effects }: Operation): IntentDetails {
  checkRoom(body);
  return {
    effects: isOn(body, 'enable_recording') ? effects : effects.filter((one) => one !== 'indirect'),
    parameters: parametersOf(body),
  };
}

/** Each participant of a conference is charged besides the call. */
function inConference(details: IntentDetails): IntentDetails {
  return { ...details, extras: [...(details.extras ?? []), 'conference'] };
}

/** Commands that change a running call and cost nothing besides. */
const CALL_COMMAND = /^(calls|conferences)\.actions\.\w+$/;

export function readIntent(operation: Operation, request: WireRequest, plan: NumberingPlan): Reading {
  return readingOf(operation, () => {
    checkPlain(request);
    if (operation.id === 'numberLookup.retrieve') return readLookup(request, plan);
    const read = Object.hasOwn(READERS, operation.id) ? READERS[operation.id] : undefined;
    if (read !== undefined) {
      const body = strictBody(request);
      const details = withCalled(read(body, plan, operation), body, plan);
      return withExports(withCallbacks(details, body), operation.effects);
    }
    const given = looseParameters(operation, request);
    const effects = effectsOf(operation, request, given);
    const destinations = operation.id === 'phoneNumbers.jobs.updateBatch' ? bulkForwardedTo(given, plan) : [];
    const callbacks = [...urlsIn(given), ...ledTo(given, operation)];
    const details = { effects, destinations, parameters: parametersOf(given), callbacks };
    const free = !operation.effects.includes('spend');
    return CALL_COMMAND.test(operation.id) && free
      ? { action: 'call.modify', channel: 'voice', ...details }
      : details;
  });
}

/**
 * Effects that depend on parameters. An answer holds the secret codes of a SIM card only if a parameter asks for them (any of
 * its values may count), and setting a number's PIN decides whether it can be ported away.
 */
function effectsOf({ effects }: Operation, request: WireRequest, given: JsonObject): readonly Effect[] {
  const asked = queryOf(request).map(([name, value]): JsonObject => ({ [name]: value }));
  const isAsked = [given, ...asked].some((one) => isOn(one, 'include_pin_puk_codes'));
  const guards = Object.keys(given).some((name) => /^external[-_]?pin$/i.test(name));
  return [...effects, ...(isAsked ? (['secret'] as const) : []), ...(guards ? (['guard'] as const) : [])];
}

/** The vendor's servers merge query and body, so a query could add what the body does not say. */
function strictBody(request: WireRequest): JsonObject {
  if (request.query !== '')
    throw new Unreadable('This operation takes its parameters in the body, not in the query.');
  return bodyOf(request);
}

/** Query and body. Reads may repeat a name, as filters do. Changes may not: of two addresses one would go unchecked. */
function looseParameters(operation: Operation, request: WireRequest): JsonObject {
  const query = queryOf(request);
  const body = looseBody(operation, request);
  const seen = new Map(Object.keys(body).map((name) => [looseName(name), name]));
  for (const [name] of request.method === 'GET' ? [] : query) {
    const known = seen.get(looseName(name));
    if (known !== undefined && !(known === name && name.endsWith(']')))
      throw new Unreadable(`\`${name}\` stands there more than once.`);
    seen.set(looseName(name), name);
  }
  return { ...Object.fromEntries(query), ...body };
}

function queryOf({ query }: WireRequest): Form['entries'] {
  const form = parseFormText(query);
  if (form.kind === 'malformed') throw new Unreadable(form.problem);
  for (const [name] of form.entries) checkPlainName(name.replace(BRACKETS, ''));
  return form.entries;
}

/** Brackets of filters and lists at the end of a name. */
const BRACKETS = /(?:\[[\w.-]*\])+$/;

function looseBody(operation: Operation, request: WireRequest): JsonObject {
  if (operation.body === 'stream' || request.body.length === 0) return {};
  return bodyOf(request);
}

function bodyOf(request: WireRequest): JsonObject {
  if (request.body.length === 0 || hasBody(request, 'application/json')) return jsonOf(request.body);
  if (hasBody(request, 'application/x-www-form-urlencoded')) return formOf(request);
  throw new Unreadable('The content type must be application/json.');
}

/** A form with plain names only: the vendor would read `call_forwarding[to]` as a nested field, and `_method` as another method. */
function formOf({ body }: WireRequest): JsonObject {
  const pairs = pairsOf(body.toString('utf8'));
  for (const name of pairs.keys())
    if (!/^[A-Za-z]\w*$/.test(name))
      throw new Unreadable('A form must have plain names; send lists in JSON.');
  return Object.fromEntries(pairs);
}

/** `GET /number_lookup/{number}?type=`: each type is charged. */
function readLookup(request: WireRequest, plan: NumberingPlan): IntentDetails {
  const { segments } = request;
  const query = queryOf(request);
  if (query.some(([name]) => !/^type(\[\d*\])?$/.test(name)))
    throw new Unreadable('The only parameter is `type`.');
  const types = query.flatMap(([, value]) => value.split(','));
  if (types.some((type) => !/^[a-z_-]{1,40}$/.test(type)))
    throw new Unreadable('`type` must be carrier or caller-name.');
  return {
    action: 'lookup',
    destinations: [phoneOf(segments.at(-1) ?? '', 'phone_number', plan)],
    extras: types.map((type) => type.replaceAll('-', '_')),
    parameters: parametersOf(Object.fromEntries(query)),
  };
}

function readVerification(channel: Channel): Read {
  return (body, plan) => ({
    action: 'verify.start',
    channel,
    destinations: [phoneOf(requireText(body, 'phone_number'), 'phone_number', plan)],
    sender: optionalText(body, 'verify_profile_id'),
    parameters: parametersOf(body),
  });
}

function readCheck(body: JsonObject): IntentDetails {
  return { action: 'verify.check', parameters: parametersOf(body) };
}

/** Every number of an order is a purchase; an order has one country, so that rules and prices can speak about it. */
function readOrder(body: JsonObject, plan: NumberingPlan): IntentDetails {
  const numbers = listOf(body, 'phone_numbers').map((one) =>
    phoneOf(requireText(asObject(one, 'phone_numbers'), 'phone_number'), 'phone_number', plan),
  );
  const [first, ...others] = numbers.map(({ phone }) => phone?.country ?? null);
  if (first === undefined) throw new Unreadable('`phone_numbers` is empty.');
  if (others.some((country) => country !== first))
    throw new Unreadable('Order the numbers of one country at a time.');
  return { action: 'number.buy', destinations: numbers, country: first, parameters: parametersOf(body) };
}

/** Orders without numbers: one number each, so that the order has a bound. */
function readAdvancedOrder(body: JsonObject): IntentDetails {
  if ((optionalWhole(body, 'quantity', [1, 10_000]) ?? 1) !== 1)
    throw new Unreadable('Order one number at a time (`quantity`: 1).');
  return { action: 'number.buy', country: countryOf(body, 'country_code'), parameters: parametersOf(body) };
}

function readInexplicitOrder(body: JsonObject): IntentDetails {
  const [group, ...others] = listOf(body, 'ordering_groups').map((one) => asObject(one, 'ordering_groups'));
  if (group === undefined || others.length > 0 || optionalWhole(group, 'count_requested', [1, 10_000]) !== 1)
    throw new Unreadable('Order one number at a time (one group with `count_requested`: 1).');
  return { action: 'number.buy', country: countryOf(group, 'country_iso'), parameters: parametersOf(body) };
}

function countryOf(body: JsonObject, name: string): string {
  const country = (isOn(body, name) ? requireText(body, name) : 'US').toUpperCase();
  if (!/^[A-Z]{2}$/.test(country)) throw new Unreadable(`\`${name}\` must be two letters, such as US.`);
  return country;
}
