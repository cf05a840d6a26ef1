import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { JsonObject } from '../shared/json-body.ts';
import {
  createNameCheck,
  type IntentDetails,
  isOn,
  optionalText,
  optionalWhole,
  parametersOf,
  requireText,
  Unreadable,
} from '../shared/reading.ts';
import type { Operation } from '../wire.ts';
import { destinationOf, LIMITS, listensForSilence, LONGEST_CALL } from './calls.ts';

const checkTexml = createNameCheck([
  'To',
  'From',
  'Url',
  'FallbackUrl',
  'Texml',
  'TimeLimit',
  'Record',
  'ApplicationSid',
]);

/** Parameters that name a script elsewhere. */
const SCRIPTS = ['Url', 'FallbackUrl'] as const;

/** Calls of TeXML, whose script is fetched from a URL, belongs to the application, or stands in `Texml`. */
export function readTexmlCall(body: JsonObject, plan: NumberingPlan, hasLimit: boolean): IntentDetails {
  checkTexml(body);
  const script = optionalText(body, 'Texml');
  const assistant = optionalText(body, 'AIAssistantId');
  const limit = hasLimit ? optionalWhole(body, 'TimeLimit', LIMITS) : LONGEST_CALL;
  return {
    action: 'call.create',
    channel: 'voice',
    destinations: [destinationOf(requireText(body, 'To'), 'To', plan)],
    sender: optionalText(body, 'From'),
    callSeconds: limit,
    ...(hasLimit ? {} : { fixedSeconds: true }),
    extras: once([
      ...(isOn(body, 'Record') || isOn(body, 'ConferenceRecord') || recordsIn(script) ? ['recording'] : []),
      ...(['RecordingTimeout', 'ConferenceRecordingTimeout'].some((name) => listensForSilence(body, name))
        ? ['transcription']
        : []),
      ...(['', 'Disable'].includes(optionalText(body, 'MachineDetection') ?? '')
        ? []
        : ['machine_detection']),
      ...(isOn(body, 'DeepfakeDetection') ? ['deepfake_detection'] : []),
      ...(assistant === null ? [] : ['assistant']),
      ...(SCRIPTS.every((name) => optionalText(body, name) === null) && isQuiet(script) ? [] : ['leg']),
      ...startsIn(script),
    ]),
    parameters: parametersOf(body),
    callbacks: scriptUrls(script),
  };
}

/** A running TeXML call gets another script, or ends. */
export function readTexmlChange(body: JsonObject, operation: Operation): IntentDetails {
  checkTexml(body);
  const script = optionalText(body, 'Texml');
  const fetches = SCRIPTS.some((name) => optionalText(body, name) !== null);
  const dials = fetches || (script !== null && !isQuiet(script));
  return {
    action: 'call.modify',
    channel: 'voice',
    effects: dials ? operation.effects : operation.effects.filter((one) => one !== 'spend'),
    callSeconds: dials ? LONGEST_CALL : null,
    ...(dials ? { fixedSeconds: true } : {}),
    extras: dials ? once(['leg', ...(recordsIn(script) ? ['recording'] : []), ...startsIn(script)]) : [],
    parameters: parametersOf(body),
    callbacks: scriptUrls(script),
  };
}

const HEARD = ['AnnounceUrl', 'HoldUrl', 'WaitUrl'] as const;
const checkHeard = createNameCheck(HEARD);

/** What the participants of a conference hear is a script, which may do more than speak. */
export function readConferenceChange(body: JsonObject, { effects }: Operation): IntentDetails {
  checkHeard(body);
  return {
    effects: HEARD.some((name) => isOn(body, name)) ? effects : effects.filter((one) => one !== 'indirect'),
    parameters: parametersOf(body),
  };
}

/** Elements that speak, wait or end. Everything else in a script, and every URL of a further script, may dial. */
const QUIET =
  /<\/?(?:Response|Say|Play|Pause|Hangup|Reject)(?:\s[^<>]{0,2000})?>|<(?:Hangup|Pause|Reject)\/>|^<\?xml [^<>]{0,100}\?>/g;

function isQuiet(script: string | null): boolean {
  return script !== null && !script.replaceAll(QUIET, '').includes('<') && !/action\s*=/i.test(script);
}

/** Addresses within a script, in attributes and between elements, however their letters are written. */
function scriptUrls(script: string | null): readonly string[] {
  if (script === null) return [];
  if (/<!(?!--)|<\?(?!xml\s)/.test(script))
    throw new Unreadable('`Texml` must have no CDATA, DOCTYPE or processing instruction.');
  const bare = script
    .split('<!--')
    .map((part, index) => (index === 0 ? part : part.slice(part.indexOf('-->') + 3)));
  const plain = bare.join('').replaceAll(/&#(x?)([0-9a-f]{1,6});/gi, (_all, hex: string, digits: string) => {
    const point = Number.parseInt(digits, hex === '' ? 10 : 16);
    return point < 0x80 ? String.fromCodePoint(point) : '?';
  });
  return plain.replaceAll(/[\t\r\n]/g, '').match(/(?:https?|wss?):[^\s"'<>]+/gi) ?? [];
}

/** Elements that are charged by the minute besides the call. */
const STARTS: readonly (readonly [form: RegExp, extra: string])[] = [
  [/<\s*(?:Stream|Siprec)\b/i, 'streaming'],
  [/<\s*Transcription\b|\btranscription\s*=\s*["'](?!false)/i, 'transcription'],
  [/<\s*AI\w/i, 'assistant'],
  [/<\s*ConversationRelay\b/i, 'conversation_relay'],
  [/<\s*Conference\b/i, 'conference'],
];

function startsIn(script: string | null): readonly string[] {
  return script === null ? [] : STARTS.filter(([form]) => form.test(script)).map(([, extra]) => extra);
}

const once = (extras: readonly string[]): readonly string[] => [...new Set(extras)];

function recordsIn(script: string | null): boolean {
  return script !== null && /<\s*Record|record\s*=/i.test(script);
}
