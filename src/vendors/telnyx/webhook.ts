import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { Secret } from '../../kernel/secret.ts';
import { at, textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import type { WebhookAdapter } from '../webhook-adapter.ts';
import type { WireRequest } from '../wire.ts';

const SIGNATURE = 'telnyx-signature-ed25519';
const TIMESTAMP = 'telnyx-timestamp';
/** Seconds, as the vendor's SDK has it. */
const TOLERANCE = 300;
/** DER before the 32 bytes of an Ed25519 key (RFC 8410): public key, and private key from its seed. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/**
 * Ed25519 over `timestamp|body`. Towards us `secret` is the account's public key (base64, from the portal).
 * Towards the app we sign with a key pair of our own: its seed is derived from `secret`, and `appVerifier` is what
 * the app configures.
 */
export const webhooks: WebhookAdapter = {
  verify(request, _url, secret, now) {
    const time = request.headers[TIMESTAMP] ?? '';
    if (!/^\d{1,12}$/.test(time) || Math.abs(now / 1000 - Number(time)) > TOLERANCE) return false;
    const signature = decode(request.headers[SIGNATURE] ?? '', 64);
    const key = decode(secret.reveal(), KEY_BYTES);
    if (signature === null || key === null) return false;
    try {
      return verify(null, signed(time, request), publicKey(key), signature);
    } catch {
      return false; // Not a point of the curve.
    }
  },
  sign(request, _url, secret, now) {
    const time = String(Math.floor(now / 1000));
    const signature = sign(null, signed(time, request), signingKey(secret));
    return { [SIGNATURE]: signature.toString('base64'), [TIMESTAMP]: time };
  },
  appVerifier: publicKeyOf,
  eventId: ({ body }) => textAt(at(parseJsonObject(body), 'data'), 'id'),
};

/** Public key in base64 that verifies what `sign` makes with `secret`. */
function publicKeyOf(secret: Secret): string {
  const der = createPublicKey(signingKey(secret)).export({ type: 'spki', format: 'der' });
  return der.subarray(-KEY_BYTES).toString('base64');
}

function signingKey(secret: Secret): KeyObject {
  const seed = createHash('sha256').update(`telnyx-webhook:${secret.reveal()}`).digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

function publicKey(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
}

function signed(time: string, { body }: WireRequest): Buffer {
  return Buffer.concat([Buffer.from(`${time}|`), body]);
}

/** Standard base64 of exactly `length` bytes, in its one canonical spelling. */
function decode(text: string, length: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : null;
}
