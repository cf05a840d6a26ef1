import type { IncomingHttpHeaders } from 'node:http';

/** Headers that end at the gateway: hop-by-hop ones (RFC 9110 §7.6.1), ours, and those that the gateway sets itself. */
const REQUEST_STOPS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'content-length',
  'accept-encoding',
  'cookie',
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-real-ip',
  // With these the app would get a secret in pieces, or in a charset in which it is not recognised.
  'range',
  'if-range',
  'accept-charset',
]);
const ANSWER_STOPS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'content-encoding',
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
]);
const NONE: ReadonlySet<string> = new Set();

/** The app's headers that travel on to the vendor. None with `_` in its name: many servers read that as `-`. */
export function requestHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  const named = namedByConnection(headers.connection);
  for (const name in headers) {
    if (REQUEST_STOPS.has(name) || named.has(name) || name.startsWith('ringfence-') || name.includes('_'))
      continue;
    const value = headers[name];
    if (value !== undefined) kept[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return kept;
}

/** The vendor's headers that travel on to the app. */
export function answerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  const named = namedByConnection(headers['connection']);
  for (const name in headers) {
    const value = headers[name];
    if (ANSWER_STOPS.has(name) || named.has(name) || name.startsWith('ringfence-') || value === undefined)
      continue;
    kept[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return kept;
}

function namedByConnection(connection: string | string[] | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return NONE;
  return new Set(
    String(connection)
      .split(',')
      .map((token) => token.trim().toLowerCase()),
  );
}
