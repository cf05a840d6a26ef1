import { looksLikeVirtualSecret } from '../../kernel/virtual-secret.ts';
import type { WireRequest } from '../../vendors/wire.ts';

const FORM = /rfv[0-9A-Za-z]{29}/g;
const ESCAPE = /%([2-7][0-9a-f])/gi;
/** A thief sends a canary in the first lines of a body, and a stranger must not make the gateway read for long. */
const BODY_BYTES = 16_384;
const MOST = 8;

/**
 * Virtual secrets anywhere in a request. Whoever found a canary may try it in any way: with a line end, under another user
 * name, in a header or place that the vendor does not read.
 */
export function secretsIn({ headers, path, query, body }: WireRequest): ReadonlySet<string> {
  const { authorization = '' } = headers;
  const inBase64 = Buffer.from(authorization.replace(/^\S+\s+/, ''), 'base64').toString('latin1');
  const start = body.subarray(0, BODY_BYTES).toString('latin1');
  const text = [...Object.values(headers), inBase64, path, query, start].join('\n');
  const plain = text.replaceAll(ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  const found = new Set<string>();
  for (const [secret] of plain.matchAll(FORM)) {
    if (looksLikeVirtualSecret(secret)) found.add(secret);
    if (found.size === MOST) break;
  }
  return found;
}
