import type { Effect } from '../../intent/intent.ts';
import type { JsonValue } from './json-body.ts';
import { type IntentDetails, Unreadable } from './reading.ts';

/** More than any request needs; a list that ends unread would hide the address after it. */
const MAX_URLS = 1000;
const URL_TEXT = /^\s*(?:https?|wss?|rtmps?|srt|udp):/i;
/** `udp:203.0.113.9:9000`, whose host can be told once it has slashes. */
const BARE_TARGET = /^\s*udp:(?!\/\/)/i;
/** Called, not connected to: these are destinations. */
const CALLED = /^\s*(?:sips?|tel|mailto):/i;
/** Passed on to whoever is called or connected. */
const CARRIED = /^(?:custom_|sip_)?headers$/i;
const URL_NAME = /(?:ur[il]s?|callbacks?|webhooks?)$/i;

/** Addresses to which the vendor will connect, wherever they stand in a body. Throws `Unreadable` when they are too many. */
export function urlsIn(value: JsonValue): readonly string[] {
  const found: string[] = [];
  collect(value, '', found);
  return found;
}

/**
 * What was read of a body, with every address in it. Texts of messages may begin with one that nobody calls; everything else
 * that looks like one is a callback.
 */
export function withCallbacks(details: IntentDetails, body: JsonValue): IntentDetails {
  if (details.action === 'message.send') return details;
  return { ...details, callbacks: [...new Set([...urlsIn(body), ...(details.callbacks ?? [])])] };
}

/** Live sound and pictures go to such addresses. */
const LIVE = /^\s*(?:wss?|rtmps?|srt|udp):/i;
const EXPORTED: readonly Effect[] = ['pii', 'routing', 'export'];

/** What was read, with the effects of an export if it sends to another place what people say or show. */
export function withExports(
  details: IntentDetails,
  effects: readonly Effect[],
  leaves = false,
): IntentDetails {
  if (!leaves && !(details.callbacks ?? []).some((url) => LIVE.test(url))) return details;
  return { ...details, effects: [...new Set([...(details.effects ?? effects), ...EXPORTED])] };
}

/** A host to which the vendor will connect, as it stands in a request: with parameters of SIP, or an address of IPv6. */
export function hostAddress(text: string): string {
  const host = text.replace(/^sips?:/i, '').replace(/;[^@]*$/, '');
  return `https://${/^[\da-f]*:[\da-f]*:[\da-f:.]*$/i.test(host) ? `[${host}]` : host}`;
}

function collect(value: JsonValue, name: string, found: string[]): void {
  if (typeof value === 'string') {
    if (isUrl(value, name)) found.push(value.replace(BARE_TARGET, 'udp://'));
    if (found.length > MAX_URLS) throw new Unreadable(`There are more than ${MAX_URLS} addresses.`);
  } else if (Array.isArray(value))
    for (const inner of value as readonly JsonValue[]) collect(inner, name, found);
  else if (typeof value === 'object' && value !== null)
    for (const [field, inner] of Object.entries(value))
      if (!CARRIED.test(field)) collect(inner, field, found);
}

function isUrl(value: string, name: string): boolean {
  return URL_TEXT.test(value) || (value !== '' && URL_NAME.test(name) && !CALLED.test(value));
}
