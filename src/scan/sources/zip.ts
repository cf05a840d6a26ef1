import { inflateRawSync } from 'node:zlib';
import { shortened } from './packing.ts';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

export interface ZipEntry {
  readonly path: string;
  /** Bytes that it takes up in the archive; entries may share them. */
  readonly packed: number;
  /** Unpacks it; throws when it is damaged, encrypted, or larger than `most` bytes. */
  unpack(most: number): Uint8Array;
}

/** The files that the directory of a zip archive lists. Throws when there is no directory, or it is damaged. */
export function* readZip(bytes: Uint8Array): Generator<ZipEntry> {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(view);
  const count = view.readUInt16LE(end + 10);
  let at = view.readUInt32LE(end + 16);
  if (at === 0xffffffff) throw new Error('archives of 4 GiB and more are not read');
  for (let number = 0; number < count; number++) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== CENTRAL)
      throw new Error('its directory is damaged');
    const nameEnd = at + 46 + view.readUInt16LE(at + 28);
    const path = view.toString('utf8', at + 46, nameEnd);
    const entry = {
      flags: view.readUInt16LE(at + 8),
      method: view.readUInt16LE(at + 10),
      packed: view.readUInt32LE(at + 20),
      size: view.readUInt32LE(at + 24),
      local: view.readUInt32LE(at + 42),
    };
    if (!path.endsWith('/'))
      yield { path: shortened(path), packed: entry.packed, unpack: (most) => unpack(view, entry, most) };
    at = nameEnd + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  }
}

function findEnd(view: Buffer): number {
  const first = Math.max(0, view.length - END_LENGTH - LONGEST_COMMENT);
  for (let at = view.length - END_LENGTH; at >= first; at--) if (view.readUInt32LE(at) === END) return at;
  throw new Error('it has no directory');
}

interface Central {
  readonly flags: number;
  readonly method: number;
  readonly packed: number;
  /** As it is stated, which may be a lie. */
  readonly size: number;
  readonly local: number;
}

function unpack(view: Buffer, { flags, method, packed, size, local }: Central, most: number): Uint8Array {
  if ((flags & 1) !== 0) throw new Error('it is encrypted');
  if (size > most) throw new Error('it unpacks to too much');
  if (local + 30 > view.length || view.readUInt32LE(local) !== LOCAL) throw new Error('it is damaged');
  const from = local + 30 + view.readUInt16LE(local + 26) + view.readUInt16LE(local + 28);
  const content = view.subarray(from, from + packed);
  if (content.length < packed) throw new Error('it breaks off');
  if (method === STORED && content.length > most) throw new Error('it is too large');
  if (method === STORED) return content;
  if (method !== DEFLATED) throw new Error(`it is packed by method ${method}`);
  return inflateRawSync(content, { maxOutputLength: Math.max(1, most) });
}
