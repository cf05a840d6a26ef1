import { crc32 } from 'node:zlib';
import { RingfenceError } from '../kernel/errors.ts';
import { isBlank, readPosition } from './format.ts';

/*
 * Segment header, 256 bytes, little endian: magic 8 · format version u32 · CRC-32 u32 of what follows ·
 * epoch u64 · first position u64 · chain hash so far 32 · node (u8 length, 63 bytes) · boot id (the same) ·
 * durable u64.
 */
export const HEADER_BYTES = 256;
const MAGIC = 'RINGFNCJ';
const VERSION = 1;
const TEXT_BYTES = 63;
const AT = {
  version: 8,
  crc: 12,
  epoch: 16,
  first: 24,
  chain: 32,
  node: 64,
  boot: 128,
  durable: 192,
} as const;

export interface SegmentHeader {
  readonly node: string;
  /** Boot id of the machine when the epoch was opened. */
  readonly boot: string;
  readonly epoch: number;
  /** Position of the segment's first record. */
  readonly first: number;
  /** Chain hash of the record before it, of the previous epoch when `first` is 0. */
  readonly chain: string;
  /** Everything of the epoch before this position was on disk when the segment was begun. */
  readonly durable: number;
}

/** The first block of a segment, with its CRC. */
export function writeHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(VERSION, AT.version);
  bytes.writeBigUInt64LE(BigInt(header.epoch), AT.epoch);
  bytes.writeBigUInt64LE(BigInt(header.first), AT.first);
  bytes.write(header.chain, AT.chain, 32, 'latin1');
  bytes.writeBigUInt64LE(BigInt(header.durable), AT.durable);
  writeText(bytes, AT.node, header.node);
  writeText(bytes, AT.boot, header.boot);
  bytes.writeUInt32LE(crc32(bytes.subarray(AT.epoch)), AT.crc);
  return bytes;
}

/** The header; `blank` when it was never written (power cut), `broken` when it does not check out. */
export function readHeader(bytes: Buffer): SegmentHeader | 'blank' | 'broken' {
  if (isBlank(bytes)) return 'blank';
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, 8) !== MAGIC) return 'broken';
  if (bytes.readUInt32LE(AT.version) > VERSION)
    throw new RingfenceError('store_newer', 'The journal was written by a newer version');
  if (bytes.readUInt32LE(AT.crc) !== crc32(bytes.subarray(AT.epoch, HEADER_BYTES))) return 'broken';
  return {
    node: readText(bytes, AT.node),
    boot: readText(bytes, AT.boot),
    epoch: readPosition(bytes, AT.epoch),
    first: readPosition(bytes, AT.first),
    chain: bytes.toString('latin1', AT.chain, AT.chain + 32),
    durable: readPosition(bytes, AT.durable),
  };
}

function writeText(bytes: Buffer, at: number, text: string): void {
  bytes[at] = bytes.write(text, at + 1, TEXT_BYTES, 'latin1');
}

function readText(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + 1, at + 1 + Math.min(bytes[at] ?? 0, TEXT_BYTES));
}
