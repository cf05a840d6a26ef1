import type { WireRequest } from '../wire.ts';
import { type JsonObject, readJsonObject } from './json-body.ts';
import { readPairs } from './pairs.ts';
import { Unreadable } from './reading.ts';
import { hasMediaType } from './requests.ts';

/** Headers by which some servers use another method or path than that of the request line. */
const OVERRIDES = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
];

/** The charsets that bodies are read in. */
const CHARSET = /;\s*charset\s*=\s*(?:"(?:utf-?8|us-ascii)"|(?:utf-?8|us-ascii))\s*(?=;|$)/gi;

/**
 * Refuses what would make the vendor see another request than we do: an encoded body, another charset (in which
 * `%00R%00e…` may spell a name that we do not see), an overridden method or path.
 */
export function checkPlain({ headers }: WireRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new Unreadable('Send the body without compression.');
  const type = headers['content-type'] ?? '';
  if (type.includes(';') && /charset/i.test(type.replaceAll(CHARSET, '')))
    throw new Unreadable('Send the body in UTF-8, with no other `charset` in its content type.');
  const override = OVERRIDES.find((name) => headers[name] !== undefined);
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
  for (const name of Object.keys(reading.value)) checkMethod(name);
  return reading.value;
}

/** Parameters of a query or form text. */
export function pairsOf(text: string): ReadonlyMap<string, string> {
  const reading = readPairs(text);
  if (!reading.ok) throw new Unreadable(reading.problem);
  for (const name of reading.value.keys()) checkPlainName(name);
  return reading.value;
}

/** A name as the vendors' SDKs send it. `StartTime>` is a comparison. Digits after a dot are refused: to some parsers they index a list. */
const PLAIN_NAME = /^\w[\w-]*(?:\.[A-Za-z][\w-]*)*[<>]?$/;

/**
 * Refuses names with any other character, which some parsers read as another name that may also be in the request: they strip
 * blanks, a byte order mark or a leading `?`, and take brackets anywhere (`to[]`, `[to]`) for a list or object.
 */
export function checkPlainName(name: string): void {
  if (!PLAIN_NAME.test(name))
    throw new Unreadable(
      'Names of parameters have no blanks or brackets, and no signs but `.`, `_` and `-`.',
    );
  checkMethod(name);
}

/** Refuses `_method`, by which some servers replace the method: a read could become a request that sends. Some take it from JSON too. */
function checkMethod(name: string): void {
  if (/^_method$/i.test(name))
    throw new Unreadable('The parameter `_method` is not allowed: to some it means another method.');
}
