import type { Channel, Content } from '../../intent/intent.ts';
import { countSegments } from '../../intent/segments.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { formValues } from '../shared/form.ts';
import { timeOf } from '../shared/fields.ts';
import type { IntentDetails } from '../shared/reading.ts';
import { messageRecipient } from './addresses.ts';
import {
  callbacksOf,
  isOnParameter,
  type Parameters,
  requiredParameter,
  textParameter,
} from './parameters.ts';

/** A template's text is not known here: 1,600 characters, which the vendor takes at most, in UCS-2. */
const TEMPLATE_SEGMENTS = countSegments('\u2026'.repeat(1600)).segments;
const LINK = /https?:\/\/\S{1,2000}/gi;
/** A shortened link can be longer than the link was, on a domain of the customer's; so can the link to a picture. */
const SHORT_LINK = 'x'.repeat(60);

/**
 * `POST …/Messages.json`: one recipient, one charge. Where a carrier takes no pictures the vendor sends an SMS with links
 * to them instead (MMS Converter, on by default), charged by segments.
 */
export function readMessage(parameters: Parameters, plan: NumberingPlan): IntentDetails {
  const { destination, channel } = messageRecipient(requiredParameter(parameters, 'To'), 'To', plan);
  const media = formValues(parameters.form, 'MediaUrl').length;
  const isMms = media > 0 || isOnParameter(parameters, 'SendAsMms');
  const used: Channel = channel ?? (isMms ? 'mms' : 'sms');
  const sendAt = textParameter(parameters, 'SendAt');
  const hasFallback =
    used === 'mms' || (used !== 'sms' && textParameter(parameters, 'FallbackFrom') !== null);
  // A sender of a service, and the service: only the vendor knows which of its senders the recipient sees.
  const [sender = null, ...furtherSenders] = ['From', 'MessagingServiceSid', 'FallbackFrom'].flatMap(
    (name) => textParameter(parameters, name) ?? [],
  );
  return {
    action: 'message.send',
    channel: used,
    destinations: [destination],
    sender,
    furtherSenders,
    content: contentOf(parameters, used === 'sms' || hasFallback, media),
    ...(sendAt === null ? {} : { doneAt: timeOf(sendAt) }),
    extras: hasFallback ? ['failover_sms'] : [],
    parameters: parameters.map,
    callbacks: callbacksOf(parameters),
  };
}

/** The text and media of a request. `isCounted`: it is, or may become, an SMS. */
export function contentOf(parameters: Parameters, isCounted: boolean, media: number): Content {
  const isTemplate = textParameter(parameters, 'ContentSid') !== null;
  const text = isTemplate ? null : (textParameter(parameters, 'Body') ?? '');
  if (!isCounted) return { segments: 1, encoding: null, media, text };
  if (text === null) return { segments: TEMPLATE_SEGMENTS, encoding: 'ucs2', media, text };
  const { segments, encoding } = countSegments(asSms(text, parameters, media));
  return { segments, encoding, media, text };
}

/** The longest text that the vendor may send: with shortened links on a longer domain, and a link for each picture. */
function asSms(text: string, parameters: Parameters, media: number): string {
  const linked = isOnParameter(parameters, 'ShortenUrls') ? text.replace(LINK, `$&${SHORT_LINK}`) : text;
  return linked + ` ${SHORT_LINK}`.repeat(media);
}
