/** Text packs to a twentieth, so what unpacks to more than this is made to cost. */
const HIGHEST_RATIO = 64;
/** A short text may be packed much better. */
const SMALL = 1 << 16;
const MAGIC = [0x1f, 0x8b, 8] as const;
/** The same in base64. */
const ENCODED_MAGIC = Buffer.from('H4sI');

export interface Unpacked {
  /** Null when it is damaged, or more than may be unpacked. */
  readonly bytes: Buffer | null;
  /** How much work it was, in bytes; beyond `most` when there was more. */
  readonly cost: number;
}

/** True of the beginning of what is packed with gzip, or that in base64 once more, as Helm keeps its releases. */
export const mayBePacked = (head: Buffer): boolean =>
  isGzip(head) || ENCODED_MAGIC.equals(head.subarray(0, ENCODED_MAGIC.length));

/** Unpacks at most so many bytes. */
export function unpack(bytes: Buffer, most: number): Unpacked {
  const packed = isGzip(bytes) ? bytes : Buffer.from(bytes.toString('latin1'), 'base64');
  const bound = Math.min(most, packed.length * HIGHEST_RATIO + SMALL);
  try {
    const { gunzipSync } = process.getBuiltinModule('node:zlib');
    const unpacked = gunzipSync(packed, { maxOutputLength: bound });
    return { bytes: unpacked, cost: unpacked.length };
  } catch (error) {
    const isTooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    return { bytes: null, cost: isTooMuch ? most + 1 : bound };
  }
}

function isGzip(bytes: Buffer): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte);
}
