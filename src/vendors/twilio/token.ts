import { createHmac } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../shared/json-body.ts';
import type { TokenAdapter } from '../token-adapter.ts';

/** https://www.twilio.com/docs/iam/access-tokens: seconds that a token lives at most. */
const LONGEST = 24 * 3600;
const HEADER = { alg: 'HS256', typ: 'JWT', cty: 'twilio-fpa;v=1' };
const MAX_IDENTITY = 256;

type Check = (grant: JsonObject) => boolean;

/** Grants that a client may have, with the members that narrow them. A room that is not named means every room. */
const GRANTS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['voice', (grant) => has(grant, ['incoming', 'outgoing', 'push_credential_sid', 'endpoint_id'])],
  ['video', (grant) => has(grant, ['room']) && isText(grant['room'])],
  [
    'chat',
    (grant) =>
      has(grant, ['service_sid', 'push_credential_sid', 'endpoint_id', 'deployment_role_sid']) &&
      isText(grant['service_sid']),
  ],
  ['data_sync', (grant) => has(grant, ['service_sid', 'endpoint_id']) && isText(grant['service_sid'])],
  [
    'task_router',
    (grant) =>
      has(grant, ['workspace_sid', 'worker_sid', 'role']) &&
      isText(grant['worker_sid']) &&
      grant['role'] === 'worker',
  ],
]);
const CLAIMS: ReadonlySet<string> = new Set(['jti', 'grants', 'iat', 'exp', 'nbf', 'iss', 'sub']);

/** Access tokens for browsers and phones, which the app's SDK signed with its virtual API key. */
export const tokens: TokenAdapter = {
  exchange(claims, { fields, secrets }, now) {
    const { accountSid, apiKeySid } = fields;
    const { apiKeySecret } = secrets;
    if (accountSid === undefined || apiKeySid === undefined || apiKeySecret === undefined) return null;
    const iat = Math.floor(now / 1000);
    const { exp, nbf, grants, sub } = claims;
    if (sub !== accountSid || !Object.keys(claims).every((name) => CLAIMS.has(name))) return null;
    if (typeof exp !== 'number' || exp <= iat || !areGrants(grants)) return null;
    if (nbf !== undefined && typeof nbf !== 'number') return null;
    const payload = {
      jti: `${apiKeySid}-${iat}`,
      grants,
      iat,
      exp: Math.min(Math.floor(exp), iat + LONGEST),
      ...(nbf === undefined ? {} : { nbf: Math.floor(nbf) }),
      iss: apiKeySid,
      sub: accountSid,
    };
    return sign(payload, apiKeySecret.reveal());
  },
};

function areGrants(value: unknown): value is JsonObject {
  if (!isJsonObject(value)) return false;
  const { identity, ...grants } = value;
  if (!isText(identity)) return false;
  return Object.entries(grants).every(
    ([name, grant]) => isJsonObject(grant) && GRANTS.get(name)?.(grant) === true,
  );
}

function has(grant: JsonObject, names: readonly string[]): boolean {
  return Object.keys(grant).every((name) => names.includes(name));
}

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '' && value.length <= MAX_IDENTITY;
}

/** The content type in the header is the vendor's own, so the shared signer does not do. */
function sign(payload: object, secret: string): string {
  const signed = `${encode(HEADER)}.${encode(payload)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
