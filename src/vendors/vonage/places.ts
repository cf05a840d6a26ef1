import { readBasic } from '../shared/basic-auth.ts';
import { fieldOf, type JsonObject, parseJsonObject, textOf } from '../shared/json-body.ts';
import { parseJwt, type UnverifiedJwt } from '../shared/jwt.ts';
import { readPairs, writePairs } from '../shared/pairs.ts';
import type { WireRequest } from '../wire.ts';
import { bodyKind, labelled } from './body.ts';

/** Where the vendor's APIs look for a credential, in the order in which we do. */
export type Place = 'bearer' | 'basic' | 'query' | 'form' | 'json';

export type Found =
  | { readonly place: 'bearer'; readonly applicationId: string; readonly jwt: UnverifiedJwt }
  | { readonly place: Exclude<Place, 'bearer'>; readonly apiKey: string; readonly apiSecret: string };

const KEY = 'api_key';
const SECRET = 'api_secret';
/** A body without these letters names no credential: `\u` could spell them in JSON, `%` in a form. */
const HINT = /api_|\\u|%/;

/** The one credential of a request; null when there is none, or when two places could both count. */
export function findCredential(request: WireRequest): Found | null {
  const authorization = request.headers['authorization'];
  if (authorization !== undefined) return fromHeader(authorization);
  const query = fromPairs(request.query, 'query');
  const body = fromBody(request);
  return query === null || body === null ? (query ?? body) : null;
}

/** True for a request that is signed with the signature secret (`sig`) instead of carrying the API secret. */
export function isSigned(request: WireRequest): boolean {
  if (request.headers['authorization'] !== undefined) return false;
  const query = readPairs(request.query);
  if (query.ok && query.value.has('sig')) return true;
  const object = jsonBody(request);
  if (object !== null) return Object.hasOwn(object, 'sig');
  const form = formBody(request);
  return form?.has('sig') === true;
}

/** The request, rightly labelled, without a credential in its query and body, or with another one where `place` says. */
export function replaceKeys(
  request: WireRequest,
  place: Place | null,
  keys: { readonly apiKey: string; readonly apiSecret: string },
): WireRequest {
  return {
    ...labelled(request),
    query: replaceInQuery(request.query, place === 'query' ? keys : null),
    body: replaceInBody(request, place === 'form' || place === 'json' ? keys : null),
  };
}

function fromHeader(authorization: string): Found | null {
  const [scheme = '', value = '', ...rest] = authorization.split(' ');
  if (rest.length > 0) return null;
  if (/^bearer$/i.test(scheme)) {
    const jwt = parseJwt(value);
    const applicationId = jwt?.claims['application_id'];
    return jwt !== null && typeof applicationId === 'string' ? { place: 'bearer', applicationId, jwt } : null;
  }
  const pair = readBasic(authorization);
  if (pair === null || pair.user === '') return null;
  return { place: 'basic', apiKey: pair.user, apiSecret: pair.password };
}

function fromPairs(text: string, place: 'query' | 'form'): Found | null {
  if (text === '') return null;
  const pairs = readPairs(text);
  return pairs.ok ? keysOf(place, pairs.value.get(KEY), pairs.value.get(SECRET)) : null;
}

function fromBody(request: WireRequest): Found | null {
  const object = jsonBody(request);
  if (object !== null) return keysOf('json', fieldText(object, KEY), fieldText(object, SECRET));
  const form = formBody(request);
  return form === null ? null : keysOf('form', form.get(KEY), form.get(SECRET));
}

function keysOf(
  place: 'query' | 'form' | 'json',
  apiKey: string | undefined,
  apiSecret: string | undefined,
): Found | null {
  return apiKey === undefined || apiSecret === undefined ? null : { place, apiKey, apiSecret };
}

function fieldText(object: JsonObject, name: string): string | undefined {
  return textOf(fieldOf(object, name)) ?? undefined;
}

function jsonBody(request: WireRequest): JsonObject | null {
  const { body } = request;
  if (bodyKind(request) !== 'json') return null;
  return HINT.test(body.toString('latin1')) || body.includes('sig') ? parseJsonObject(body) : null;
}

function formBody(request: WireRequest): ReadonlyMap<string, string> | null {
  if (bodyKind(request) !== 'form') return null;
  const pairs = readPairs(request.body.toString('utf8'));
  return pairs.ok ? pairs.value : null;
}

function replaceInQuery(query: string, keys: Keys): string {
  if (query === '') return query;
  const pairs = readPairs(query);
  return pairs.ok ? (replaceInPairs(pairs.value, keys) ?? query) : query;
}

function replaceInBody(request: WireRequest, keys: Keys): Buffer {
  const object = jsonBody(request);
  if (object !== null) {
    if (!Object.hasOwn(object, KEY) && !Object.hasOwn(object, SECRET)) return request.body;
    const { [KEY]: _key, [SECRET]: _secret, ...rest } = object;
    const full = keys === null ? rest : { ...rest, [KEY]: keys.apiKey, [SECRET]: keys.apiSecret };
    return Buffer.from(JSON.stringify(full));
  }
  const form = formBody(request);
  const written = form === null ? null : replaceInPairs(form, keys);
  return written === null ? request.body : Buffer.from(written);
}

type Keys = { readonly apiKey: string; readonly apiSecret: string } | null;

/** Null when there is nothing to replace, so that untouched text is forwarded as it came. */
function replaceInPairs(pairs: ReadonlyMap<string, string>, keys: Keys): string | null {
  if (!pairs.has(KEY) && !pairs.has(SECRET)) return null;
  const rest = new Map(pairs);
  rest.delete(KEY);
  rest.delete(SECRET);
  if (keys !== null) rest.set(KEY, keys.apiKey).set(SECRET, keys.apiSecret);
  return writePairs(rest);
}
