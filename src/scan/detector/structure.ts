import { crc32 } from 'node:zlib';
import { looksLikeVirtualSecret } from '../../kernel/virtual-secret.ts';
import type { LeakStructure } from '../../vendors/leak-rule.ts';

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** The first 30 characters of a UUID of version 4. */
const UUID_BEGINNING = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{6}$/i;

/** Plausible times in keys that contain one: later than the vendor's scheme, and not in the far future (2019 to 2049). */
const EARLIEST = Date.UTC(2019, 0);
const LATEST = Date.UTC(2050, 0);
const CRC_LENGTH = 8;

type Check = (value: string) => boolean;

/**
 * Offline checks of a value's inner structure. They take the whole value or, where it has parts or a prefix of letters,
 * find the part that they are about. Facts found by comparing public samples; none is documented by its vendor.
 */
const CHECKS: Readonly<Record<LeakStructure, Check>> = {
  'crc32-hex-tail': (value) => {
    const hex = /(?<![0-9a-zA-Z])[0-9a-fA-F]{16,}$/.exec(value.replace('_', ' '))?.[0];
    return hex !== undefined && crc32(hex.slice(0, -CRC_LENGTH)) === parseInt(hex.slice(-CRC_LENGTH), 16);
  },
  'uuid4-base64': (value) => {
    const bytes = decodeCanonical(/[A-Za-z0-9+/_-]{22}/.exec(value)?.[0] ?? '');
    return bytes?.length === 16 && (bytes[6] ?? 0) >> 4 === 4 && (bytes[8] ?? 0) >> 6 === 2;
  },
  'uuid-text-base64': (value) => UUID_TEXT.test(decodedText(value.replace(/^(?:[a-z]+-)+/, ''))),
  'uuid-text-prefix-base64': (value) => UUID_BEGINNING.test(decodedText(value)),
  'milliseconds-hex': (value) => {
    const time = parseInt(/(?:^|[G-Zg-z_-])([0-9a-fA-F]{12})/.exec(value)?.[1] ?? '', 16);
    return time >= EARLIEST && time < LATEST;
  },
  'decodes-to-64-bytes': (value) => decodeCanonical(value)?.length === 64,
  jwt: isJwt,
  'virtual-secret': looksLikeVirtualSecret,
};

/** True when `value` has the structure. Never throws. */
export function hasStructure(structure: LeakStructure, value: string): boolean {
  return CHECKS[structure](value);
}

/** Bytes of base64 or base64url; null when an encoder would have written them in another way (unused bits set). */
function decodeCanonical(text: string): Buffer | null {
  const bare = text.replace(/={1,2}$/, '');
  const bytes = Buffer.from(bare, 'base64url');
  return bytes.toString('base64url') === bare.replaceAll('+', '-').replaceAll('/', '_') ? bytes : null;
}

const decodedText = (text: string): string => decodeCanonical(text)?.toString('latin1') ?? '';

/** RFC 7519: three parts, the first two JSON objects, an algorithm named in the first. */
function isJwt(value: string): boolean {
  const [header, claims, signature, ...more] = value.split('.');
  if (header === undefined || claims === undefined || signature === undefined || more.length > 0)
    return false;
  return typeof jsonObject(header)?.['alg'] === 'string' && jsonObject(claims) !== null;
}

function jsonObject(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(decodedText(part));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
