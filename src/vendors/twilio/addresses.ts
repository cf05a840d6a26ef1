import type { Channel, Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { EXAMPLE_NUMBER } from '../../kernel/phone.ts';
import { readDestination, sipDestination } from '../shared/destination.ts';
import { Unreadable } from '../shared/reading.ts';
import { emailOf, phoneOf, sipOf } from '../shared/recipients.ts';

/** SIP domains and trunk terminations of the vendor: a number before the `@` is dialled into the phone network. */
const DIALS_OUT = /(?:^|\.)(?:pstn|sip)(?:\.[a-z0-9-]+){0,3}\.twilio\.com$/;
const SCHEME = /^([A-Za-z][A-Za-z0-9_-]{0,31}):/;
const MESSAGE_CHANNELS: ReadonlyMap<string, Channel> = new Map([
  ['whatsapp', 'whatsapp'],
  ['rcs', 'rcs'],
  ['messenger', 'chat'],
]);

export interface Addressed {
  readonly destination: Destination;
  /** Null: the phone network. */
  readonly channel: Channel | null;
}

/** Recipient of a message: a phone, or one with a channel prefix. Throws `Unreadable`. */
export function messageRecipient(text: string, name: string, plan: NumberingPlan): Addressed {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { destination: phoneOf(text, name, plan), channel: null };
  const channel = MESSAGE_CHANNELS.get(scheme);
  const found = channel === undefined ? null : readDestination(text, plan);
  if (channel === undefined || found === null)
    throw new Unreadable(
      `\`${name}\` must be a phone number such as ${EXAMPLE_NUMBER}, or one with whatsapp:, rcs: or messenger: before it.`,
    );
  if (channel !== 'chat' && found.destination.kind !== 'phone')
    throw new Unreadable(`\`${name}\` must hold a phone number in international format after ${scheme}:.`);
  return { destination: found.destination, channel };
}

/** Who is called: a phone, a SIP address, a client, or a phone through WhatsApp. Throws `Unreadable`. */
export function callee(text: string, name: string, plan: NumberingPlan): Addressed {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { destination: phoneOf(text, name, plan), channel: null };
  if (scheme === 'sip' || scheme === 'sips')
    return { destination: sipAddress(text, name, plan), channel: null };
  const found = scheme === 'client' || scheme === 'whatsapp' ? readDestination(text, plan) : null;
  if (found === null || (scheme === 'whatsapp' && found.destination.kind !== 'phone'))
    throw new Unreadable(
      `\`${name}\` must be a phone number such as ${EXAMPLE_NUMBER}, sip:user@host or client:name.`,
    );
  return { destination: found.destination, channel: scheme === 'whatsapp' ? 'whatsapp' : null };
}

/** A SIP address in the parameter `name`. Throws `Unreadable`. */
export function sipAddress(text: string, name: string, plan: NumberingPlan): Destination {
  return sipOf(text, name, { plan, dialsOut: DIALS_OUT });
}

/** Who gets a code: a phone, or an e-mail address on the e-mail channel. Throws `Unreadable`. */
export function codeRecipient(text: string, isEmail: boolean, plan: NumberingPlan): Destination {
  return isEmail ? emailOf(text, 'To') : phoneOf(text, 'To', plan);
}

/** An address wherever it may stand: null when it is none, which is not an error there. */
export function anyAddress(text: string, plan: NumberingPlan): Destination | null {
  return readDestination(text, plan)?.destination ?? null;
}

/** An address of a record of the vendor in the form that intents use: without channel prefix. */
export function recordedAddress(text: string): string {
  const scheme = SCHEME.exec(text);
  if (scheme === null) return text;
  return sipDestination(text)?.address ?? text.slice(scheme[0].length);
}
