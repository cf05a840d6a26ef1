import { hasBody } from '../shared/plain-request.ts';
import type { WireRequest } from '../wire.ts';

export const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/**
 * A body that can only be a form: names, `=`, values and `&`, in characters that form encoding leaves as they are. No JSON
 * value looks like this, so it is a form whatever its content type says. No character fits two places, so matching is linear.
 */
const PLAIN_FORM = /^[\w.~*+%-]+=[\w.~*+%-]*(?:&[\w.~*+%-]+=[\w.~*+%-]*)*$/;

/**
 * How the body is read, here and (see `labelled`) by the vendor. It follows the label, with one exception: the
 * vendor's Python SDK labels forms `application/json` once it has sent JSON (vonage-python-sdk, issue 323).
 */
export function bodyKind(request: WireRequest): 'none' | 'json' | 'form' | 'other' {
  if (request.body.length === 0) return 'none';
  if (hasBody(request, JSON_TYPE)) return isPlainForm(request.body) ? 'form' : 'json';
  return hasBody(request, FORM) ? 'form' : 'other';
}

/**
 * The request with the label of what we read. The vendor goes by the label, so a body must never leave under one by
 * which it would be read differently from the way in which it was judged.
 */
export function labelled(request: WireRequest): WireRequest {
  if (!hasBody(request, JSON_TYPE) || bodyKind(request) !== 'form') return request;
  return { ...request, headers: { ...request.headers, 'content-type': FORM } };
}

function isPlainForm(body: Buffer): boolean {
  const [first = 0] = body;
  // Most bodies are JSON, which the first byte shows (`{`, `[`, `"` or white space); they are not tried as a form.
  return first > 0x22 && first !== 0x7b && first !== 0x5b && PLAIN_FORM.test(body.toString('latin1'));
}
