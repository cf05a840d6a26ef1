/** User and password of an `Authorization: Basic` header. */
export interface BasicCredential {
  readonly user: string;
  readonly password: string;
}

const SCHEME = /^basic +/i;
/** Base64 whose padding is optional, since some clients leave it out and it does not change the value. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MAX_LENGTH = 4096;

/**
 * Reads a Basic header (RFC 7617). The user ends at the first colon; the password may hold more of them.
 * Null for every other scheme and for anything that is not plain base64 text with a colon.
 */
export function readBasic(header: string | undefined): BasicCredential | null {
  if (header === undefined || header.length > MAX_LENGTH) return null;
  const scheme = SCHEME.exec(header);
  if (scheme === null) return null;
  const encoded = header.slice(scheme[0].length);
  if (!BASE64.test(encoded)) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return null;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Makes the value of an `Authorization: Basic` header. `user` must not hold a colon. */
export function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
