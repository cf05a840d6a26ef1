import { createHash } from 'node:crypto';
import type { Secret } from '../../kernel/secret.ts';
import { isJsonObject, type JsonObject } from '../shared/json-body.ts';
import { type JwtClaims, signJwt } from '../shared/jwt.ts';
import type { OpenAccount } from '../custody-adapter.ts';

/** Seconds for which the vendor accepts a token without `exp`, as its Java SDK signs them. Our tokens expire after the same time. */
export const LIFE = 900;
/** A token is used again until this age, in seconds: an RSA signature costs ten times the rest of a request. */
const REUSE = 600;
const MAX_KEPT = 64;

/** Claims by which a token of the vendor is meant for a browser or phone, not for its REST API. */
const CLIENT_CLAIMS = ['scope', 'session_id', 'role', 'connection_data'];

/** Claims that narrow an app's token. The token that we sign for it has exactly the same ones, so it never permits more. */
interface Narrowing {
  readonly acl?: JsonObject;
  readonly sub?: string;
}

/** Null when the claims may use the REST API, else why not. */
export function checkRestClaims(claims: JwtClaims): string | null {
  const client = CLIENT_CLAIMS.find((name) => Object.hasOwn(claims, name));
  if (client !== undefined)
    return `The token is a client token (it has \`${client}\`); sign one without it for the REST API.`;
  if (claims['sub'] !== undefined && typeof claims['sub'] !== 'string') return '`sub` must be a text.';
  const acl = claims['acl'];
  if (acl !== undefined && !(isJsonObject(acl) && isJsonObject(acl['paths'])))
    return '`acl` must be an object with `paths`.';
  return null;
}

export interface ApplicationTokens {
  /** A token of the real application for one request. `presented`: claims of the app's verified token; null for our own requests. */
  sign(account: OpenAccount, presented: JwtClaims | null, now: number): string | null;
}

/** Signs with the account's private key, and remembers tokens for as long as the opened account lives. */
export function createApplicationTokens(): ApplicationTokens {
  const kept = new WeakMap<Secret, Map<string, { readonly token: string; readonly until: number }>>();
  return Object.freeze({
    sign(account: OpenAccount, presented: JwtClaims | null, now: number) {
      const { privateKey } = account.secrets;
      const applicationId = account.fields['applicationId'];
      if (privateKey === undefined || applicationId === undefined) return null;
      const narrowing = narrowingOf(presented);
      const name = JSON.stringify([applicationId, narrowing]);
      const tokens = kept.get(privateKey) ?? new Map<string, { token: string; until: number }>();
      const known = tokens.get(name);
      if (known !== undefined && now < known.until && now >= known.until - REUSE * 1000) return known.token;
      if (tokens.size >= MAX_KEPT) tokens.clear();
      const claims = applicationClaims(applicationId, narrowing, now);
      const token = signJwt(claims, 'RS256', privateKey.reveal());
      kept.set(privateKey, tokens.set(name, { token, until: now + REUSE * 1000 }));
      return token;
    },
  });
}

function applicationClaims(applicationId: string, narrowing: Narrowing, now: number): JwtClaims {
  const iat = Math.floor(now / 1000);
  return {
    application_id: applicationId,
    iat,
    exp: iat + LIFE,
    jti: uuidOf(JSON.stringify([applicationId, narrowing, now])),
    ...narrowing,
  };
}

/** Takes over the claims that `checkRestClaims` has admitted. None of them may be dropped, as that would widen the token. */
function narrowingOf(presented: JwtClaims | null): Narrowing {
  const { acl, sub } = presented ?? {};
  return {
    ...(acl === undefined ? {} : { acl: isJsonObject(acl) ? acl : { paths: {} } }),
    ...(sub === undefined ? {} : { sub: typeof sub === 'string' ? sub : '' }),
  };
}

/** A stable id in the form of a UUID (RFC 9562, version 8); the adapter has no randomness of its own. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
