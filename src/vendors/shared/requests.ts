import type { WireRequest } from '../wire.ts';

/** The part of `Reading` that says no; helpers return it as it is, so that adapters can hand it on. */
export interface Malformed {
  readonly kind: 'malformed';
  readonly problem: string;
}

/** `problem` is shown to the developer: name the parameter and what is expected, never its value. */
export function malformed(problem: string): Malformed {
  return { kind: 'malformed', problem };
}

/** True when the body has the media type; its parameters do not matter (`checkPlain` reads `charset`). An empty body has every type. */
export function hasMediaType(request: WireRequest, ...types: readonly string[]): boolean {
  if (request.body.length === 0) return true;
  const header = request.headers['content-type'];
  if (header === undefined) return false;
  const end = header.indexOf(';');
  const type = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
  return types.includes(type);
}

/** The request with another body; `content-length`, if stated, is corrected. */
export function withBody(request: WireRequest, body: Buffer): WireRequest {
  if (request.headers['content-length'] === undefined) return { ...request, body };
  return { ...request, body, headers: { ...request.headers, 'content-length': String(body.length) } };
}

/** The request with headers set, or taken away where the value is undefined. */
export function withHeaders(
  request: WireRequest,
  headers: Readonly<Record<string, string | undefined>>,
): WireRequest {
  return { ...request, headers: { ...request.headers, ...headers } };
}

const NO_BODY = Buffer.alloc(0);

/** A GET request of the gateway's own, without credential. `segments` are not encoded yet; `query` is. */
export function plainGet(host: string, segments: readonly string[], query = ''): WireRequest {
  return {
    method: 'GET',
    host,
    path: `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`,
    segments,
    query,
    headers: { accept: 'application/json' },
    body: NO_BODY,
  };
}
