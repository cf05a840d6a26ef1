import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../shared/json-body.ts';
import { parametersOf } from '../shared/parameters.ts';
import { checkPlain, jsonOf } from '../shared/plain-request.ts';
import { type IntentDetails, readingOf, Unreadable } from '../shared/reading.ts';
import { barePhoneOf, phoneOf, sipOf } from '../shared/recipients.ts';
import { withBody } from '../shared/requests.ts';
import { hostAddress, urlsIn } from '../shared/urls.ts';
import type { Reading } from '../vendor.ts';
import type { Operation, WireRequest } from '../wire.ts';
import { furtherCallers } from './callers.ts';
import { duration, field, list, message, snakeName, text, whole } from './fields.ts';
import { exportsOf, holds, storesIn } from './outputs.ts';

type Read = (body: JsonObject, plan: NumberingPlan, operation: Operation) => IntentDetails;

/** A recording lasts until it is stopped or its room ends. A day is assumed as the worst case. */
const A_DAY = 86_400;
/** A transferred call is out of the vendor's hands; carriers end calls after four hours. */
const FOUR_HOURS = 14_400;
/** Trunks lead to the telephone network, so a number at any SIP host is a phone. */
const ANY_HOST = /./;

export const READERS: Readonly<Record<string, Read>> = {
  'SIP.CreateSIPParticipant': readParticipant,
  'SIP.TransferSIPParticipant': readTransfer,
  'Connector.DialWhatsAppCall': readWhatsappCall,
  'Egress.StartEgress': readEgress,
  'Egress.StartRoomCompositeEgress': readEgress,
  'Egress.StartWebEgress': readEgress,
  'Egress.StartParticipantEgress': readEgress,
  'Egress.StartTrackCompositeEgress': readEgress,
  'Egress.StartTrackEgress': readEgress,
  'RoomService.CreateRoom': readRoom,
  'RoomService.UpdateParticipant': readParticipantChange,
  'PhoneNumberService.PurchasePhoneNumber': readPurchase,
  'AgentSimulation.CreateSimulationRun': readSimulation,
  'Egress.UpdateStream': (body, _plan, operation) => ({ effects: exportsOf(body, operation.effects) }),
  'Connector.AcceptWhatsAppCall': readConnection,
  'Connector.ConnectTwilioCall': readConnection,
  'SIP.CreateSIPDispatchRule': readRule,
  'SIP.UpdateSIPDispatchRule': readRule,
};

export function readIntent(operation: Operation, request: WireRequest, plan: NumberingPlan): Reading {
  return readingOf(operation, () => {
    checkPlain(request);
    const body = bodyOf(request);
    const read = Object.hasOwn(READERS, operation.id) ? READERS[operation.id] : undefined;
    const details = read?.(body, plan, operation) ?? {};
    return { ...details, parameters: parametersOf(body), callbacks: addressesIn(body) };
  });
}

/** Messages in which a trunk, a change of one, or a private link states its host. */
const LEADING = ['trunk', 'replace', 'update', 'aws'];
const HOSTS = ['hostname', 'address', 'outboundAddress', 'endpoint'];

/** URLs to which the vendor will connect, put together for storage and trunks, which state host and name apart. */
function addressesIn(body: JsonObject): readonly string[] {
  const places = [body, ...LEADING.map((name) => field(body, name)).filter(isJsonObject)];
  const hosts = places.flatMap((place) => HOSTS.map((name) => text(place, name)));
  const led = hosts.filter((host) => host !== null).map(hostAddress);
  return [...new Set([...urlsIn(body), ...storesIn(body), ...led])];
}

const JSON_TYPE = /^\s*application\/json\s*(?:;|$)/i;

/**
 * Twirp answers in the type of the request, an empty one as well, and only in JSON are the secrets of an answer found. Binary
 * protobuf has become JSON before (`binary.ts`).
 */
function bodyOf(request: WireRequest): JsonObject {
  if (request.query !== '') throw new Unreadable('A Twirp call has no query.');
  const type = request.headers['content-type'];
  const isJson = type === undefined ? request.body.length === 0 : JSON_TYPE.test(type);
  if (isJson) return jsonOf(request.body);
  throw new Unreadable('The content type must be application/json, or application/protobuf.');
}

/** So many digits are a number to the carrier; fewer are an extension. */
const NUMBER = /^\+?\d{5,}$/;

/** Dials out. `sipRequestUri` overrides `sipCallTo`, so both count; so does a number in the header by which some carriers go. */
function readParticipant(body: JsonObject, plan: NumberingPlan, { effects }: Operation): IntentDetails {
  const uri = message(body, 'sipRequestUri');
  const called = text(body, 'sipCallTo');
  const header = message(body, 'sipToHeader');
  const override = text(body, 'toUserOverride') ?? '';
  const destinations = [
    ...(called === null ? [] : [dialled(called, 'sipCallTo', plan)]),
    ...(uri === null ? [] : [dialled(uriOf(uri), 'sipRequestUri', plan)]),
    ...(header === null ? [] : numberIn(header, plan)),
    ...(NUMBER.test(override) ? [barePhoneOf(override, 'toUserOverride', plan)] : []),
  ];
  if (called === null && uri === null) throw new Unreadable('`sipCallTo` is missing.');
  const unique = destinations.filter(
    ({ address }, place) => destinations.findIndex((other) => other.address === address) === place,
  );
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: unique,
    sender: text(body, 'sipNumber'),
    furtherSenders: furtherCallers(body),
    callSeconds: duration(body, 'maxCallDuration'),
    // With a trunk in the request the call goes to the host that it states, whatever number is dialled: that is routing.
    effects: message(body, 'trunk') === null ? effects : [...effects, 'routing'],
  };
}

/** Phone numbers in a header. A name in it is only shown to people. */
function numberIn(header: JsonObject, plan: NumberingPlan): readonly Destination[] {
  if (text(header, 'raw') === null && message(header, 'values') === null) return [];
  return [dialled(uriOf(header), 'sipToHeader', plan)].filter(({ kind }) => kind === 'phone');
}

/** A SIP URI as a text, or in parts. */
function uriOf(uri: JsonObject): string {
  const raw = text(uri, 'raw');
  const values = message(uri, 'values');
  if (raw !== null && values !== null)
    throw new Unreadable('A SIP address must be `raw` or `values`, not both.');
  if (raw !== null) return raw.replace(/^<(.*)>$/, '$1');
  return `sip:${text(values ?? {}, 'user') ?? ''}@${text(values ?? {}, 'host') ?? text(values ?? {}, 'ip') ?? ''}`;
}

function dialled(address: string, name: string, plan: NumberingPlan): Destination {
  return /^(sips?|tel):/i.test(address)
    ? sipOf(address, name, { plan, dialsOut: ANY_HOST })
    : phoneOf(address, name, plan);
}

function readTransfer(body: JsonObject, plan: NumberingPlan): IntentDetails {
  const to = text(body, 'transferTo');
  if (to === null) throw new Unreadable('`transferTo` is missing.');
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: [dialled(to.replace(/^<(.*)>$/, '$1'), 'transferTo', plan)],
    callSeconds: FOUR_HOURS,
    fixedSeconds: true,
  };
}

function readWhatsappCall(body: JsonObject, plan: NumberingPlan): IntentDetails {
  const to = text(body, 'whatsappToPhoneNumber') ?? '';
  return {
    action: 'call.create',
    channel: 'whatsapp',
    destinations: [barePhoneOf(to, 'whatsappToPhoneNumber', plan)],
    sender: text(body, 'whatsappPhoneNumberId'),
    callSeconds: FOUR_HOURS,
    fixedSeconds: true,
    extras: agentsOf(body),
  };
}

/** Connects an incoming call. The agents in it are charged in addition. */
function readConnection(body: JsonObject): IntentDetails {
  return { channel: 'voice', callSeconds: FOUR_HOURS, extras: agentsOf(body) };
}

const agentsOf = (body: JsonObject): readonly string[] => list(body, 'agents').map(() => 'agent');

/** A dispatch rule. What it starts with each call may cost: recordings, agents, what a preset of the project holds. */
function readRule(body: JsonObject, _plan: NumberingPlan, { effects }: Operation): IntentDetails {
  const starts = ['roomConfig', 'roomPreset'].some((name) => holds(body, name));
  return {
    effects: exportsOf(body, starts ? effects : effects.filter((one) => one !== 'indirect')),
  };
}

function readEgress(body: JsonObject, _plan: NumberingPlan, { effects }: Operation): IntentDetails {
  return {
    action: 'recording.start',
    callSeconds: A_DAY,
    fixedSeconds: true,
    effects: exportsOf(body, effects),
  };
}

/** Kinds of recordings that one room may start side by side. */
const RECORDED = ['room', 'participant', 'tracks'];

/** Changes what a participant may do in a room, including hidden ones. The app's tokens decided that, so it is a guard. */
function readParticipantChange(
  body: JsonObject,
  _plan: NumberingPlan,
  { effects }: Operation,
): IntentDetails {
  return { effects: message(body, 'permission') === null ? effects : [...effects, 'guard'] };
}

/** A room is free; what starts with it is not: recordings, replays, agents, or what a preset of the project holds. */
function readRoom(body: JsonObject, plan: NumberingPlan, operation: Operation): IntentDetails {
  // What a preset of the project starts is not known here; it counts as one more agent.
  const agents = list(body, 'agents').length + (text(body, 'roomPreset') === null ? 0 : 1);
  const egress = message(body, 'egress');
  if (egress !== null) {
    const kinds = RECORDED.filter((name) => message(egress, name) !== null).length;
    const extras = Array.from({ length: agents }, () => 'agent');
    return { ...readEgress(body, plan, operation), quantity: Math.max(1, kinds), extras };
  }
  const replay = field(body, 'replayEnabled') ?? false;
  if (agents > 0) return { quantity: agents };
  return replay !== false ? {} : { effects: operation.effects.filter((one) => one !== 'spend') };
}

/** Simulated calls, each of which is charged: as many as the request asks for, or one for each of its scenarios. */
function readSimulation(body: JsonObject): IntentDetails {
  const scenarios = list(message(body, 'scenarioGroup') ?? {}, 'scenarios').length;
  return { quantity: Math.max(1, scenarios, whole(body, 'numSimulations')) };
}

/** Every number is a purchase; a purchase has one country, so that rules and prices can speak about it. */
function readPurchase(body: JsonObject, plan: NumberingPlan): IntentDetails {
  const numbers = list(body, 'phoneNumbers').map((one) =>
    phoneOf(typeof one === 'string' ? one : '', 'phoneNumbers', plan),
  );
  const [first, ...others] = numbers.map(({ phone }) => phone?.country ?? null);
  if (first === undefined) throw new Unreadable('`phoneNumbers` is empty.');
  if (others.some((country) => country !== first))
    throw new Unreadable('Buy the numbers of one country at a time.');
  return { action: 'number.buy', destinations: numbers, country: first };
}

const LIMIT = 'maxCallDuration';

/** Writes the longest duration into a call that is dialled out. */
export function limit(operation: Operation, request: WireRequest, seconds: number | null): WireRequest {
  const body = operation.id === 'SIP.CreateSIPParticipant' ? parseJsonObject(request.body) : null;
  if (seconds === null || body === null) return request;
  const { [snakeName(LIMIT)]: _snake, ...rest } = body;
  const asked = field(body, LIMIT) === undefined ? seconds : (duration(body, LIMIT) ?? seconds);
  return withBody(request, Buffer.from(JSON.stringify({ ...rest, [LIMIT]: `${Math.min(asked, seconds)}s` })));
}
