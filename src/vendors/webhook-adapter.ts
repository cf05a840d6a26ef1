import type { Secret } from '../kernel/secret.ts';
import type { WireRequest } from './wire.ts';

/** Verifies webhooks as the vendor signs them, and signs them again for the app. */
export interface WebhookAdapter {
  /** True when `request` (as received, body unchanged) was signed with `secret` for `url`. */
  verify(request: WireRequest, url: string, secret: Secret, now: number): boolean;
  /** Signs again for the app in the vendor's own scheme; returns the headers to set. */
  sign(request: WireRequest, url: string, secret: Secret, now: number): Readonly<Record<string, string>>;
  /** For schemes whose signature stands among the parameters: the request with its query or body signed again. Runs before `sign`. */
  signParameters?(request: WireRequest, secret: Secret, now: number): WireRequest;
  /** In place of `sign`, where the signature names the app's own public id. */
  signAs?(
    request: WireRequest,
    signer: { readonly publicId: string | null; readonly secret: Secret },
    now: number,
  ): Readonly<Record<string, string>>;
  /** The public key that the app's validator is configured with. Absent: it is configured with the secret itself. */
  appVerifier?(secret: Secret): string;
  eventId(request: WireRequest): string | null;
}
