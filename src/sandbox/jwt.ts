import { createHmac, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { isObject, type JsonObject } from './fields.ts';

export interface Token {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** What was signed, and the signature. */
  readonly signed: string;
  readonly signature: Buffer;
}

const LONGEST = 16_384;

/** Splits a compact JWT without checking it. Null when it is none. */
export function readToken(token: string): Token | null {
  if (token.length > LONGEST) return null;
  const [head, body, tail, extra] = token.split('.');
  if (head === undefined || body === undefined || tail === undefined || extra !== undefined) return null;
  const header = decodePart(head);
  const claims = decodePart(body);
  if (header === null || claims === null) return null;
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(tail, 'base64url') };
}

function decodePart(part: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function signedBySecret(token: Token, secret: string): boolean {
  if (token.header['alg'] !== 'HS256') return false;
  const expected = createHmac('sha256', secret).update(token.signed).digest();
  return expected.length === token.signature.length && timingSafeEqual(expected, token.signature);
}

export function signedByKey(token: Token, key: KeyObject): boolean {
  if (token.header['alg'] !== 'RS256') return false;
  return verify('sha256', Buffer.from(token.signed), key, token.signature);
}

/** True while the token may be used; half a minute of clock difference is allowed. */
export function inTime({ claims }: Token, now: number): boolean {
  const seconds = now / 1000;
  const { exp, nbf } = claims;
  if (typeof exp === 'number' && seconds > exp + 30) return false;
  return typeof nbf !== 'number' || seconds >= nbf - 30;
}

/** Compact HS256 JWT. */
export function signToken(claims: JsonObject, secret: string): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
