import { createHash, createHmac } from 'node:crypto';
import type { World } from '../core.ts';
import { signToken } from '../jwt.ts';
import type { HookRequest } from '../webhooks.ts';
import type { Application, VonageState } from './state.ts';

interface Signer {
  readonly world: World;
  readonly state: VonageState;
  readonly application?: Application | undefined;
}

/**
 * A JSON webhook with the vendor's signed token: HS256 with the signature secret, `payload_hash` over the body
 * (https://developer.vonage.com/en/getting-started/concepts/webhooks).
 */
export function signedJson(signer: Signer, url: string, value: unknown): HookRequest {
  const body = JSON.stringify(value);
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', authorization: bearer(signer, body) },
    body,
  };
}

/** The same for GET: the hash is over the parameters as JSON. */
export function signedQuery(
  signer: Signer,
  url: string,
  parameters: Readonly<Record<string, string>>,
): HookRequest {
  return {
    method: 'GET',
    url: `${url}${url.includes('?') ? '&' : '?'}${new URLSearchParams(parameters).toString()}`,
    headers: { authorization: bearer(signer, JSON.stringify(parameters)) },
    body: '',
  };
}

function bearer({ world, state, application }: Signer, payload: string): string {
  const claims = {
    iat: Math.floor(world.now() / 1000),
    jti: world.ids.uuid(),
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(payload).digest('hex'),
    api_key: state.account.id,
    ...(application === undefined ? {} : { application_id: application.id }),
  };
  return `Bearer ${signToken(claims, state.signatureSecret)}`;
}

/** A webhook of the SMS API: the parameters carry `timestamp`, `nonce` and `sig` (SHA-256 HMAC). */
export function signedSms(
  { world, state }: Signer,
  url: string,
  parameters: Readonly<Record<string, string>>,
): HookRequest {
  const stamped = {
    ...parameters,
    timestamp: String(Math.floor(world.now() / 1000)),
    nonce: world.ids.uuid(),
  };
  const body = JSON.stringify({ ...stamped, sig: smsSignature(stamped, state.signatureSecret) });
  return { method: 'POST', url, headers: { 'content-type': 'application/json' }, body };
}

/** HMAC over `&name=value` of the sorted parameters, `&` and `=` in values replaced by `_`. */
export function smsSignature(parameters: Readonly<Record<string, string>>, secret: string): string {
  const text = Object.keys(parameters)
    .filter((name) => name !== 'sig')
    .toSorted()
    .map((name) => `&${name}=${(parameters[name] ?? '').replaceAll(/[&=]/g, '_')}`)
    .join('');
  return createHmac('sha256', secret).update(text).digest('hex');
}
