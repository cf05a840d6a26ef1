/** Everything in a tar archive stands in blocks. */
export const TAR_BLOCK = 512;

/** As much of a path as systems take. */
const LONGEST_PATH = 4096;

/** The end of a path that is longer than any file's: archives may state a megabyte, and a report looks through each for values. */
export function shortened(path: string): string {
  return path.length > LONGEST_PATH ? `…${path.slice(-LONGEST_PATH)}` : path;
}

export type Packing = 'zip' | 'gzip' | 'zstd' | 'tar';

/** The kind of an archive by its first bytes, since file names may lie; null when it is none. */
export function packingOf(head: Uint8Array): Packing | null {
  const begins = (...bytes: readonly number[]): boolean => bytes.every((byte, at) => head[at] === byte);
  // jar, whl, apk and office documents are zip archives.
  if (begins(0x50, 0x4b, 3, 4)) return 'zip';
  if (begins(0x1f, 0x8b)) return 'gzip';
  // Of several frames, the first may be one for other programs.
  if (begins(0x28, 0xb5, 0x2f, 0xfd) || begins(0x50, 0x2a, 0x4d, 0x18)) return 'zstd';
  return isTar(head) ? 'tar' : null;
}

/** How archives begin that are not unpacked, in hexadecimal, by their names. */
const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['xz', /^fd377a585a00/],
  ['bzip2', /^425a683[1-9](?:314159265359|177245385090)/],
  ['7z', /^377abcaf271c/],
  ['rar', /^526172211a07/],
];

/** Name of the form of an archive that is not unpacked; null when it is none. */
export function otherPackingOf(head: Uint8Array): string | null {
  const begin = Buffer.from(head.subarray(0, 10)).toString('hex');
  return OTHERS.find(([, pattern]) => pattern.test(begin))?.[0] ?? null;
}

/** How pictures, sound, films and fonts begin, in hexadecimal: PNG, JPEG, GIF, RIFF, Ogg, ID3, Matroska, WOFF, MP4. */
const MEDIA =
  /^(?:89504e470d0a|ffd8ff|47494638|52494646|4f676753|494433|1a45dfa3|774f46(?:46|32)|.{8}66747970)/;

/** True for what is packed by means of its own and holds no text. */
export const isMedia = (head: Uint8Array): boolean =>
  MEDIA.test(Buffer.from(head.subarray(0, 12)).toString('hex'));

/** True when `head` begins as a tar archive (POSIX or GNU). */
export function isTar(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar' && isTarHeader(head);
}

/** The sum of all bytes, its own field counted as spaces, stands in the header. */
export function isTarHeader(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK) return false;
  let sum = 0;
  for (let at = 0; at < TAR_BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : (block[at] ?? 0);
  return block[0] !== 0 && octal(block, 148, 8) === sum;
}

/** A number of a header; 0 when it is none. */
export function octal(header: Uint8Array, from: number, length: number): number {
  const text =
    Buffer.from(header.subarray(from, from + length))
      .toString('latin1')
      .split('\0')[0]
      ?.trim() ?? '';
  return /^[0-7]{1,12}$/.test(text) ? Number.parseInt(text, 8) : 0;
}

/** Highest ratio at which text in base64 is unpacked. Text packs to about a twentieth; a higher ratio is an attack on our time. */
const HIGHEST_RATIO = 64;
/** A short text may be packed much better. */
const SMALL = 1 << 16;
const GZIP = [0x1f, 0x8b, 8] as const;
/** The same in base64. */
const GZIP_IN_BASE64 = Buffer.from('H4sI');

export interface Unpacked {
  /** Null when it is damaged, or more than may be unpacked. */
  readonly bytes: Buffer | null;
  /** How much work it was, in bytes; beyond `most` when there was more. */
  readonly cost: number;
}

/** True of the beginning of what is packed with gzip, or that in base64 once more, as Helm keeps its releases. */
export const mayBePacked = (head: Buffer): boolean =>
  isGzip(head) || GZIP_IN_BASE64.equals(head.subarray(0, GZIP_IN_BASE64.length));

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
  return GZIP.every((byte, at) => bytes[at] === byte);
}
