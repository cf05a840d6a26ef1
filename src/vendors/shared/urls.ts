import type { Effect } from '../../intent/intent.ts';
import type { JsonValue } from './json-body.ts';
import { type IntentDetails, Unreadable } from './reading.ts';

/** More than any request needs. With more the request is refused, because an address that is not read would go unchecked. */
const MAX_URLS = 1000;
const URL_TEXT = /^\s*(?:https?|wss?|rtmps?|srt|udp):/i;
/** A target without slashes such as `udp:203.0.113.9:9000`. Slashes are added, so that its host can be parsed. */
const BARE_TARGET = /^\s*udp:(?!\/\/)/i;
/** Schemes of what is called, not connected to: these are destinations of the intent, no callbacks. */
const CALLED = /^\s*(?:sips?|tel|mailto):/i;
/** Fields whose content the vendor passes on to the other side without acting on it. */
const CARRIED = /^(?:custom_|sip_)?headers$/i;
const URL_NAME = /(?:ur[il]s?|callbacks?|webhooks?)$/i;

/** URLs anywhere in a body to which the vendor will connect. Throws `Unreadable` when there are too many. */
export function urlsIn(value: JsonValue): readonly string[] {
  const found: string[] = [];
  collect(value, '', found);
  return found;
}

/**
 * Adds every URL in a body to the callbacks. Not for messages, whose text may begin with a URL that the vendor does not call:
 * their readers pick the callbacks themselves.
 */
export function withCallbacks(details: IntentDetails, body: JsonValue): IntentDetails {
  if (details.action === 'message.send') return details;
  return { ...details, callbacks: [...new Set([...urlsIn(body), ...(details.callbacks ?? [])])] };
}

/** URL schemes to which live audio and video is sent. */
const LIVE = /^\s*(?:wss?|rtmps?|srt|udp):/i;
const EXPORTED: readonly Effect[] = ['pii', 'routing', 'export'];

/** Adds the effects of an export if live audio or video goes to a URL in the request, or if `leaves` says so. */
export function withExports(
  details: IntentDetails,
  effects: readonly Effect[],
  leaves = false,
): IntentDetails {
  if (!leaves && !(details.callbacks ?? []).some((url) => LIVE.test(url))) return details;
  return { ...details, effects: [...new Set([...(details.effects ?? effects), ...EXPORTED])] };
}

/** Makes a URL of a host in a request to which the vendor will connect. The host may have SIP parameters or be an IPv6 address. */
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
