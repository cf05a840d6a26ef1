import type { Destination } from '../../intent/intent.ts';

const USER_AND_HOST = /^sips?:([^@;]*)[^@]*@([^;?:]*)/i;

/**
 * Whoever is reached, in one form. Parameters, port and scheme of a SIP URI, and escapes in its user part, do not make it
 * another's telephone (RFC 3261 §19.1.4 is stricter: it asks whether two URIs say the same).
 */
export function recipientOf({ kind, address }: Destination): string {
  const match = kind === 'sip' ? USER_AND_HOST.exec(address) : null;
  if (match === null) return address;
  const [, user = '', host = ''] = match;
  return `sip:${withoutEscapes(user)}@${host.toLowerCase().replace(/\.$/, '')}`;
}

/** Bytes as Latin-1: what is no UTF-8 is compared as well. */
function withoutEscapes(user: string): string {
  return user.replace(/%([0-9A-Fa-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}
