import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { Unreadable } from '../shared/reading.ts';
import { readXml, type XmlElement } from '../shared/xml.ts';
import { destinationOf } from './calls.ts';

/** What an inline script does that costs money or reaches somebody. */
export interface Script {
  /** Numbers and SIP addresses that it dials. */
  readonly destinations: readonly Destination[];
  /** What is charged besides the call; `leg` for what it may dial without naming it. */
  readonly extras: readonly string[];
  readonly callbacks: readonly string[];
  /** Senders that the called parties see, where the script states them. */
  readonly senders: readonly string[];
}

/** Elements whose text is dialled. https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/dial */
const DIALLED: ReadonlySet<string> = new Set(['Dial', 'Number', 'Sip', 'Uri']);
/** Elements that dial, or name what is dialled, in any spelling that a lenient parser could take for them. */
const DIALS = /^(?:.*:)?(?:dial|number|sip|uri|refer)$/i;
/** Elements that do nothing but speak, wait, end, or dial what they name. Any other, such as a further script, may dial. */
const PLAIN: ReadonlySet<string> = new Set([
  ...DIALLED,
  'Refer',
  'Response',
  'Say',
  'Play',
  'Pause',
  'Hangup',
  'Reject',
]);
/** Attributes with the address of a further script. */
const SCRIPT = /^(?!.*callback).*(?:action|url)$/i;

/** A comment beside text: to some parsers it splits the text in two. */
const COMMENTED = /[^\s>]\s*<!--|-->\s*[^\s<]/;

/** The attribute for the caller id, in any spelling that a lenient parser could take for it. */
const CALLER = /^(?:.*:)?callerid$/i;
const SAYS = /^(?:.*:)?say$/i;
const VOICE = /^(?:.*:)?voice$/i;
/** Voices that are free. Others are charged by the character, and a loop speaks for as long as the call lasts. */
const BASIC_VOICE = /^(?:man|woman)?$/;

/** Reads an inline script. What is not plain XML is refused, since the vendor could see another one. Throws `Unreadable`. */
export function readTexml(text: string, plan: NumberingPlan): Script {
  const callbacks = addressesIn(text);
  const elements = readXml(text, 'Texml');
  const dialled = elements.filter(({ name, text: inner }) => DIALS.test(name) && inner !== '');
  const isCut = dialled.some((element) => elements[elements.indexOf(element) + 1]?.parent === element.name);
  if (dialled.length > 0 && (isCut || COMMENTED.test(text)))
    throw new Unreadable('`Texml` must hold whom it dials in one piece, and no comments beside any text.');
  return {
    destinations: dialled.map((element) => dialledBy(element, plan)),
    extras: [
      ...STARTS.flatMap(([form, extra]) => [...text.matchAll(form)].map(() => extra)),
      ...(elements.some(isPremium) ? ['premium_speech'] : []),
      ...(elements.every(isPlain) ? [] : ['leg']),
    ],
    callbacks,
    senders: elements.flatMap(({ attributes }) => callersIn(attributes)),
  };
}

function dialledBy({ name, text }: XmlElement, plan: NumberingPlan): Destination {
  if (!DIALLED.has(name))
    throw new Unreadable('`Texml` must spell its elements as the vendor does, such as `Dial` and `Number`.');
  return destinationOf(text, `Texml: ${name}`, plan);
}

function callersIn(attributes: XmlElement['attributes']): readonly string[] {
  return [...attributes]
    .filter(([name, value]) => CALLER.test(name) && value !== '')
    .map(([, value]) => value);
}

function isPremium({ name, attributes }: XmlElement): boolean {
  return (
    SAYS.test(name) && [...attributes].some(([key, value]) => VOICE.test(key) && !BASIC_VOICE.test(value))
  );
}

function isPlain({ name, attributes }: XmlElement): boolean {
  return PLAIN.has(name) && ![...attributes.keys()].some((attribute) => SCRIPT.test(attribute));
}

/** URLs in a script, in attributes and in text, with entities decoded. */
function addressesIn(script: string): readonly string[] {
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

/** Elements that are charged besides the call. */
const STARTS: readonly (readonly [form: RegExp, extra: string])[] = [
  [/<\s*Record|record\s*=/gi, 'recording'],
  [/<\s*(?:Stream|Siprec)\b/gi, 'streaming'],
  [/<\s*Transcription\b|\btranscription\s*=\s*["'](?!false)/gi, 'transcription'],
  [/<\s*AI\w/gi, 'assistant'],
  [/<\s*ConversationRelay\b/gi, 'conversation_relay'],
  [/<\s*Conference\b/gi, 'conference'],
  [/\bmachineDetection\s*=\s*["'](?!disable)/gi, 'machine_detection'],
];

/** Parts of which a call has at most one at a time, so that several cost no more than one that lasts as long as the call. */
const ONE_AT_A_TIME: ReadonlySet<string> = new Set(['leg', 'assistant', 'conversation_relay', 'conference']);

/** The charged parts: each of those that may run side by side, and one of each kind of the others. */
export function chargedParts(parts: readonly string[]): readonly string[] {
  return parts.filter((part, index) => !ONE_AT_A_TIME.has(part) || parts.indexOf(part) === index);
}
