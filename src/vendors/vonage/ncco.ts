import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import {
  asObject,
  createNameCheck,
  exactField,
  isOn,
  listOf,
  optionalText,
  objectOf,
  optionalWhole,
  requireText,
} from '../shared/fields.ts';
import { Unreadable } from '../shared/reading.ts';
import { namedOf, barePhoneOf, sipOf } from '../shared/recipients.ts';

/** The vendor ends every call, and every leg, after two hours (`length_timer`, `limit` of a connect action). */
export const LONGEST_CALL = 7200;

/** What a call control object (NCCO) can cause. */
export interface Script {
  readonly destinations: readonly Destination[];
  readonly extras: readonly string[];
  /** Senders that the called parties of its connect actions see; `''` for a number of the application that the vendor picks. */
  readonly senders: readonly string[];
  /** Longest leg that its connect actions allow; null when one of them has no limit, 0 when there is none. */
  readonly longest: number | null;
}

const QUIET: ReadonlySet<string> = new Set(['talk', 'stream', 'wait', 'record', 'conversation', 'connect']);
/** Hosts at which the vendor takes a SIP user for a number to dial. */
const DIALS_OUT = /(^|\.)(nexmo|vonage)\.com$/;
/** Names of the field that turns on machine detection: calls and scripts spell it differently, and a script may have either. */
const DETECTIONS = ['advancedMachineDetection', 'advanced_machine_detection'];
const checkAction = createNameCheck([
  'action',
  'endpoint',
  'limit',
  'eventType',
  'eventUrl',
  'record',
  'type',
  'ncco',
  'from',
  'randomFromNumber',
]);
const checkEndpoint = createNameCheck(['type', 'number', 'uri', 'user', 'extension', 'onAnswer']);

/** Reads an inline script. An action that may fetch another script counts as one `leg` of unknown destination. */
export function readScript(ncco: readonly JsonValue[], plan: NumberingPlan): Script {
  const actions = ncco.map((one) => asObject(one, 'ncco'));
  for (const action of actions) checkAction(action);
  const connects = actions.filter((action) => action['action'] === 'connect');
  const limits = connects.map((action) => optionalWhole(action, 'limit', [1, 1_000_000]));
  return {
    destinations: connects.flatMap((action) => endpointsOf(listOf(action, 'endpoint'), 'endpoint', plan)),
    extras: onceEach('leg', actions.flatMap(extrasOf)),
    senders: connects.flatMap(callersOf),
    longest: limits.includes(null) ? null : limits.reduce<number>((most, one) => Math.max(most, one ?? 0), 0),
  };
}

/** Senders that a connect action states. Without one the called party sees the caller of the first leg. */
function callersOf(connect: JsonObject): string[] {
  const from = optionalText(connect, 'from');
  return [...(from === null ? [] : [from]), ...(isOn(connect, 'randomFromNumber') ? [''] : [])];
}

/** The `onAnswer` scripts of a connect action (see `whispersIn`); none for any other action. */
function whispersOf(action: JsonObject): readonly JsonObject[] {
  return action['action'] === 'connect' ? whispersIn(listOf(action, 'endpoint')) : [];
}

/** The `onAnswer` scripts of endpoints: each is fetched from a URL, and the called party hears it before it is connected. */
export function whispersIn(endpoints: readonly JsonValue[]): readonly JsonObject[] {
  return endpoints
    .map((one) => objectOf(asObject(one, 'endpoint'), 'onAnswer'))
    .filter((one) => one !== null);
}

/** Endpoints of a call (`to`) or of a connect action. */
export function endpointsOf(list: readonly JsonValue[], name: string, plan: NumberingPlan): Destination[] {
  return list.map((one) => {
    const endpoint = asObject(one, name);
    checkEndpoint(endpoint);
    switch (requireText(endpoint, 'type')) {
      case 'phone':
        return barePhoneOf(requireText(endpoint, 'number'), `${name}.number`, plan);
      case 'sip':
        return sipEndpoint(endpoint, name, plan);
      case 'websocket':
        return namedOf('application', requireText(endpoint, 'uri'), `${name}.uri`);
      case 'app':
        return namedOf('client', requireText(endpoint, 'user'), `${name}.user`);
      case 'vbc':
        return namedOf('user', requireText(endpoint, 'extension'), `${name}.extension`);
      default:
        throw new Unreadable(`\`${name}.type\` must be phone, sip, websocket, app or vbc.`);
    }
  });
}

/** SIP by address, or by user and domain of the vendor's own programmable SIP. */
function sipEndpoint(endpoint: JsonObject, name: string, plan: NumberingPlan): Destination {
  const uri = optionalText(endpoint, 'uri');
  if (uri !== null) return sipOf(uri, `${name}.uri`, { plan, dialsOut: DIALS_OUT });
  const domain = requireText(endpoint, 'domain');
  return sipOf(`sip:${requireText(endpoint, 'user')}@${domain}`, name, { plan, dialsOut: DIALS_OUT });
}

/** The extra `name` at most once: legs that follow one another share the time of the call, so they cost no more than one. */
export function onceEach(name: string, extras: readonly string[]): string[] {
  return extras.filter((one, place) => one !== name || extras.indexOf(name) === place);
}

function extrasOf(action: JsonObject): string[] {
  const name = requireText(action, 'action');
  // A server that ignores case would take `Connect` for `connect` and dial, while we would not see it.
  if (!/^[a-z][a-z_-]*$/.test(name)) throw new Unreadable('`action` must be a name such as connect.');
  const extras: string[] = [];
  if (name === 'record' || (name === 'conversation' && isOn(action, 'record'))) extras.push('recording');
  if (isOn(action, 'transcription')) extras.push('transcription');
  if (name === 'talk' && isOn(action, 'premium')) extras.push('premium_speech');
  if (name === 'input' && listensTo(action)) extras.push('speech_recognition');
  if (DETECTIONS.some((one) => Object.hasOwn(action, one) && isOn(action, one)))
    extras.push('machine_detection');
  if (!QUIET.has(name) || action['eventType'] === 'synchronous' || whispersOf(action).length > 0)
    extras.push('leg');
  return extras;
}

function listensTo(action: JsonObject): boolean {
  const type = exactField(action, 'type');
  return isOn(action, 'speech') || (Array.isArray(type) && type.includes('speech'));
}

/** The script with no connect action that lasts longer than `seconds`. */
export function limitScript(ncco: readonly JsonValue[], seconds: number): JsonValue[] {
  return ncco.map((action) =>
    isJsonObject(action) && action['action'] === 'connect'
      ? { ...action, limit: Math.min(Number(action['limit']) || seconds, seconds) }
      : action,
  );
}
