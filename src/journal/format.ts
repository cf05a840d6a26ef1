import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * Frame, little endian: length u32 · CRC-32 u32 · position u64 · chain hash 32 bytes · payload (UTF-8 JSON).
 * The CRC starts from the length and covers everything after itself.
 * chain(n) = SHA-256(chain(n-1) ‖ position ‖ payload). Hashes travel as 32-character binary strings:
 * that is the cheapest form in Node (0.6 µs against 1.4 µs for a Buffer).
 */
export const FRAME_BYTES = 48;
export const MAX_PAYLOAD = 64 * 1024;
/** Chain hash before the first record of the first epoch. */
export const GENESIS = '\0'.repeat(32);

/** End of a chain: the next position and the hash of the record before it. */
export interface Chain {
  position: number;
  head: string;
}

/** One record as it stands in a segment. `payload` is a view that lives until the next read. */
export interface Frame {
  readonly position: number;
  readonly head: string;
  readonly payload: Buffer;
  readonly bytes: number;
}

/**
 * Writes the next frame of `chain` at `offset` and moves the chain on. Returns the bytes written,
 * 0 when the payload is too large. The caller makes room for `FRAME_BYTES + 3 × text.length`.
 */
export function writeFrame(buffer: Buffer, offset: number, chain: Chain, text: string): number {
  const length = buffer.write(text, offset + FRAME_BYTES);
  if (length === 0 || length > MAX_PAYLOAD) return 0;
  const body = buffer.subarray(offset + 8, offset + FRAME_BYTES + length);
  const head = chainHash(body, chain.position, chain.head);
  finishBody(body, chain.position, head);
  buffer.writeUInt32LE(length, offset);
  buffer.writeUInt32LE(crc32(body, length), offset + 4);
  chain.position += 1;
  chain.head = head;
  return FRAME_BYTES + length;
}

/** The frame at `offset`, or null when it is incomplete before `end`, blank or broken. */
export function readFrame(buffer: Buffer, offset: number, end: number): Frame | null {
  if (offset + FRAME_BYTES >= end) return null;
  const length = buffer.readUInt32LE(offset);
  const bytes = FRAME_BYTES + length;
  if (length === 0 || length > MAX_PAYLOAD || offset + bytes > end) return null;
  if (buffer.readUInt32LE(offset + 4) !== crc32(buffer.subarray(offset + 8, offset + bytes), length))
    return null;
  const position = readPosition(buffer, offset + 8);
  const head = buffer.toString('latin1', offset + 16, offset + FRAME_BYTES);
  return { position, head, payload: buffer.subarray(offset + FRAME_BYTES, offset + bytes), bytes };
}

/** True when the frame that was read at `offset` continues `chain`. */
export function continues(buffer: Buffer, offset: number, frame: Frame, chain: Chain): boolean {
  if (frame.position !== chain.position) return false;
  const body = buffer.subarray(offset + 8, offset + frame.bytes);
  const head = chainHash(body, frame.position, chain.head);
  finishBody(body, frame.position, frame.head);
  return head === frame.head;
}

/** Lays previous hash and position directly before the payload, so that one call hashes all three without a copy. */
function chainHash(body: Buffer, position: number, previous: string): string {
  body.write(previous, 0, 32, 'latin1');
  writePosition(body, 32, position);
  return hash('sha256', body, 'binary');
}

/** Body of a frame: position, chain hash, payload. */
function finishBody(body: Buffer, position: number, head: string): void {
  writePosition(body, 0, position);
  body.write(head, 8, 32, 'latin1');
}

const HIGH = 0x1_0000_0000;

function writePosition(buffer: Buffer, offset: number, position: number): void {
  buffer.writeUInt32LE(position % HIGH, offset);
  buffer.writeUInt32LE(Math.floor(position / HIGH), offset + 4);
}

/** Reads a u64 as a number; values beyond 2^53 lose digits and fit nothing. */
export function readPosition(buffer: Buffer, offset: number): number {
  return buffer.readUInt32LE(offset) + buffer.readUInt32LE(offset + 4) * HIGH;
}

/** A chain hash (latin1 text) as hex. */
export function toHex(head: string): string {
  return Buffer.from(head, 'latin1').toString('hex');
}

/** A chain hash from hex. */
export function fromHex(head: string): string {
  return Buffer.from(head, 'hex').toString('latin1');
}

const ZEROS = Buffer.alloc(64 * 1024);

/** True when every byte is zero. */
export function isBlank(bytes: Buffer): boolean {
  for (let offset = 0; offset < bytes.length; offset += ZEROS.length) {
    const part = bytes.subarray(offset, offset + ZEROS.length);
    if (!part.equals(ZEROS.subarray(0, part.length))) return false;
  }
  return true;
}
