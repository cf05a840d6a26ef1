import type { Channel, Destination } from '../../intent/intent.ts';
import { fieldOf, isJsonObject, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import { asObject, createNameCheck, isOn, listOf, objectOf, optionalText, timeOf } from '../shared/fields.ts';
import { parametersOf } from '../shared/parameters.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { emailOf } from '../shared/recipients.ts';

const TIMES = ['send_at', 'scheduled_at'];
const checkMail = createNameCheck([
  'from',
  'to',
  'cc',
  'bcc',
  'messages',
  'headers',
  'ignore_suppression',
  ...TIMES,
]);
/** Recipients assumed for a reply to all or a draft, which only the vendor knows: the most that a request may name. */
const MOST_RECIPIENTS = 1000;
const HEADER = /^[\x21-\x39\x3b-\x7e]+$/;
const ADDRESSES = /^(?:resent-)?(?:to|cc|bcc|from|sender)$/i;

/** One e-mail, or a batch of them: everybody in `to`, `cc` and `bcc` is a recipient. */
export function readMail(body: JsonObject): IntentDetails {
  checkMail(body);
  const batch = listOf(body, 'messages').map((one) => asObject(one, 'messages'));
  for (const message of batch) checkMail(message);
  for (const message of [body, ...batch]) checkHeaders(message);
  const destinations = [body, ...batch].flatMap(mailRecipients);
  const suppressed = [body, ...batch].some((message) => isOn(message, 'ignore_suppression'));
  const parameters = new Map(parametersOf(body));
  if (suppressed) parameters.set('ignore_suppression', 'true');
  const channel: Channel = 'email';
  const [sender = null, ...furtherSenders] = [body, ...batch].flatMap((message) => senderOf(message) ?? []);
  return {
    ...laterOf([body, ...batch]),
    action: 'message.send',
    channel,
    destinations,
    sender,
    furtherSenders,
    parameters,
  };
}

/** Changes the time of a scheduled mail. Only the vendor knows its content and recipients. */
export function readNewTime(body: JsonObject): IntentDetails {
  checkMail(body);
  return { ...laterOf([body]), channel: 'email', parameters: parametersOf(body) };
}

/** When the mails are sent; null (unknown) if at different times. */
function laterOf(messages: readonly JsonObject[]): IntentDetails {
  const times = messages.flatMap((message) => TIMES.flatMap((name) => optionalText(message, name) ?? []));
  const [first, ...others] = times.map(timeOf);
  if (first === undefined) return {};
  return { doneAt: others.every((one) => one === first) ? first : null };
}

/** A mail to everybody who got another one, or whom a draft names. */
export function readMailToMany(body: JsonObject): IntentDetails {
  return { ...readMail(body), quantity: MOST_RECIPIENTS };
}

/** A draft is sent by a request that does not name its recipients; they are counted here. */
export function readDraft(body: JsonObject): IntentDetails {
  const { destinations = [], parameters = new Map() } = readMail(body);
  if (destinations.length > MOST_RECIPIENTS)
    throw new Unreadable(`A draft may have ${MOST_RECIPIENTS} recipients.`);
  return { parameters };
}

/** Refuses `headers` that repeat what the fields `from`, `to`, `cc` and `bcc` say: the vendor could use either. */
function checkHeaders(message: JsonObject): void {
  for (const [name, value] of Object.entries(objectOf(message, 'headers') ?? {}))
    if (!HEADER.test(name) || ADDRESSES.test(name) || typeof value !== 'string' || /[\r\n]/.test(value))
      throw new Unreadable('`headers` must have plain names and values, no recipients and no sender.');
}

function mailRecipients(message: JsonObject): Destination[] {
  return ['to', 'cc', 'bcc'].flatMap((name) => {
    const value = fieldOf(message, name);
    if (value === undefined || value === null) return [];
    const list: readonly JsonValue[] = Array.isArray(value) ? listOf(message, name) : [value];
    return list.map((one) => emailOf(addressOf(one) ?? '', name));
  });
}

function senderOf(body: JsonObject): string | null {
  const from = fieldOf(body, 'from');
  return from === undefined || from === null ? null : (addressOf(from) ?? '');
}

/** An address is a text, or an object with `email`. */
function addressOf(value: JsonValue): string | null {
  if (typeof value === 'string') return value;
  return isJsonObject(value) ? optionalText(value, 'email') : null;
}
