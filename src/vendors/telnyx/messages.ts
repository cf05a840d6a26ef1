import type { Content, Destination } from '../../intent/intent.ts';
import { countSegments } from '../../intent/segments.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { fieldOf, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import {
  createNameCheck,
  isOn,
  listOf,
  objectOf,
  optionalText,
  requireText,
  timeOf,
  urlsOf,
} from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { phoneOf } from '../shared/recipients.ts';
import { urlsIn } from '../shared/urls.ts';

/** Longest text message of the vendor, where an assistant and not the request writes it. */
const LONGEST_TEXT = 10;
const CALLBACKS = ['webhook_url', 'webhook_failover_url'];
const checkMessage = createNameCheck([
  'to',
  'from',
  'text',
  'media_urls',
  'type',
  'sms_fallback',
  'mms_fallback',
  'send_at',
]);

/** All endpoints that send an SMS or MMS; `to` lists several people in a group MMS. */
export function readMessage(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkMessage(body);
  const media = listOf(body, 'media_urls').length;
  const destinations = recipientsOf(body, plan);
  const type = optionalText(body, 'type')?.toUpperCase() ?? '';
  const isMms = media > 0 || type === 'MMS' || destinations.length > 1;
  const converted = isMms && destinations.some(takesNoPictures);
  return {
    ...common(body),
    channel: isMms ? 'mms' : 'sms',
    destinations,
    content: { ...contentOf(body, { isMms, converted }), media },
    extras: converted ? ['failover_sms'] : [],
    callbacks: urlsOf(body, [...CALLBACKS, 'media_urls']),
  };
}

/** Countries with MMS. For others, a profile may make the vendor send an SMS with the URLs of the media (`mms_fall_back_to_sms`). */
const PICTURES: ReadonlySet<string | null> = new Set(['US', 'CA']);
const takesNoPictures = ({ phone }: Destination): boolean => !PICTURES.has(phone?.country ?? null);

interface Pictures {
  readonly isMms: boolean;
  readonly converted: boolean;
}

function contentOf(body: JsonObject, { isMms, converted }: Pictures): Content {
  const content = textContent(body, isMms);
  if (!converted) return content;
  const lines = [content.text ?? '', ...urlsOf(body, ['media_urls'])].join('\n');
  return { ...textContent({ ...body, text: lines }, false), text: content.text };
}

/** A message whose text the vendor's assistant writes. */
export function readAssistantMessage(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkMessage(body);
  const written = optionalText(body, 'text');
  const content: Content =
    written === null
      ? { segments: LONGEST_TEXT, encoding: null, media: 0, text: null }
      : textContent(body, false);
  return { ...common(body), channel: 'sms', destinations: recipientsOf(body, plan), content };
}

/** Kinds of media of a chat message, each an object with the `link` from which the vendor fetches it. */
const MEDIA: ReadonlySet<string> = new Set(['image', 'audio', 'video', 'document', 'sticker']);
const FETCHED: ReadonlySet<string> = new Set(['file_url', 'thumbnail_url', 'media_urls']);

/** Addresses from which media are fetched, wherever they stand; links for people to follow are none. */
function mediaUrlsIn(value: JsonValue | undefined, isMedia = false): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, JsonValue]) =>
    FETCHED.has(name) || (isMedia && name === 'link') ? urlsIn(inner) : mediaUrlsIn(inner, MEDIA.has(name)),
  );
}

export function readWhatsapp(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkMessage(body);
  const message = objectOf(body, 'whatsapp_message') ?? {};
  const text = fieldOf(objectOf(message, 'text') ?? {}, 'body');
  const media = [...MEDIA].filter((name) => Object.hasOwn(message, name));
  const content = {
    segments: 1,
    encoding: null,
    media: media.length,
    text: typeof text === 'string' ? text : null,
  };
  const { callbacks = [], ...rest } = common(body);
  return {
    ...rest,
    channel: 'whatsapp',
    destinations: recipientsOf(body, plan),
    content,
    callbacks: [...callbacks, ...mediaUrlsIn(message)],
  };
}

/** RCS; each fallback is a message of its own if the first cannot be delivered. */
export function readRcs(body: JsonObject, plan: NumberingPlan): IntentDetails {
  checkMessage(body);
  const fallbacks = ['sms', 'mms'].filter((name) => isOn(body, `${name}_fallback`));
  const fallback = objectOf(body, 'sms_fallback') ?? objectOf(body, 'mms_fallback') ?? {};
  const content = { ...textContent(fallback, false), encoding: null };
  const { callbacks = [], ...rest } = common(body);
  return {
    ...rest,
    sender: optionalText(body, 'agent_id'),
    callbacks: [...callbacks, ...mediaUrlsIn(body)],
    channel: 'rcs',
    destinations: recipientsOf(body, plan),
    content,
    furtherSenders: fallbacks.map(
      (name) => optionalText(objectOf(body, `${name}_fallback`) ?? {}, 'from') ?? '',
    ),
    extras: fallbacks.map((name) => `failover_${name}`),
  };
}

function common(body: JsonObject): IntentDetails {
  const sendAt = optionalText(body, 'send_at');
  return {
    action: 'message.send',
    sender: optionalText(body, 'from') ?? optionalText(body, 'messaging_profile_id'),
    ...(sendAt === null ? {} : { doneAt: timeOf(sendAt) }),
    parameters: parametersOf(body),
    callbacks: urlsOf(body, CALLBACKS),
  };
}

function recipientsOf(body: JsonObject, plan: NumberingPlan): Destination[] {
  const to = fieldOf(body, 'to');
  const texts = Array.isArray(to) ? listOf(body, 'to') : [requireText(body, 'to')];
  if (texts.length === 0) throw new Unreadable('`to` is empty.');
  return texts.map((one) => phoneOf(typeof one === 'string' ? one : '', 'to', plan));
}

/** `encoding` may ask for UCS-2 where GSM-7 would do; that takes more segments. */
function textContent(body: JsonObject, isMms: boolean): Content {
  const text = optionalText(body, 'text');
  if (isMms || text === null) return { segments: 1, encoding: null, media: 0, text };
  const counted = countSegments(text);
  if (counted.encoding === 'ucs2' || optionalText(body, 'encoding') !== 'ucs2')
    return { segments: counted.segments, encoding: counted.encoding, media: 0, text };
  return { segments: text.length <= 70 ? 1 : Math.ceil(text.length / 66), encoding: 'ucs2', media: 0, text };
}
