import type { RandomBytes } from '../kernel/random.ts';

/** Identifiers and secrets in the shapes that vendors use. */
export interface Ids {
  hex(length: number): string;
  /** Vendor-style id: prefix and 32 hex digits. */
  sid(prefix: string): string;
  uuid(): string;
  alphanumeric(length: number): string;
  digits(length: number): string;
  /** 32 hex digits (or a UUID) that carry `row` in disguise, so that a bill row is found without an index. */
  linkedHex(row: number): string;
  linkedUuid(row: number): string;
  /** A number in [0, 1). */
  fraction(): number;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const POOL = 8192;
const ID_BYTES = 16;

export function createIds(random: RandomBytes): Ids {
  let pool = Buffer.alloc(0);
  let used = 0;
  /** Offset of `length` fresh bytes in the pool. */
  const take = (length: number): number => {
    if (used + length > pool.length) {
      pool = Buffer.from(random(Math.max(POOL, length)));
      used = 0;
    }
    used += length;
    return used - length;
  };
  const linkedAt = (row: number): number => {
    const at = take(ID_BYTES);
    pool.writeUInt32BE((maskOf(pool, at) ^ row) >>> 0, at + 12);
    return at;
  };
  const hex = (length: number): string => {
    const bytes = (length + 1) >> 1;
    const at = take(bytes);
    return pool.toString('hex', at, at + bytes).slice(0, length);
  };
  const pick = (alphabet: string, length: number): string => {
    const at = take(length);
    let text = '';
    for (let index = 0; index < length; index++) text += alphabet[(pool[at + index] ?? 0) % alphabet.length];
    return text;
  };
  const uuidAt = (at: number): string => {
    pool[at + 6] = ((pool[at + 6] ?? 0) & 0x0f) | 0x40;
    pool[at + 8] = ((pool[at + 8] ?? 0) & 0x3f) | 0x80;
    return dashed(pool.toString('hex', at, at + ID_BYTES));
  };
  return Object.freeze({
    hex,
    sid: (prefix: string) => prefix + hex(32),
    uuid: () => uuidAt(take(ID_BYTES)),
    alphanumeric: (length: number) => pick(ALPHABET, length),
    digits: (length: number) => pick('0123456789', length),
    linkedHex(row: number) {
      const at = linkedAt(row);
      return pool.toString('hex', at, at + ID_BYTES);
    },
    linkedUuid: (row: number) => uuidAt(linkedAt(row)),
    fraction() {
      const at = take(4);
      return pool.readUInt32BE(at) / 2 ** 32;
    },
  });
}

export function dashed(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The row that `linkedHex` hid; meaningless for other ids, so the caller compares the whole id with the row. */
export function rowOf(id: Buffer): number {
  return (maskOf(id, 0) ^ id.readUInt32BE(12)) >>> 0;
}

/** Depends on the random part of an id that UUIDs leave alone. */
function maskOf(bytes: Buffer, at: number): number {
  return Math.imul(bytes.readUInt32BE(at), 0x9e3779b1) >>> 3;
}
