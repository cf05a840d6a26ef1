/** A request target with exactly one reading. */
export interface Target {
  /** Percent-encoded, as it will be forwarded. */
  readonly path: string;
  /** Decoded segments. */
  readonly segments: readonly string[];
  /** Raw query without `?`. */
  readonly query: string;
}

const MAX_TARGET = 8192;
const VISIBLE = /^[\x21-\x7e]+$/;
/** Decoded text that could change where a path leads, or where it ends; also to a server that decodes once more. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const AMBIGUOUS = /[/\\\u0000-\u001f\u007f]|%(?:[01][\da-f]|2[35ef]|3[bf]|5c|7f)/i;

/**
 * Reads an origin-form target (RFC 9112 §3.2.1). Null when it has more than one reading: dot segments, encoded
 * slashes, backslashes, control characters, a fragment, empty segments (one at the end is allowed), what is encoded twice,
 * and a bare `;`, which some servers cut off with what follows.
 */
export function readTarget(raw: string): Target | null {
  if (raw.length > MAX_TARGET || raw[0] !== '/' || !VISIBLE.test(raw)) return null;
  if (raw.includes('#') || raw.includes('\\')) return null;
  const mark = raw.indexOf('?');
  const rawPath = mark === -1 ? raw : raw.slice(0, mark);
  if (rawPath.includes(';')) return null;
  const query = mark === -1 ? '' : raw.slice(mark + 1);
  const encoded = rawPath.slice(1).split('/');
  if (!rawPath.includes('%'))
    return encoded.every(isPlain) ? { path: rawPath, segments: encoded, query } : null;
  const segments: string[] = [];
  for (const [index, text] of encoded.entries()) {
    const segment = decode(text);
    if (segment === null || !isPlain(segment, index, encoded)) return null;
    segments.push(segment);
  }
  return { path: `/${segments.map(encode).join('/')}`, segments, query };
}

function isPlain(segment: string, index: number, all: readonly string[]): boolean {
  if (segment === '') return index === all.length - 1;
  return segment !== '.' && segment !== '..';
}

function decode(text: string): string | null {
  try {
    const segment = decodeURIComponent(text);
    return AMBIGUOUS.test(segment) ? null : segment;
  } catch {
    return null;
  }
}

/** Encodes a segment; characters that RFC 3986 allows in a segment stay as they are, but for `;`. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:2B|3A|40|2C|3D|24|26)/g, decodeURIComponent);
}
