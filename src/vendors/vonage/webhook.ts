import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../kernel/secret.ts';
import { textAt } from '../shared/answer.ts';
import { fieldOf, type JsonObject, parseJsonObject, textOf } from '../shared/json-body.ts';
import { type JwtClaims, parseJwt, signJwt, verifyJwt } from '../shared/jwt.ts';
import { readPairs, writePairs } from '../shared/pairs.ts';
import { hasBody } from '../shared/plain-request.ts';
import type { WebhookAdapter } from '../webhook-adapter.ts';
import type { WireRequest } from '../wire.ts';

/** Neither scheme has an expiry; older deliveries are refused. Seconds. */
const TOLERANCE = 300;
const BEARER = /^Bearer (\S+)$/i;
/** The algorithm of a `sig` by its length in hex; the account's setting is one of them. */
const ALGORITHMS: Readonly<Record<number, 'md5' | 'sha1' | 'sha256' | 'sha512'>> = {
  32: 'md5',
  40: 'sha1',
  64: 'sha256',
  128: 'sha512',
};
type Parameters = ReadonlyMap<string, string>;

/**
 * Two schemes: a signed token over the body (Messages, Voice, Verify v2 …) and a `sig` among the parameters (SMS).
 * `secret` is the signature secret of the account.
 */
export const webhooks: WebhookAdapter = {
  verify(request, _url, secret, now) {
    const token = tokenOf(request);
    if (token === null) return verifyParameters(parametersOf(request), secret.reveal(), now);
    const claims = verifyJwt(token, { algorithm: 'HS256', key: secret.reveal(), now });
    return claims !== null && isRecent(claims['iat'], now) && claims['payload_hash'] === payloadHash(request);
  },
  sign(request, _url, secret, now): Readonly<Record<string, string>> {
    const token = tokenOf(request);
    const claims = token === null ? null : parseJwt(token)?.claims;
    return claims ? { authorization: `Bearer ${signAgain(claims, request, secret, now)}` } : {};
  },
  signParameters(request, secret, now) {
    const parameters = tokenOf(request) === null ? parametersOf(request) : null;
    if (parameters === null || !parameters.has('sig')) return request;
    return withParameters(request, signedAgain(parameters, secret.reveal(), now));
  },
  eventId(request) {
    const token = tokenOf(request);
    if (token !== null) return textAt(parseJwt(token)?.claims ?? null, 'jti');
    const parameters = parametersOf(request);
    const names = ['nonce', 'messageId', 'message_uuid', 'request_id'];
    return names.map((name) => parameters?.get(name)).find((id) => id !== undefined && id !== '') ?? null;
  },
};

function tokenOf({ headers }: WireRequest): string | null {
  return BEARER.exec(headers['authorization'] ?? '')?.[1] ?? null;
}

function isRecent(seconds: unknown, now: number): boolean {
  return typeof seconds === 'number' && Math.abs(now / 1000 - seconds) <= TOLERANCE;
}

/** SHA-256 in hex of the body, or of the parameters as a JSON object where they stand in the query. */
function payloadHash(request: WireRequest): string {
  const hash = createHash('sha256');
  if (request.method !== 'GET') return hash.update(request.body).digest('hex');
  const pairs = readPairs(request.query);
  return hash.update(JSON.stringify(Object.fromEntries(pairs.ok ? pairs.value : []))).digest('hex');
}

function signAgain(claims: JsonObject, request: WireRequest, secret: Secret, now: number): string {
  const again: Record<string, unknown> = {
    iat: Math.floor(now / 1000),
    iss: 'Vonage',
    payload_hash: payloadHash(request),
  };
  for (const name of ['jti', 'api_key', 'application_id'])
    if (claims[name] !== undefined) again[name] = claims[name];
  return signJwt(again satisfies JwtClaims, 'HS256', secret.reveal());
}

/** Parameters of an SMS webhook: query, form or JSON, whichever the account is set to. Null when there are none. */
function parametersOf(request: WireRequest): Parameters | null {
  const { method, query, body } = request;
  if (method === 'GET') return pairsOf(query);
  if (!hasBody(request, 'application/json')) return pairsOf(body.toString('utf8'));
  const object = parseJsonObject(body);
  if (object === null) return null;
  const texts = new Map<string, string>();
  for (const name of Object.keys(object)) {
    const text = textOf(fieldOf(object, name));
    if (text === null) return null; // Only texts are signed.
    texts.set(name, text);
  }
  return texts;
}

function pairsOf(text: string): Parameters | null {
  const pairs = readPairs(text);
  return pairs.ok ? pairs.value : null;
}

function verifyParameters(parameters: Parameters | null, secret: string, now: number): boolean {
  const sig = parameters?.get('sig');
  if (!parameters || sig === undefined || secret === '') return false;
  if (!isRecent(Number(parameters.get('timestamp') ?? Number.NaN), now)) return false;
  return sigHolds(parameters, sig, secret);
}

/** True when `sig` is the signature of the parameters; says nothing about their age. Exported for the vendor's vectors. */
export function sigHolds(parameters: Parameters, sig: string, secret: string): boolean {
  const algorithm = ALGORITHMS[sig.length];
  if (algorithm === undefined || !/^[0-9a-f]+$/i.test(sig)) return false;
  const given = Buffer.from(sig, 'hex');
  const text = signedText(parameters);
  const macs = [createHmac(algorithm, secret).update(text).digest()];
  if (algorithm === 'md5')
    macs.push(
      createHash('md5')
        .update(text + secret)
        .digest(),
    );
  return macs.map((mac) => timingSafeEqual(mac, given)).includes(true);
}

/** Sorted, `&name=value` each, with `&` and `=` in values replaced; `sig` itself is not signed. */
function signedText(parameters: Parameters): string {
  return [...parameters.keys()]
    .filter((name) => name !== 'sig')
    .toSorted()
    .map((name) => `&${name}=${(parameters.get(name) ?? '').replaceAll(/[&=]/g, '_')}`)
    .join('');
}

/** Signs the parameters anew, with the present time and the algorithm as before. MD5 and MD5-HMAC look alike; the default is taken. */
function signedAgain(parameters: Parameters, secret: string, now: number): Parameters {
  const again = new Map(parameters).set('timestamp', String(Math.floor(now / 1000)));
  const algorithm = ALGORITHMS[parameters.get('sig')?.length ?? 0] ?? 'md5';
  const text = signedText(again);
  const sig =
    algorithm === 'md5'
      ? createHash('md5').update(text + secret)
      : createHmac(algorithm, secret).update(text);
  return again.set('sig', sig.digest('hex'));
}

function withParameters(request: WireRequest, parameters: Parameters): WireRequest {
  if (request.method === 'GET') return { ...request, query: writePairs(parameters) };
  const isJson = hasBody(request, 'application/json');
  const body = isJson ? JSON.stringify(Object.fromEntries(parameters)) : writePairs(parameters);
  return { ...request, body: Buffer.from(body) };
}
