import { packingOf } from '../sources/packing.ts';
import { isUtf16 } from '../sources/text.ts';

/** `u` of `ustar`, which a tar archive has there. */
const TAR_MARK = 257;
const LETTER_U = 0x75;
/** First bytes of what else is wrapped: gzip, zstd, zip, and both marks of UTF-16. */
const FIRST = new Set([0x1f, 0x28, 0x50, 0xfe, 0xff]);

/**
 * True when the bytes of a blob say little, as they are an archive or UTF-16: it has to be read otherwise. This is asked of
 * every object, so that the first bytes decide nearly always.
 */
export function isWrapped(bytes: Uint8Array): boolean {
  const first = bytes[0] as number;
  const mayBe = FIRST.has(first) || first === 0 || bytes[1] === 0 || bytes[TAR_MARK] === LETTER_U;
  return mayBe && bytes.length > 1 && (packingOf(bytes) !== null || isUtf16(bytes));
}
