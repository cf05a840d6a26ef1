import type { Channel, Content, Destination } from '../../intent/intent.ts';
import { countSegments } from '../../intent/segments.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { fieldOf, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import {
  asObject,
  createNameCheck,
  listOf,
  objectOf,
  optionalText,
  requireText,
  urlsOf,
} from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { emailOf, namedOf, barePhoneOf } from '../shared/recipients.ts';
import { urlsIn } from '../shared/urls.ts';

/** Octets of a part of a concatenated binary SMS: 140 less the header of six (3GPP TS 23.040, 9.2.3.24). */
const BINARY_PART = 134;
const MEDIA = ['image', 'audio', 'video', 'file', 'vcard', 'sticker'];
/** Field that holds several media of one message. */
const CONTENTS = 'content';
const CHANNELS: Readonly<Record<string, Channel>> = {
  sms: 'sms',
  mms: 'mms',
  whatsapp: 'whatsapp',
  messenger: 'chat',
  viber_service: 'chat',
  rcs: 'rcs',
  email: 'email',
};
/** https://developer.vonage.com/en/api/sms */
const SMS_TYPES: ReadonlySet<string> = new Set(['text', 'unicode', 'binary', 'wappush', 'vcal', 'vcard']);
const checkMessage = createNameCheck([
  'channel',
  'message_type',
  'to',
  'from',
  'text',
  'failover',
  'sms',
  'trusted_recipient',
]);
const checkSms = createNameCheck(['encoding_type']);

/** `/sms/json`: one recipient, digits with or without `+`. */
export function readSms(parameters: JsonObject, plan: NumberingPlan): IntentDetails {
  return {
    action: 'message.send',
    channel: 'sms',
    destinations: [barePhoneOf(requireText(parameters, 'to'), 'to', plan)],
    sender: optionalText(parameters, 'from'),
    content: smsContent(parameters),
    parameters: parametersOf(parameters),
    callbacks: urlsOf(parameters, ['callback', 'url']),
  };
}

/** Text is counted in its own alphabet; anything else is counted by its octets. */
function smsContent(parameters: JsonObject): Content {
  const type = optionalText(parameters, 'type') ?? 'text';
  if (!SMS_TYPES.has(type)) throw new Unreadable('`type` is not one that is known.');
  const text = optionalText(parameters, 'text');
  if (type === 'text' || type === 'unicode') return textContent(text ?? '', type === 'unicode');
  const payload = ['body', 'udh', 'vcard', 'vcal', 'title', 'url', 'text']
    .map((name) => optionalText(parameters, name) ?? '')
    .join('');
  const octets = Buffer.byteLength(payload);
  return { segments: Math.max(1, Math.ceil(octets / BINARY_PART)), encoding: null, media: 0, text };
}

/** `/v1/messages`: one recipient, and one more for each failover. */
export function readMessage(body: JsonObject, plan: NumberingPlan): IntentDetails {
  const first = readOne(body, plan);
  const failovers = listOf(body, 'failover').map((one) => {
    const message = asObject(one, 'failover');
    if (Object.hasOwn(message, 'failover'))
      throw new Unreadable('A failover may have no `failover` of its own.');
    return {
      ...readOne(message, plan),
      name: optionalText(message, 'channel'),
      from: optionalText(message, 'from'),
    };
  });
  // A failover is a message of its own; a rule about the field speaks of all of them.
  const isTrusted = [first, ...failovers].some((one) => one.isTrusted);
  return {
    action: 'message.send',
    channel: first.channel,
    destinations: [first, ...failovers].flatMap(({ destinations }) => destinations),
    sender: optionalText(body, 'from'),
    furtherSenders: failovers.map(({ from }) => from ?? ''),
    content: {
      ...first.content,
      segments: Math.max(...[first, ...failovers].map(({ content }) => content.segments)),
    },
    extras: failovers.map(({ name }) => `failover_${name}`),
    parameters: isTrusted
      ? new Map([...parametersOf(body), ['trusted_recipient', 'true']])
      : parametersOf(body),
    callbacks: [first, ...failovers].flatMap(({ callbacks }) => callbacks),
  };
}

interface OneMessage {
  readonly channel: Channel;
  readonly destinations: readonly Destination[];
  readonly content: Content;
  readonly isTrusted: boolean;
  /** URLs that the vendor will call with the status, or fetch media from. */
  readonly callbacks: readonly string[];
}

function readOne(message: JsonObject, plan: NumberingPlan): OneMessage {
  checkMessage(message);
  const name = requireText(message, 'channel');
  const channel = Object.hasOwn(CHANNELS, name) ? CHANNELS[name] : undefined;
  if (channel === undefined) throw new Unreadable('`channel` is not one that is known.');
  const trusted = fieldOf(message, 'trusted_recipient');
  if (trusted !== undefined && typeof trusted !== 'boolean')
    throw new Unreadable('`trusted_recipient` must be true or false.');
  return {
    channel,
    destinations: recipients(message, name, plan),
    content: contentOf(message, channel),
    isTrusted: trusted === true,
    callbacks: [
      ...urlsOf(message, ['webhook_url']),
      ...[...MEDIA, CONTENTS].flatMap((kind) => urlsIn(fieldOf(message, kind) ?? null)),
      ...fetchedIn(fieldOf(message, 'custom') ?? null),
    ],
  };
}

/** Fields with URLs of media in a `custom` message, which is written in the format of WhatsApp or RCS. */
const FETCHED = /^(?:link|(?:file|thumbnail)_?url)$/i;

function fetchedIn(value: JsonValue): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, JsonValue]) =>
    FETCHED.test(name) ? urlsIn(inner) : fetchedIn(inner),
  );
}

function recipients(message: JsonObject, channel: string, plan: NumberingPlan): Destination[] {
  const to = requireText(message, 'to');
  if (channel === 'messenger') return [namedOf('user', to, 'to')];
  if (channel !== 'email') return [barePhoneOf(to, 'to', plan)];
  const email = objectOf(message, 'email') ?? {};
  const copies = ['cc', 'bcc'].flatMap((name) => listOf(email, name).map((one) => [name, one] as const));
  return [
    emailOf(to, 'to'),
    ...copies.map(([name, one]) => emailOf(typeof one === 'string' ? one : '', `email.${name}`)),
  ];
}

function contentOf(message: JsonObject, channel: Channel): Content {
  const text = optionalText(message, 'text');
  const single = MEDIA.filter((name) => Object.hasOwn(message, name)).length;
  const media = single + listOf(message, CONTENTS).length;
  if (text === null || channel !== 'sms') return { segments: 1, encoding: null, media, text };
  const options = objectOf(message, 'sms') ?? {};
  checkSms(options);
  const encoding = optionalText(options, 'encoding_type') ?? 'auto';
  return { ...textContent(text, encoding !== 'auto' && encoding !== 'text'), media };
}

/** `isUnicode`: the request asks for UCS-2 also where GSM-7 would do, which takes more segments. */
function textContent(text: string, isUnicode: boolean): Content {
  const { segments, encoding } = countSegments(text);
  if (!isUnicode || encoding === 'ucs2') return { segments, encoding, media: 0, text };
  return { segments: text.length <= 70 ? 1 : Math.ceil(text.length / 66), encoding: 'ucs2', media: 0, text };
}
