import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Path that the gateway answers itself on every registered host, before authentication, to prove that it is in between. */
export const PROBE_PATH = '/_ringfence/probe';
/** Header of the answer; lower case as Node reports it. */
export const PROBE_HEADER = 'ringfence-probe';

const NONCE = /^[A-Za-z0-9_-]{22,64}$/;

/**
 * Value of the probe header for a nonce: its HMAC-SHA256 under `KeyRing.derive('probe')`, base64url. Nobody but the
 * gateway can make it. Null when the nonce has another form: the request is then answered like any other.
 */
export function answerProbe(nonce: string | null, key: KeyObject): string | null {
  if (nonce === null || !NONCE.test(nonce)) return null;
  return createHmac('sha256', key).update(`ringfence probe ${nonce}`).digest('base64url');
}

/** True when `answer` is the gateway's answer, given what the gateway says over the admin API that it must be. */
export function isProbeAnswer(answer: string | null | undefined, expected: string): boolean {
  const [one, two] = [Buffer.from(answer ?? ''), Buffer.from(expected)];
  return expected !== '' && one.length === two.length && timingSafeEqual(one, two);
}
