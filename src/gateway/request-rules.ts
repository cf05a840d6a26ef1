import type { IncomingMessage } from 'node:http';

const MAX_HEADERS = 100;
// oxlint-disable-next-line no-control-regex -- bytes outside ASCII are what it looks for
const ASCII = /^[\t\x20-\x7e]*$/;
/** Headers that may come once, each with a bit of its own. */
const SINGLE = new Map(
  ['host', 'authorization', 'content-length', 'content-type', 'transfer-encoding'].map(
    (name, place) => [name, 1 << place] as const,
  ),
);
const NOT_HOP_BY_HOP = new Set(['authorization', 'host', 'content-length', 'content-type']);

/**
 * What `node:http` lets through although two readers could understand it differently
 * (list of cases: docs/threat-model.md, "HTTP request smuggling"). Returns the problem, or null.
 */
export function findAmbiguity(request: IncomingMessage): string | null {
  const { rawHeaders, httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return `HTTP/${httpVersion} is not supported`;
  if (rawHeaders.length > MAX_HEADERS * 2) return `more than ${MAX_HEADERS} headers`;
  return findHeaderProblem(rawHeaders) ?? findFramingProblem(request);
}

function findHeaderProblem(rawHeaders: readonly string[]): string | null {
  let seen = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (!ASCII.test(value)) return `the header ${name} has bytes outside ASCII`;
    if (name === 'connection' && namesSensitive(value))
      return 'Connection names a header that is not hop-by-hop';
    const bit = SINGLE.get(name) ?? 0;
    if ((seen & bit) !== 0) return `two headers ${name}`;
    seen |= bit;
  }
  return null;
}

function namesSensitive(connection: string): boolean {
  return connection.split(',').some((token) => NOT_HOP_BY_HOP.has(token.trim().toLowerCase()));
}

function findFramingProblem({ method, headers, httpVersion }: IncomingMessage): string | null {
  const coding = headers['transfer-encoding'];
  const chunked = coding !== undefined;
  // The parser takes `gzip, chunked` as well and leaves the gzip to us, where other readers would undo it.
  if (chunked && coding.toLowerCase() !== 'chunked') return `the transfer encoding ${coding}`;
  if (chunked && httpVersion === '1.0') return 'HTTP/1.0 with a transfer encoding';
  const length = headers['content-length'];
  const hasBody = chunked || (length !== undefined && length !== '0');
  if (hasBody && (method === 'GET' || method === 'HEAD' || method === 'DELETE'))
    return `a ${method} request with a body`;
  if (headers['host'] === undefined) return 'no Host header';
  return null;
}
