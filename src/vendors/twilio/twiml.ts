import type { Content, Destination } from '../../intent/intent.ts';
import { countSegments } from '../../intent/segments.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { Unreadable } from '../shared/reading.ts';
import { namedOf, phoneOf } from '../shared/recipients.ts';
import { readXml, type XmlElement } from '../shared/xml.ts';
import { messageRecipient, sipAddress } from './addresses.ts';

/** What a TwiML document will do that costs money or reaches somebody. */
export interface TwimlFacts {
  readonly destinations: readonly Destination[];
  readonly extras: ReadonlySet<string>;
  /** Extras of which there is already one of the same name; they run beside it and are charged too. */
  readonly furtherExtras: readonly string[];
  readonly callbacks: readonly string[];
  /** Senders that the document states, which the people see whom it dials or writes to. */
  readonly senders: readonly string[];
  /** All text messages together; null without any. */
  readonly content: Content | null;
}

interface Collector {
  readonly plan: NumberingPlan;
  readonly destinations: Destination[];
  readonly extras: Set<string>;
  readonly furtherExtras: string[];
  readonly callbacks: string[];
  readonly senders: string[];
  readonly texts: string[];
  readonly media: string[];
}

type Visit = (element: XmlElement, facts: Collector) => void;

const MAX_DESTINATIONS = 50;
/** Voices of the standard price. Any other voice, also a future one, may cost several times what a minute of a call does. */
const STANDARD_VOICE = /^(?:man|woman|alice|Polly\.[A-Za-z]{1,20}|Google\.[A-Za-z-]{1,20}-Standard-[A-Z])?$/;
/** Nouns whose `url` is a script for the called party. It cannot dial, but it can send texts, record and transcribe. */
const SCRIPTED: ReadonlySet<string> = new Set(['Number', 'Sip', 'Client', 'WhatsApp', 'Queue']);
/** Elements whose text is the address that the vendor dials, or the document that it continues with. */
const REACHING: ReadonlySet<string> = new Set(
  'Dial Number WhatsApp Sip Uri Client Identity Sim Redirect Play Media'.split(' '),
);
const nothing: Visit = () => undefined;
/** The vendor goes on with the document of another URL, which may dial. */
const leg: Visit = (_element, { extras }) => void extras.add('leg');
const extra =
  (name: string): Visit =>
  (_element, { extras }) =>
    void extras.add(name);
/** For what is charged each time that it stands in the document: a call may have several at once, or one after the other. */
const each =
  (name: string): Visit =>
  (_element, { extras, furtherExtras }) =>
    void (extras.has(name) ? furtherExtras.push(name) : extras.add(name));
const recording = each('recording');

/** Verbs and nouns of https://www.twilio.com/docs/voice/twiml; case matters to the vendor too. */
const VISITS: ReadonlyMap<string, Visit> = new Map<string, Visit>([
  ...['Response', 'Pause', 'Hangup', 'Reject', 'Leave', 'Stop', 'Play', 'Start', 'Connect'].map(quiet),
  ...['Queue', 'Parameter', 'Prompt', 'Config', 'Task', 'Language', 'Room'].map(quiet),
  ...['Echo', 'ApplicationSid', 'Headers', 'Header'].map(quiet),
  ...['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w', 'speak'].map(quiet),
  ['Say', visitSay],
  ['Conference', extra('conference')],
  ['Redirect', leg],
  ['Enqueue', leg],
  ['Refer', leg],
  ['Application', each('leg')],
  ['Dial', visitDial],
  ['Number', visitNumber],
  ['WhatsApp', visitNumber],
  ['Sip', visitSip],
  ['Uri', visitSip],
  ['Client', visitClient],
  ['Identity', visitClient],
  ['Sim', (element, facts) => void facts.destinations.push(namedOf('application', element.text, 'Sim'))],
  ['Gather', visitGather],
  ['Record', visitRecord],
  ['Recording', recording],
  ['Sms', visitMessage],
  ['Message', visitMessage],
  ['Body', ({ text }, { texts }) => void texts.push(text)],
  ['Media', ({ text }, { media }) => void media.push(text)],
  ['Pay', both(each('payment'), leg)],
  ['Transcription', each('transcription')],
  ['Stream', each('stream')],
  ['Siprec', each('siprec')],
  ['ConversationRelay', both(extra('assistant'), leg)],
  ['Conversation', both(extra('assistant'), leg)],
  ['ConversationRelaySession', extra('assistant')],
  ['VirtualAgent', extra('assistant')],
  ['AiSession', extra('assistant')],
  ['Assistant', extra('assistant')],
  ['Autopilot', extra('assistant')],
]);

/** Reads inline TwiML. A verb that is not known is refused: nobody could say what it costs. Throws `Unreadable`. */
export function readTwiml(text: string, plan: NumberingPlan): TwimlFacts {
  const facts: Collector = {
    plan,
    destinations: [],
    extras: new Set(),
    furtherExtras: [],
    callbacks: [],
    senders: [],
    texts: [],
    media: [],
  };
  const elements = readXml(text, 'Twiml');
  for (const [place, element] of elements.entries()) {
    const visit = VISITS.get(element.name);
    if (visit === undefined) throw new Unreadable(`\`Twiml\` uses \`${element.name}\`, which is not known.`);
    if (!element.isWhole && REACHING.has(element.name))
      throw new Unreadable(
        `\`Twiml\` must hold the text of \`${element.name}\` in one piece, with no comment in it.`,
      );
    if (!isWrapper(element, elements[place + 1])) visit(element, facts);
    visitAttributes(element, facts);
    collectUrls(element, facts);
  }
  if (facts.destinations.length > MAX_DESTINATIONS)
    throw new Unreadable(`\`Twiml\` dials more than ${MAX_DESTINATIONS} destinations.`);
  return { ...facts, content: contentOf(facts) };
}

function contentOf({ texts, media }: Collector): Content | null {
  if (texts.length + media.length === 0) return null;
  const segments = texts.reduce((sum, text) => sum + countSegments(text).segments, 0);
  return { segments, encoding: null, media: media.length, text: null };
}

/** True for a `<Sip>` that has its address in a nested `<Uri>`. */
function isWrapper({ name, text }: XmlElement, inner: XmlElement | undefined): boolean {
  return name === 'Sip' && text === '' && inner?.parent === 'Sip';
}

function quiet(name: string): readonly [string, Visit] {
  return [name, nothing];
}

function both(first: Visit, second: Visit): Visit {
  return (element, facts) => {
    first(element, facts);
    second(element, facts);
  };
}

function visitSip({ name, text }: XmlElement, { destinations, plan }: Collector): void {
  destinations.push(sipAddress(text, name, plan));
}

/** `<Dial>+1500…</Dial>` is short for one `<Number>`. */
function visitDial(element: XmlElement, facts: Collector): void {
  if (element.text !== '') facts.destinations.push(phoneOf(element.text, 'Dial', facts.plan));
}

/** Attributes of any verb: recording, detection, other senders, and documents that the vendor continues with. */
function visitAttributes(element: XmlElement, facts: Collector): void {
  const { name, attributes } = element;
  const { extras, senders } = facts;
  const given = (...names: readonly string[]) =>
    names.flatMap((one) => attributes.get(one) ?? '').filter((value) => value !== '');
  const record = attributes.get('record') ?? 'do-not-record';
  const records = record !== 'do-not-record' && record !== 'false';
  if (records || given('recordingConfigurationId').length > 0) recording(element, facts);
  if (attributes.has('action') || attributes.has('referUrl')) extras.add('leg');
  if (SCRIPTED.has(name) && given('url').length > 0) extras.add('leg');
  if (given('waitUrl').length > 0) extras.add('premium_speech');
  if (attributes.has('machineDetection')) extras.add('machine_detection');
  senders.push(...given('callerId', 'from'));
}

/** Speech is charged by the character, and a loop speaks for as long as the call lasts. */
function visitSay({ attributes }: XmlElement, { extras }: Collector): void {
  if (!STANDARD_VOICE.test(attributes.get('voice') ?? '')) extras.add('premium_speech');
}

function visitNumber(element: XmlElement, facts: Collector): void {
  facts.destinations.push(phoneOf(element.text, element.name, facts.plan));
}

function visitClient(element: XmlElement, facts: Collector): void {
  if (element.text !== '') facts.destinations.push(namedOf('client', element.text, 'Client'));
}

/** Without `action` the answer goes to the document's own URL. Inline TwiML has none, but a leg is counted to be safe. */
function visitGather(element: XmlElement, facts: Collector): void {
  facts.extras.add('leg');
  if (element.attributes.get('input')?.includes('speech') === true) facts.extras.add('speech');
}

function visitRecord(element: XmlElement, facts: Collector): void {
  recording(element, facts);
  facts.extras.add('leg');
  if ((element.attributes.get('transcribe') ?? 'false') !== 'false') facts.extras.add('transcription');
}

/** A message sent from within a call. */
function visitMessage(element: XmlElement, facts: Collector): void {
  const to = element.attributes.get('to');
  if (to === undefined)
    throw new Unreadable(`\`Twiml\` must name the recipient of \`${element.name}\` (\`to\`).`);
  facts.destinations.push(messageRecipient(to, 'to', facts.plan).destination);
  facts.extras.add('sms');
  if (element.text !== '') facts.texts.push(element.text);
}

function collectUrls({ name, attributes, text }: XmlElement, { callbacks }: Collector): void {
  for (const [attribute, value] of attributes)
    if (/(?:url|callback|action)$/i.test(attribute) && value !== '') callbacks.push(value);
  if ((name === 'Redirect' || name === 'Play' || name === 'Media') && text !== '') callbacks.push(text);
}
