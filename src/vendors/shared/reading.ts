import type { Destination, Intent } from '../../intent/intent.ts';
import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import type { Reading } from '../vendor.ts';
import type { Operation, WireRequest } from '../wire.ts';
import {
  barePhoneDestination,
  emailDestination,
  namedDestination,
  phoneDestination,
  sipDestination,
} from './destination.ts';
import {
  fieldOf,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  readJsonObject,
  textOf,
} from './json-body.ts';
import { readPairs } from './pairs.ts';
import { hasMediaType } from './requests.ts';

/** Raised while a request is read, caught by `readingOf`. The message names the parameter and what is expected. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** What a vendor's reader adds to an intent; everything else has its neutral value. */
export type IntentDetails = Partial<Omit<Intent, 'vendor' | 'operation'>>;

const MAX_PARAMETERS = 200;
const MAX_VALUE = 4096;
const MAX_LISTED = 1000;
/** Rules state names of at most 200 characters. */
const MAX_NAME = 256;
const METHOD_OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'];

/** Runs a reader: what it cannot read becomes `malformed`, everything else an intent. */
export function readingOf(operation: Operation, read: () => IntentDetails): Reading {
  try {
    return { kind: 'intent', intent: intentOf(operation, read()) };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

/** What an operation means: nothing more than its effects, but for the details. */
export function intentOf(
  operation: Pick<Operation, 'vendor' | 'id' | 'effects'>,
  details: IntentDetails,
): Intent {
  return {
    vendor: operation.vendor,
    operation: operation.id,
    action: 'other',
    effects: operation.effects,
    channel: null,
    destinations: [],
    sender: null,
    content: null,
    callSeconds: null,
    extras: [],
    country: null,
    parameters: new Map(),
    callbacks: [],
    ...details,
  };
}

/** The charsets by which a body is read here. */
const CHARSET = /;\s*charset\s*=\s*(?:"(?:utf-?8|us-ascii)"|(?:utf-?8|us-ascii))\s*(?=;|$)/gi;

/**
 * Refuses what would make the vendor see another request than we do: an encoded body, another charset (in which
 * `%00R%00e…` may spell a name that we do not see), an overridden method.
 */
export function checkPlain({ headers }: WireRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new Unreadable('Send the body without compression.');
  const type = headers['content-type'] ?? '';
  if (type.includes(';') && /charset/i.test(type.replaceAll(CHARSET, '')))
    throw new Unreadable('Send the body in UTF-8, with no other `charset` in its content type.');
  const override = METHOD_OVERRIDES.find((name) => headers[name] !== undefined);
  if (override !== undefined) throw new Unreadable(`The header \`${override}\` is not allowed.`);
}

/** True when there is a body of the media type. */
export function hasBody(request: WireRequest, type: string): boolean {
  return request.body.length > 0 && hasMediaType(request, type);
}

/** The body as a JSON object; an empty body is an empty object. */
export function jsonOf(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  const reading = readJsonObject(body);
  if (!reading.ok) throw new Unreadable(reading.problem);
  return reading.value;
}

/** Parameters of a query or form text. */
export function pairsOf(text: string): ReadonlyMap<string, string> {
  const reading = readPairs(text);
  if (!reading.ok) throw new Unreadable(reading.problem);
  for (const name of reading.value.keys()) checkPlainName(name);
  return reading.value;
}

/**
 * Blanks, a byte order mark and the like: some parsers take them away, and see a name that stands there twice. And the
 * name by which a read may become a request that sends.
 */
export function checkPlainName(name: string): void {
  if (!/^[\x21-\x7e]+$/.test(name))
    throw new Unreadable('Names of parameters must be printable, without blanks.');
  if (/^_method$/i.test(name))
    throw new Unreadable('The parameter `_method` is not allowed: to some it means another method.');
}

/**
 * A check that no field is spelled almost like one of `names` (`To`, `time-limit`): some parsers would take it for
 * that field, and ours would not. Build it once per kind of object.
 */
export function createNameCheck(names: readonly string[]): (object: JsonObject) => void {
  const exact = new Map(names.map((name) => [looseName(name), name]));
  return (object) => {
    for (const key of Object.keys(object)) {
      const name = exact.get(looseName(key));
      if (name !== undefined && name !== key) throw new Unreadable(`Spell the field \`${name}\` exactly so.`);
    }
  };
}

function looseName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** A field that must be a non-empty text (or whole number). */
export function requireText(object: JsonObject, name: string): string {
  const text = optionalText(object, name);
  if (text === null || text === '') throw new Unreadable(`\`${name}\` is missing.`);
  return text;
}

/** A text field; null when absent or null. Other types are refused, never guessed. */
export function optionalText(object: JsonObject, name: string): string | null {
  const value = fieldOf(object, name);
  if (value === undefined || value === null) return null;
  const text = textOf(value);
  if (text === null) throw new Unreadable(`\`${name}\` must be a text.`);
  return text;
}

/** ISO 8601 with a zone. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Wall ms of a time that a request names; null where nobody can tell, as of one without a zone, which some SDKs write. */
export function timeOf(text: string): number | null {
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** A whole number between `low` and `high`, also as digits in a text; null when absent. */
export function optionalWhole(
  object: JsonObject,
  name: string,
  [low, high]: readonly [number, number],
): number | null {
  const text = optionalText(object, name);
  if (text === null || text === '') return null;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= low && number <= high))
    throw new Unreadable(`\`${name}\` must be a whole number from ${low} to ${high}.`);
  return number;
}

/** A field that must be a list of at most 1,000 entries; empty when absent. */
export function listOf(object: JsonObject, name: string): readonly JsonValue[] {
  const value = fieldOf(object, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Unreadable(`\`${name}\` must be a list.`);
  if (value.length > MAX_LISTED) throw new Unreadable(`\`${name}\` has more than ${MAX_LISTED} entries.`);
  return value as readonly JsonValue[];
}

/** A field that must be an object; null when absent. */
export function objectOf(object: JsonObject, name: string): JsonObject | null {
  const value = fieldOf(object, name);
  return value === undefined || value === null ? null : asObject(value, name);
}

/** The value of a parameter that must be an object. Throws `Unreadable`. */
export function asObject(value: JsonValue | undefined, name: string): JsonObject {
  if (!isJsonObject(value)) throw new Unreadable(`\`${name}\` must be an object.`);
  return value;
}

/** True unless the field is absent, null, `false`, `"false"` or empty: a switch in doubt counts as on. */
export function isOn(object: JsonObject, name: string): boolean {
  const value = fieldOf(object, name);
  return value !== undefined && value !== null && value !== false && value !== 'false' && value !== '';
}

/** A phone number in international format; `bare`: the vendor takes digits without `+` as one. */
export function phoneOf(text: string, name: string, plan: NumberingPlan, bare = false): Destination {
  const found = bare ? barePhoneDestination(text, plan) : phoneDestination(text, plan);
  if (found !== null) return found;
  const lost = /^ \d/.test(text)
    ? ' Its + became a space: in a form it is written %2B (curl: --data-urlencode).'
    : '';
  throw new Unreadable(
    `\`${name}\` must be a phone number in international format, such as +15005550006.${lost}`,
  );
}

/**
 * A SIP address. At one of the vendor's own hosts (`dialsOut`) a number before the `@` is dialled as a phone call,
 * so it counts as one, and so does `tel:`.
 */
export function sipOf(
  text: string,
  name: string,
  { plan, dialsOut }: { readonly plan: NumberingPlan; readonly dialsOut: RegExp },
): Destination {
  if (/^tel:/i.test(text)) return phoneOf(text.slice(4).split(';')[0] ?? '', name, plan);
  const found = sipDestination(text);
  if (found === null) throw new Unreadable(`\`${name}\` must be a SIP address such as sip:user@example.com.`);
  const [, user = '', host = ''] = /^sips?:([^@:]*)[^@]*@([^;:?]*)/.exec(found.address) ?? [];
  if (!dialsOut.test(host.replace(/\.$/, ''))) return found;
  const dialled = dialledOf(user);
  return NUMBER_LIKE.test(dialled) ? phoneOf(dialled, name, plan, true) : found;
}

/** So many digits, or a `+`, are dialled; fewer are a user. */
const NUMBER_LIKE = /^(?:\+\d+|\d{5,})$/;

/** What a SIP server dials of a user: `%2B44%2D900…;phone-context=x` is `+44900…`. Throws `Unreadable`. */
function dialledOf(user: string): string {
  try {
    return (decodeURIComponent(user).split(';')[0] ?? '').replaceAll(/[-.()\s]/g, '');
  } catch {
    throw new Unreadable('A SIP address is not encoded as it should be.');
  }
}

/** Where a mail goes. Throws `Unreadable` when the parameter is no address. */
export function emailOf(text: string, name: string): Destination {
  const found = emailDestination(text);
  if (found === null) throw new Unreadable(`\`${name}\` must be an e-mail address.`);
  return found;
}

/** A user, client, group or application by the vendor's own id. */
export function namedOf(
  kind: 'client' | 'user' | 'group' | 'application',
  text: string,
  name: string,
): Destination {
  const found = namedDestination(kind, text);
  if (found === null) throw new Unreadable(`\`${name}\` must be printable, without spaces.`);
  return found;
}

/**
 * Parameters for `forbid` rules: nested fields as `to.0.number`, outer levels first, so that padding cannot push a
 * top-level field out of the first 200. What stands below a name that no rule can state is left out. More than 200 fields at the top are refused.
 */
export function parametersOf(object: JsonObject): ReadonlyMap<string, string> {
  if (Object.keys(object).length > MAX_PARAMETERS)
    throw new Unreadable(`There are more than ${MAX_PARAMETERS} fields.`);
  const found = new Map<string, string>();
  let level: Fields = Object.entries(object);
  while (level.length > 0 && found.size < MAX_PARAMETERS) {
    for (const [name, value] of level)
      if (!isNested(value) && found.size < MAX_PARAMETERS) found.set(name, String(value).slice(0, MAX_VALUE));
    level = level.flatMap(innerFields).slice(0, MAX_LISTED);
  }
  return found;
}

type Fields = readonly (readonly [name: string, value: JsonValue])[];

function isNested(value: JsonValue): value is readonly JsonValue[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function innerFields([name, value]: Fields[number]): Fields {
  if (!isNested(value) || name.length > MAX_NAME) return [];
  const entries: Fields = Object.entries(value);
  return entries.slice(0, MAX_PARAMETERS).map(([key, inner]) => [`${name}.${key}`, inner] as const);
}

/** URLs in the named fields: a text, or a list of texts. */
export function urlsOf(object: JsonObject, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = fieldOf(object, name);
    return (Array.isArray(value) ? value.slice(0, MAX_LISTED) : [value]).filter(
      (one): one is string => typeof one === 'string' && one !== '',
    );
  });
}
