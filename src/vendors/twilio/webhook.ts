import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';
import type { Secret } from '../../kernel/secret.ts';
import { type Form, formValue, parseFormText } from '../shared/form.ts';
import { hasMediaType } from '../shared/requests.ts';
import type { WebhookAdapter } from '../webhook-adapter.ts';
import type { WireRequest } from '../wire.ts';

/** https://www.twilio.com/docs/usage/security#validating-requests */
const HEADER = 'x-twilio-signature';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const BODY_HASH = /[?&]bodySHA256=([0-9a-fA-F]{64})(?:&|#|$)/;
const MAX_URL = 16_384;

export const webhooks: WebhookAdapter = {
  verify(request, url, secret) {
    const given = request.headers[HEADER];
    const parameters = signedParameters(request, url);
    if (given === undefined || given.length > 256 || url.length > MAX_URL || parameters === null)
      return false;
    // All forms are tried, so that the time tells nothing about which one fitted.
    return formsOf(url).filter((form) => isSame(given, signatureOf(form + parameters, secret))).length > 0;
  },
  sign(request, url, secret) {
    return { [HEADER]: signatureOf(url + (signedParameters(request, url) ?? ''), secret) };
  },
  eventId,
};

/**
 * What is signed after the URL: each parameter of a form body, sorted by name, name and value without separator; of a
 * repeated one each different value, sorted. A JSON body is signed through its hash in the URL. Null: the body cannot
 * be the one that was signed.
 */
function signedParameters(request: WireRequest, url: string): string | null {
  const hash = BODY_HASH.exec(url)?.[1];
  if (hash !== undefined) return isSame(hash.toLowerCase(), bodyHash(request.body)) ? '' : null;
  if (request.body.length === 0) return '';
  if (!hasMediaType(request, FORM_TYPE)) return null;
  const form = lenientForm(request);
  return form === null ? null : concatenate(form);
}

/** Names in the order of UTF-16 units, as the vendor's SDKs sort them. */
function concatenate({ entries }: Form): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of entries) {
    const known = values.get(name);
    if (known === undefined) values.set(name, new Set([value]));
    else known.add(value);
  }
  let text = '';
  for (const name of [...values.keys()].toSorted())
    for (const value of [...(values.get(name) ?? [])].toSorted()) text += name + value;
  return text;
}

/** Reads the form. The strict reader suits the vendor's forms except for a bare `;`, which belongs to the value. */
function lenientForm({ body }: WireRequest): Form | null {
  const form = parseFormText(body.toString('utf8').replaceAll(';', '%3B'));
  return form.kind === 'form' ? form : null;
}

/**
 * The URL as the vendor may have signed it: as it was configured, without and with its port, then as WHATWG URL writes
 * it, then with its query encoded anew. The last two serve back ends that saw an escaped form.
 */
function formsOf(url: string): readonly string[] {
  const forms = new Set([withoutPort(url), withPort(url)]);
  const normal = URL.parse(url)?.href;
  if (normal !== undefined)
    for (const one of [withoutPort(normal), withPort(normal)]) forms.add(one).add(withEncodedQuery(one));
  return [...forms];
}

const PARTS = /^(https?:\/\/)((?:[^/?#@]*@)?)(\[[^\]]*\]|[^/?#:]*)((?::\d*)?)(.*)$/is;

function withoutPort(url: string): string {
  const [, scheme = '', user = '', host = '', , rest = ''] = PARTS.exec(url) ?? [];
  return scheme === '' ? url : scheme + user + host + rest;
}

function withPort(url: string): string {
  const [, scheme = '', user = '', host = '', port = '', rest = ''] = PARTS.exec(url) ?? [];
  if (scheme === '' || port !== '') return url;
  return `${scheme}${user}${host}:${scheme.toLowerCase() === 'https://' ? 443 : 80}${rest}`;
}

function withEncodedQuery(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0 || mark === url.length - 1) return url;
  return `${url.slice(0, mark)}?${stringify(parse(url.slice(mark + 1)))}`;
}

function signatureOf(text: string, secret: Secret): string {
  return createHmac('sha1', secret.reveal()).update(text, 'utf8').digest('base64');
}

function bodyHash(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Events that come once: their id, and what changes from one to the next. */
const EVENTS: readonly (readonly [id: string, ...steps: string[]])[] = [
  ['RecordingSid', 'RecordingStatus'],
  ['TranscriptionSid', 'TranscriptionStatus', 'SequenceId'],
  ['MessageSid', 'MessageStatus'],
  ['SmsSid', 'SmsStatus'],
  ['CallSid', 'SequenceNumber'],
];

/**
 * Id of an event that must not be taken twice, from signed content only. Null for requests that ask what to do next
 * in a call: the same one may rightly come again, for example in a menu. The header `I-Twilio-Idempotency-Token` is
 * not signed, so it proves nothing.
 */
function eventId(request: WireRequest): string | null {
  if (!hasMediaType(request, FORM_TYPE))
    return request.body.length === 0 ? null : `body:${bodyHash(request.body)}`;
  const form = lenientForm(request);
  if (form === null) return null;
  for (const [idName, ...steps] of EVENTS) {
    const id = formValue(form, idName);
    const values = steps
      .map((name) => formValue(form, name))
      .filter((value) => value !== null && value !== '');
    if (id !== null && id !== '' && values.length > 0) return [id, ...values].join(':');
  }
  return null;
}
