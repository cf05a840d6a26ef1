/** Where a raw request goes, and the lines that would make it a good one. */
export interface Wire {
  /** Of the request target: `/api.telnyx.com` in base-URL mode, empty inside a tunnel. */
  readonly prefix: string;
  readonly host: string;
  /** `Authorization: …` with a virtual key that is good. */
  readonly authorization: string;
}

const JSON_TYPE = 'Content-Type: application/json';
const long = (length: number): string => 'a'.repeat(length);

/** A message that would be sent: every case below is this one with one thing wrong. */
export function goodBody(to: string): string {
  return JSON.stringify({ to, from: '+15005550199', text: 'x' });
}

export function goodRequest({ prefix, host, authorization }: Wire, body: string, extra = ''): string {
  return (
    `POST ${prefix}/v2/messages HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n${JSON_TYPE}\r\n` +
    `${extra}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** Raw requests of which every one has to be refused, by name. */
export function malformedRequests(wire: Wire, to: string): ReadonlyMap<string, string> {
  return new Map([...framing(wire, to), ...headers(wire, to), ...targets(wire, to), ...versions(wire, to)]);
}

type Cases = readonly (readonly [name: string, bytes: string])[];

function framing({ prefix, host, authorization }: Wire, to: string): Cases {
  const body = goodBody(to);
  const head = `POST ${prefix}/v2/messages HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n${JSON_TYPE}\r\n`;
  const size = body.length;
  const chunk = `${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const withLength = (value: string): string => `${head}Content-Length: ${value}\r\n\r\n${body}`;
  const withChunks = (chunks: string): string => `${head}Transfer-Encoding: chunked\r\n\r\n${chunks}`;
  const coded = (coding: string): string => `${head}Transfer-Encoding: ${coding}\r\n\r\n${chunk}`;
  return [
    ['length and chunks', `${head}Content-Length: ${size}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`],
    ['chunks and length', `${head}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunk}`],
    ['two equal lengths', `${head}Content-Length: ${size}\r\nContent-Length: ${size}\r\n\r\n${body}`],
    ['two lengths', `${head}Content-Length: ${size}\r\nContent-Length: 0\r\n\r\n${body}`],
    ['a list of lengths', withLength(`${size}, ${size}`)],
    ['a length with a plus', withLength(`+${size}`)],
    ['a negative length', withLength('-1')],
    ['a hexadecimal length', withLength(`0x${size.toString(16)}`)],
    ['a length with a fraction', withLength(`${size}.0`)],
    ['a length beyond 64 bits', withLength('99999999999999999999999')],
    ['a length of many gigabytes', withLength('9007199254740991')],
    ['an empty length', withLength('')],
    ['an unknown coding', coded('xchunked')],
    ['a coding after chunked', coded('chunked, identity')],
    ['a coding before chunked', coded('gzip, chunked')],
    ['chunked twice', coded('chunked, chunked')],
    ['two codings', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${chunk}`],
    ['a coding with a control character', coded('\u000bchunked')],
    ['identity', coded('identity')],
    ['a chunk size that is no number', withChunks(`zz\r\n${body}\r\n0\r\n\r\n`)],
    ['a chunk size with a prefix', withChunks(`0x${size.toString(16)}\r\n${body}\r\n0\r\n\r\n`)],
    ['a negative chunk size', withChunks(`-1\r\n${body}\r\n0\r\n\r\n`)],
    ['a chunk size beyond 64 bits', withChunks(`fffffffffffffffff\r\n${body}\r\n0\r\n\r\n`)],
    ['a chunk extension with a bare LF', withChunks(`${size.toString(16)};a\nb\r\n${body}\r\n0\r\n\r\n`)],
    ['a chunk without its CRLF', withChunks(`${size.toString(16)}\r\n${body}0\r\n\r\n`)],
    ['a chunk line that ends with LF', withChunks(`${size.toString(16)}\n${body}\r\n0\r\n\r\n`)],
    [
      'a GET with a body',
      `GET ${prefix}/v2/balance HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\nContent-Length: 2\r\n\r\n{}`,
    ],
    [
      'a GET with chunks',
      `GET ${prefix}/v2/balance HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
  ];
}

function headers(wire: Wire, to: string): Cases {
  const body = goodBody(to);
  const { prefix, host, authorization } = wire;
  const line = `POST ${prefix}/v2/messages HTTP/1.1\r\n`;
  const rest = `${authorization}\r\n${JSON_TYPE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const extra = (header: string): string => goodRequest(wire, body, header);
  return [
    ['no Host', `${line}${rest}`],
    ['two Hosts', `${line}Host: ${host}\r\nHost: evil.example\r\n${rest}`],
    ['two equal Hosts', `${line}Host: ${host}\r\nHost: ${host}\r\n${rest}`],
    ['two credentials', extra('Authorization: Bearer other\r\n')],
    ['two content types', extra('Content-Type: text/plain\r\n')],
    ['a space before the colon', extra('X-A : b\r\n')],
    ['a folded header', extra('X-A: b\r\n c\r\n')],
    ['a header that begins with a space', `${line} Host: ${host}\r\n${rest}`],
    ['a header without a name', extra(': b\r\n')],
    ['a header without a colon', extra('broken\r\n')],
    ['a bare LF after a header', extra('X-A: b\n')],
    ['a bare CR in a header', extra('X-A: b\rX-B: c\r\n')],
    ['a NUL in a header', extra('X-A: b\u0000c\r\n')],
    ['a NUL in a name', extra('X-A\u0000: b\r\n')],
    ['bytes outside ASCII in a header', extra('X-A: ü\r\n')],
    ['a header of 20 KB', extra(`X-A: ${long(20_000)}\r\n`)],
    ['500 headers', extra(Array.from({ length: 500 }, (_, index) => `X-${index}: b\r\n`).join(''))],
    ['an authorization that Connection names', extra('Connection: close, authorization\r\n')],
    ['an expectation that nobody knows', extra('Expect: 200-ok\r\n')],
  ];
}

function targets(wire: Wire, to: string): Cases {
  const { prefix, host, authorization } = wire;
  const body = goodBody(to);
  const rest = `Host: ${host}\r\n${authorization}\r\n${JSON_TYPE}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  const to0 = (target: string): string => `POST ${target} HTTP/1.1\r\n${rest}`;
  return [
    ['a foreign authority in the target', to0('http://evil.example/v2/messages')],
    ['a vendor as authority in the target', to0('https://api.telnyx.com/v2/messages')],
    ['an authority alone', to0('api.telnyx.com:443')],
    ['an asterisk', to0('*')],
    ['an empty first segment', to0('//evil.example/v2/messages')],
    ['an empty segment', to0(`${prefix}/v2//messages`)],
    ['dot segments', to0(`${prefix}/v2/x/../messages`)],
    ['encoded dot segments', to0(`${prefix}/v2/x/%2e%2e/messages`)],
    ['an encoded slash', to0(`${prefix}/v2%2fmessages`)],
    ['an encoded backslash', to0(`${prefix}/v2%5cmessages`)],
    ['a backslash', to0(`${prefix}\\v2\\messages`)],
    ['an encoded NUL', to0(`${prefix}/v2/messages%00`)],
    ['an encoded CRLF', to0(`${prefix}/v2/messages%0d%0aX:%20y`)],
    ['a broken escape', to0(`${prefix}/v2/messages%zz`)],
    ['bytes that are no UTF-8', to0(`${prefix}/v2/messages%ff`)],
    ['a fragment', to0(`${prefix}/v2/messages#x`)],
    ['a space in the target', to0(`${prefix}/v2/messages x`)],
    ['bytes outside ASCII in the target', to0(`${prefix}/v2/messages/ü`)],
    ['a target of 12 KB', to0(`${prefix}/v2/messages?${long(12_000)}`)],
    ['no vendor at all', to0('/v2/unknown/evil.example')],
  ];
}

function versions({ prefix, host, authorization }: Wire, to: string): Cases {
  const body = goodBody(to);
  const base = `Host: ${host}\r\n${authorization}\r\n${JSON_TYPE}\r\n`;
  const rest = `${base}Content-Length: ${body.length}\r\n\r\n${body}`;
  const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const target = `POST ${prefix}/v2/messages`;
  return [
    ['HTTP/0.9', `GET ${prefix}/v2/balance\r\n\r\n`],
    ['a line that says HTTP/0.9', `${target} HTTP/0.9\r\n${rest}`],
    ['a line that says HTTP/2.0', `${target} HTTP/2.0\r\n${rest}`],
    ['a line that says HTTP/1.2', `${target} HTTP/1.2\r\n${rest}`],
    ['a line in lower case', `${target} http/1.1\r\n${rest}`],
    ['chunks in HTTP/1.0', `${target} HTTP/1.0\r\n${base}Transfer-Encoding: chunked\r\n\r\n${chunk}`],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a method that nobody knows', `EVIL ${prefix}/v2/messages HTTP/1.1\r\n${rest}`],
    ['a TLS handshake', '\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0003'],
    ['a PROXY line', `PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n${target} HTTP/1.1\r\n${rest}`],
  ];
}
