import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { type JsonObject, readJsonObject } from './json-body.ts';

export type JwtAlgorithm = 'HS256' | 'RS256';
export type JwtClaims = Readonly<Record<string, unknown>>;

/** A decoded token whose signature has not been verified. */
export interface UnverifiedJwt {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The token as text. */
  readonly token: string;
  /** The part that the signature covers: header and payload as they were sent. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** True when a certain key has signed the token. Does not check its header and times. */
export type SignatureCheck = (jwt: UnverifiedJwt) => boolean;

/** How a token must have been made. The algorithm is the caller's choice, never the token's (RFC 8725, 3.1). */
export interface JwtExpectation {
  readonly algorithm: JwtAlgorithm;
  /** The shared secret for HS256, a public key in PEM for RS256. */
  readonly key: string;
  /** Wall time, ms. */
  readonly now: number;
}

const MAX_TOKEN = 16 * 1024;
/** Tolerated difference between two clocks, in seconds. */
const CLOCK_SKEW = 60;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** Splits and decodes a compact token (RFC 7519). Null for anything that is not exactly one; throws nothing. */
export function parseJwt(token: string): UnverifiedJwt | null {
  if (token.length > MAX_TOKEN) return null;
  const [head, payload, mac, ...rest] = token.split('.', 4);
  if (head === undefined || payload === undefined || mac === undefined || rest.length > 0) return null;
  const header = decodeObject(head);
  const claims = decodeObject(payload);
  const signature = decode(mac);
  if (header === null || claims === null || signature === null) return null;
  return { header, claims, token, signed: token.slice(0, head.length + payload.length + 1), signature };
}

/**
 * Claims of a token whose signature and times hold, else null. `exp`, `nbf` and `iat` are checked when present;
 * what must be present is the caller's business. Extensions marked critical are not understood, so refused.
 */
export function verifyJwt(token: string, { algorithm, key, now }: JwtExpectation): JwtClaims | null {
  const jwt = parseJwt(token);
  if (jwt === null || !isAcceptable(jwt, algorithm, now)) return null;
  return createSignatureCheck(algorithm, key)(jwt) ? jwt.claims : null;
}

/** Checks everything but the signature (algorithm, times). It is cheap, so it is called first. */
export function isAcceptable(
  { header, claims }: UnverifiedJwt,
  algorithm: JwtAlgorithm,
  now: number,
): boolean {
  return header['alg'] === algorithm && !('crit' in header) && timesHold(claims, now / 1000);
}

/** Prepares a check for one key (see `JwtExpectation`). For an empty or unusable key the check always answers false. */
export function createSignatureCheck(algorithm: JwtAlgorithm, key: string): SignatureCheck {
  if (key === '') return () => false;
  return algorithm === 'HS256' ? hmacCheck(key) : rsaCheck(key);
}

/** Signs claims; `key` is the shared secret for HS256, a private key in PEM for RS256. */
export function signJwt(claims: JwtClaims, algorithm: JwtAlgorithm, key: string): string {
  const signed = `${encode({ alg: algorithm, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${(algorithm === 'HS256' ? hmac(signed, key) : rsa(signed, key)).toString('base64url')}`;
}

function hmacCheck(key: string): SignatureCheck {
  return ({ signed, signature }) => {
    const expected = hmac(signed, key);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  };
}

function rsaCheck(pem: string): SignatureCheck {
  const key = readRsaKey(pem);
  if (key === null) return () => false;
  return ({ signed, signature }) => {
    try {
      return verify('sha256', Buffer.from(signed), key, signature);
    } catch {
      return false; // A signature of impossible length.
    }
  };
}

function readRsaKey(pem: string): KeyObject | null {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : null;
  } catch {
    return null;
  }
}

function timesHold({ exp, nbf, iat }: JsonObject, seconds: number): boolean {
  if (exp !== undefined && !(isTime(exp) && exp + CLOCK_SKEW > seconds)) return false;
  if (nbf !== undefined && !(isTime(nbf) && nbf - CLOCK_SKEW <= seconds)) return false;
  return iat === undefined || (isTime(iat) && iat - CLOCK_SKEW <= seconds);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function hmac(signed: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(signed).digest();
}

function rsa(signed: string, privateKey: string): Buffer {
  return sign('sha256', Buffer.from(signed), createPrivateKey(privateKey));
}

function encode(value: JwtClaims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Strict base64url (RFC 4648, 5): no padding, no other character, no unused bits set. */
function decode(text: string): Buffer | null {
  if (!BASE64URL.test(text)) return null;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}

function decodeObject(text: string): JsonObject | null {
  const bytes = decode(text);
  if (bytes === null) return null;
  const reading = readJsonObject(bytes);
  return reading.ok ? reading.value : null;
}
