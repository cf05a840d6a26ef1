import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import { type JwtClaims, signJwt } from '../shared/jwt.ts';
import type { TokenAdapter } from '../token-adapter.ts';

/** Seconds. The vendor renews the token of a participant who is connected. */
const LONGEST = 6 * 3600;
const MAX_TEXT = 8192;
const MAX_ATTRIBUTES = 64;
const TEXTS = ['name', 'metadata'];
const SWITCHES: ReadonlySet<string> = new Set([
  'canPublish',
  'canSubscribe',
  'canPublishData',
  'canUpdateOwnMetadata',
  'canSubscribeMetrics',
]);
const KNOWN: ReadonlySet<string> = new Set([
  'iss',
  'exp',
  'nbf',
  'iat',
  'jti',
  'sub',
  'name',
  'metadata',
  'attributes',
  'kind',
  'video',
]);
const SOURCES: ReadonlySet<unknown> = new Set(['camera', 'microphone', 'screen_share', 'screen_share_audio']);

/** Access tokens of participants: one room, one identity, and nothing of the server's API. */
export const tokens: TokenAdapter = {
  exchange(claims, account, now) {
    const { apiSecret } = account.secrets;
    const { sub, exp } = claims;
    const seconds = Math.floor(now / 1000);
    if (apiSecret === undefined || !Object.keys(claims).every((name) => KNOWN.has(name))) return null;
    if (typeof sub !== 'string' || sub === '' || sub.length > MAX_TEXT) return null;
    if (typeof exp !== 'number' || exp <= seconds) return null;
    const video = joinGrant(claims['video']);
    const texts = textClaims(claims);
    if (video === null || texts === null) return null;
    const times = { iss: account.fields['apiKey'], sub, nbf: seconds, exp: Math.min(exp, seconds + LONGEST) };
    return signJwt({ ...times, ...texts, video }, 'HS256', apiSecret.reveal());
  },
};

/** The right to join one room, or null when anything else is asked for. */
function joinGrant(video: unknown): JsonObject | null {
  if (!isJsonObject(video) || video['roomJoin'] !== true) return null;
  const { roomJoin: _join, room, canPublishSources: sources, ...rest } = video;
  if (typeof room !== 'string' || room === '' || room.length > MAX_TEXT) return null;
  if (sources !== undefined && !(Array.isArray(sources) && sources.every((one) => SOURCES.has(one))))
    return null;
  const grant: Record<string, JsonValue> = { roomJoin: true, room };
  if (sources !== undefined) grant['canPublishSources'] = sources;
  for (const [name, value] of Object.entries(rest)) {
    if (SWITCHES.has(name) && typeof value === 'boolean') grant[name] = value;
    else if (value !== false) return null; // Hidden, recorder, agent, any administration: not for a client.
  }
  return grant;
}

function textClaims(claims: JwtClaims): JsonObject | null {
  const texts: Record<string, JsonValue> = {};
  for (const name of TEXTS) {
    const value = claims[name];
    if (value === undefined) continue;
    if (typeof value !== 'string' || value.length > MAX_TEXT) return null;
    texts[name] = value;
  }
  if (claims['kind'] !== undefined && claims['kind'] !== 'standard') return null;
  const { attributes } = claims;
  if (attributes === undefined) return texts;
  if (!isJsonObject(attributes) || Object.keys(attributes).length > MAX_ATTRIBUTES) return null;
  const isText = Object.values(attributes).every(
    (value) => typeof value === 'string' && value.length <= MAX_TEXT,
  );
  return isText ? { ...texts, attributes } : null;
}
