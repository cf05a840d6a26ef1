import { isJsonObject, type JsonValue } from '../shared/json-body.ts';
import { type JwtClaims, signJwt } from '../shared/jwt.ts';
import type { TokenAdapter } from '../token-adapter.ts';
import { uuidOf } from './application-token.ts';

/** The vendor refuses tokens that live longer. Seconds. */
const LONGEST = 24 * 3600;
const MAX_TEXT = 1000;
const MAX_PATHS = 50;
/** Paths of a user's own session; anything wider is the API itself. */
const USER_PATH =
  /^\/\*\/(users|conversations|sessions|devices|image|media|applications|push|knocking|legs|rtc)\/\*\*$/;
const VIDEO_PATH = '/session/**';
const ROLES: ReadonlySet<unknown> = new Set(['publisher', 'publisheronly', 'subscriber', 'moderator']);
const KNOWN: ReadonlySet<string> = new Set([
  'application_id',
  'iat',
  'exp',
  'nbf',
  'jti',
  'sub',
  'acl',
  'scope',
  'session_id',
  'role',
  'initial_layout_class_list',
  'connection_data',
]);

/** Client tokens: of a user of the Client SDK (`sub`, `acl`), or of one video session. */
export const tokens: TokenAdapter = {
  exchange(claims, account, now) {
    const { privateKey } = account.secrets;
    const applicationId = account.fields['applicationId'];
    if (privateKey === undefined || applicationId === undefined) return null;
    const grants = Object.keys(claims).every((name) => KNOWN.has(name)) ? grantsOf(claims) : null;
    const iat = Math.floor(now / 1000);
    const exp = claims['exp'];
    if (grants === null || typeof exp !== 'number' || exp <= iat) return null;
    const signed = { application_id: applicationId, iat, exp: Math.min(exp, iat + LONGEST), ...grants };
    return signJwt({ ...signed, jti: uuidOf(JSON.stringify(signed)) }, 'RS256', privateKey.reveal());
  },
};

/** The claims to sign, or null when they ask for more than a client may have. */
function grantsOf(claims: JwtClaims): JwtClaims | null {
  const { sub, acl, scope } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_TEXT || !isJsonObject(acl)) return null;
  const isVideo = scope !== undefined;
  const paths = pathsOf(acl['paths'], (path) => (isVideo ? path === VIDEO_PATH : USER_PATH.test(path)));
  if (paths === null || Object.keys(acl).length > 1) return null;
  if (!isVideo) return hasVideoClaims(claims) ? null : { sub, acl: { paths } };
  const video = videoClaims(claims);
  return video === null ? null : { sub, acl: { paths }, ...video };
}

function pathsOf(paths: JsonValue | undefined, allowed: (path: string) => boolean): JsonValue | null {
  if (!isJsonObject(paths)) return null;
  const names = Object.keys(paths);
  if (names.length === 0 || names.length > MAX_PATHS) return null;
  return names.every((name) => allowed(name) && isJsonObject(paths[name])) ? paths : null;
}

function hasVideoClaims(claims: JwtClaims): boolean {
  return ['session_id', 'role', 'initial_layout_class_list', 'connection_data'].some(
    (name) => name in claims,
  );
}

function videoClaims(claims: JwtClaims): JwtClaims | null {
  const { scope, session_id: session, role, sub } = claims;
  if (scope !== 'session.connect' || sub !== 'video' || !ROLES.has(role)) return null;
  if (typeof session !== 'string' || session === '' || session.length > MAX_TEXT) return null;
  const texts: Record<string, string> = {};
  for (const name of ['initial_layout_class_list', 'connection_data']) {
    const text = claims[name];
    if (text === undefined) continue;
    if (typeof text !== 'string' || text.length > MAX_TEXT) return null;
    texts[name] = text;
  }
  return { scope, session_id: session, role, ...texts };
}
