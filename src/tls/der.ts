/**
 * The part of DER (ITU-T X.690) that certificates need, written only: nothing here reads.
 * Each function returns one complete element.
 */
export type Der = Buffer;

const CONSTRUCTED = 0x20;
const CONTEXT = 0x80;

export const sequence = (...parts: readonly Der[]): Der => element(0x10 | CONSTRUCTED, ...parts);
export const set = (...parts: readonly Der[]): Der => element(0x11 | CONSTRUCTED, ...parts);
export const octetString = (bytes: Buffer): Der => element(0x04, bytes);
export const utf8String = (text: string): Der => element(0x0c, Buffer.from(text));
export const TRUE: Der = element(0x01, Buffer.from([0xff]));

/** Context tag that wraps a whole element (`EXPLICIT`) or the parts of a constructed one. */
export const explicit = (tag: number, ...parts: readonly Der[]): Der =>
  element(CONTEXT | CONSTRUCTED | tag, ...parts);

/** Context tag in the place of a primitive's own (`IMPLICIT`). */
export const implicit = (tag: number, bytes: Buffer): Der => element(CONTEXT | tag, bytes);

/** Unsigned integer of big-endian bytes; shortened, and kept positive, as DER asks. */
export function integer(bytes: Buffer): Der {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const short = bytes.subarray(start);
  const isNegative = ((short[0] ?? 0) & 0x80) !== 0;
  return element(0x02, isNegative ? Buffer.concat([Buffer.of(0), short]) : short);
}

/** Bits from the first byte's highest on; `unused` bits at the end do not count. */
export function bitString(bytes: Buffer, unused = 0): Der {
  return element(0x03, Buffer.concat([Buffer.of(unused), bytes]));
}

/** Object identifier in dotted form. */
export function oid(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** Point in time, to the second; two-digit years until 2049 (RFC 5280, 4.1.2.5). */
export function time(milliseconds: number): Der {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, '');
  return digits < '2050' ? element(0x17, Buffer.from(digits.slice(2))) : element(0x18, Buffer.from(digits));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128))
    bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function element(tag: number, ...parts: readonly Buffer[]): Der {
  const content = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag, ...lengthOf(content.length)), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
