import type { Destination } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { normalisePhone } from '../../kernel/phone.ts';

/** A number such as `+44 (0)20 …` is refused: the zero is not dialled from abroad, and parsers disagree whether to drop it. */
const TRUNK_ZERO = /\(\s*0/;
/** RFC 3261 §19.1 without headers (`?…`) and without spaces; user and host are both required to tell who is called. */
const SIP = /^sips?:[^\s@?<>"]{1,256}@[^\s@?<>"]{1,255}(?:\?[^\s<>"]{0,1024})?$/i;
const CLIENT = /^client:[\x21-\x7e]{1,512}$/i;
/** Plain mailbox form; quoted local parts and address literals are left out on purpose. */
const EMAIL = /^[^\s@<>(),;:\\"[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const SCHEME = /^([A-Za-z][A-Za-z0-9_-]{0,31}):/;

/** A destination, and the prefix that chose the network (`whatsapp`, `messenger`, `rcs` …), null when there was none. */
export interface ReadDestination {
  readonly destination: Destination;
  readonly scheme: string | null;
}

/** A phone in international form with `+`, or null. The address is E.164: separators are taken away, nothing else. */
export function phoneDestination(text: string, plan: NumberingPlan): Destination | null {
  return text.startsWith('+') ? toPhone(normalisePhone(text), text, plan) : null;
}

/** Digits that begin with a zero (separators do not count): an international dialling prefix, or a national number. */
const LEADING_ZERO = /^[^1-9]*0/;

/** A phone number for vendors that omit the `+`; it may have one. Null for any other text, and for digits that begin with a zero. */
export function barePhoneDestination(text: string, plan: NumberingPlan): Destination | null {
  return LEADING_ZERO.test(text) ? null : toPhone(normalisePhone(text, { international: true }), text, plan);
}

function toPhone(address: string | null, text: string, plan: NumberingPlan): Destination | null {
  if (address === null || TRUNK_ZERO.test(text)) return null;
  return { kind: 'phone', address, phone: plan.facts(address) };
}

/** Where a mail goes; null when the text is no address. */
export function emailDestination(text: string): Destination | null {
  return EMAIL.test(text) ? { kind: 'email', address: text.toLowerCase(), phone: null } : null;
}

/** A SIP URI; scheme and host are folded to lower case, the user part is not. */
export function sipDestination(text: string): Destination | null {
  if (!SIP.test(text)) return null;
  const at = text.indexOf('@');
  const colon = text.indexOf(':');
  const address = text.slice(0, colon).toLowerCase() + text.slice(colon, at) + text.slice(at).toLowerCase();
  return { kind: 'sip', address, phone: null };
}

/** A user, group or application by the vendor's own id: printable, at most 512 characters. */
export function namedDestination(
  kind: 'client' | 'user' | 'group' | 'application',
  name: string,
): Destination | null {
  return /^[\x21-\x7e]{1,512}$/.test(name) ? { kind, address: name, phone: null } : null;
}

/**
 * Reads an address with or without prefix: `+15005550006`, `sip:…`, `client:…`, `whatsapp:+…`, `rcs:+…`,
 * `messenger:…`, `a@b.example`. Null when it is none of these; nothing is guessed.
 */
export function readDestination(text: string, plan: NumberingPlan): ReadDestination | null {
  const prefix = SCHEME.exec(text);
  if (prefix === null) return plain(phoneDestination(text, plan) ?? emailDestination(text));
  const scheme = (prefix[1] ?? '').toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return plain(sipDestination(text), scheme);
  if (scheme === 'client') return plain(CLIENT.test(text) ? clientDestination(text) : null, scheme);
  const rest = text.slice(prefix[0].length);
  return plain(phoneDestination(rest, plan) ?? namedDestination('user', rest), scheme);
}

function clientDestination(text: string): Destination {
  return { kind: 'client', address: text.slice('client:'.length), phone: null };
}

function plain(destination: Destination | null, scheme: string | null = null): ReadDestination | null {
  return destination === null ? null : { destination, scheme };
}
