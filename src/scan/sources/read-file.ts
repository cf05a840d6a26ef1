import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** What is no regular file, or is gone, or is a link: passed over in silence. */
const PASSED_OVER = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR', 'ENXIO']);
const PIECE = 1 << 20;

export type FileContent =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  /** Larger than asked for; read it to its end, or close it. */
  | { readonly kind: 'pieces'; readonly chunks: Iterable<Uint8Array> };

/** Reads a regular file; null when it is none. Follows no link. Throws what else the system reports. */
export function readRegularFile(path: string | Buffer, most: number): FileContent | null {
  const file = openRegular(path);
  if (file === null) return null;
  const { descriptor, size } = file;
  if (size > most) return { kind: 'pieces', chunks: readPieces(descriptor) };
  try {
    return { kind: 'whole', bytes: readWhole(descriptor, size) };
  } finally {
    closeSync(descriptor);
  }
}

function openRegular(path: string | Buffer): { descriptor: number; size: number } | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, FLAGS);
  } catch (error) {
    if (error instanceof Error && 'code' in error && PASSED_OVER.has(String(error.code))) return null;
    throw error;
  }
  const status = fstatSync(descriptor);
  if (status.isFile()) return { descriptor, size: status.size };
  closeSync(descriptor);
  return null;
}

/** A file that shrinks meanwhile is read as far as it goes. */
function readWhole(descriptor: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(descriptor, bytes, length, size - length, null);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

function* readPieces(descriptor: number): Generator<Uint8Array> {
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE);
      const read = readSync(descriptor, piece, 0, PIECE, null);
      if (read === 0) return;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(descriptor);
  }
}
