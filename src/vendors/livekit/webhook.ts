import { createHash } from 'node:crypto';
import type { Secret } from '../../kernel/secret.ts';
import { textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import { parseJwt, signJwt, verifyJwt } from '../shared/jwt.ts';
import type { WebhookAdapter } from '../webhook-adapter.ts';
import type { WireRequest } from '../wire.ts';

/** Seconds that a signature of ours is good for, as the vendor has it. */
const LIFE = 300;

/** A bare HS256 token in `Authorization`, whose claim `sha256` is the hash of the body in base64. */
export const webhooks: WebhookAdapter = {
  verify(request, _url, secret, now) {
    const claims = verifyJwt(tokenOf(request), { algorithm: 'HS256', key: secret.reveal(), now });
    return claims !== null && claims['exp'] !== undefined && claims['sha256'] === hashOf(request);
  },
  /** The app's receiver compares the issuer with its own key: give it with `signAs`; here it stays the vendor's. */
  sign(request, _url, secret, now) {
    const issuer = parseJwt(tokenOf(request))?.claims['iss'];
    return signed(request, { publicId: typeof issuer === 'string' ? issuer : null, secret }, now);
  },
  signAs: signed,
  eventId: ({ body }) => textAt(parseJsonObject(body), 'id'),
};

function signed(
  request: WireRequest,
  { publicId, secret }: { readonly publicId: string | null; readonly secret: Secret },
  now: number,
): Readonly<Record<string, string>> {
  const seconds = Math.floor(now / 1000);
  const claims = { iss: publicId ?? '', nbf: seconds, exp: seconds + LIFE, sha256: hashOf(request) };
  return { authorization: signJwt(claims, 'HS256', secret.reveal()) };
}

function tokenOf({ headers }: WireRequest): string {
  return (headers['authorization'] ?? '').replace(/^Bearer /i, '');
}

function hashOf({ body }: WireRequest): string {
  return createHash('sha256').update(body).digest('base64');
}
