import type { Dispatcher } from 'undici';

/** The wire of one vendor, without its SDK: the torture wants many requests, not comfort. */
export const VENDOR = 'telnyx';

export function valuesOf(credentials: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return { apiKey: credentials['apiKey'] ?? '' };
}

/** `choice` from 0 to 1 decides about country, length and whether the policy refuses it. From 0.9 on: France, one segment. */
export function messageRequest(
  parts: Readonly<Record<string, string>>,
  choice: number,
): Dispatcher.RequestOptions {
  const tail = String(Math.floor(Math.random() * 1e6)).padStart(6, '0');
  const to =
    choice >= 0.9
      ? `+33612${tail}`
      : choice >= 0.5
        ? `+4915215${tail}`
        : choice >= 0.06
          ? `+1201555${tail.slice(2)}`
          : `+4477009${tail.slice(1)}`;
  const text = 'x'.repeat(choice >= 0.9 ? 20 : 20 + Math.floor(Math.random() * 300));
  return {
    path: '/api.telnyx.com/v2/messages',
    method: 'POST',
    headers: { authorization: `Bearer ${parts['apiKey'] ?? ''}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to, from: '+4915215550000', text: `${text}${tail}` }),
  };
}
