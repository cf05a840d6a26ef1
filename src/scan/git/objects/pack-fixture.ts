import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { OBJECT_TYPES, type ObjectType } from './object-types.ts';

/** An object as it goes into a pack. */
export interface PackedObject {
  readonly type: ObjectType;
  readonly content: Uint8Array;
  /** Number of its base in the same pack, the delta on it, and how the base is named. */
  readonly delta?: { readonly base: number; readonly bytes: Uint8Array; readonly by: 'offset' | 'id' };
  /** Bytes to write in place of what the object would be packed to, and where the next begins. */
  readonly raw?: Uint8Array;
  readonly nextOffset?: number;
}

/** Part of a delta: a copy from the base, or new bytes. */
export type Instruction = { readonly from: number; readonly length: number } | { readonly text: string };

export type HashName = 'sha1' | 'sha256';

export function idOf(
  { type, content }: Pick<PackedObject, 'type' | 'content'>,
  hash: HashName = 'sha1',
): string {
  return createHash(hash).update(`${type} ${content.length}\0`).update(content).digest('hex');
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  return [...bytes, rest];
}

/** Encodes a delta. */
export function encodeDelta(
  baseSize: number,
  size: number,
  instructions: readonly Instruction[],
): Uint8Array {
  const bytes = [...varint(baseSize), ...varint(size)];
  for (const instruction of instructions) {
    if ('text' in instruction) {
      const text = Buffer.from(instruction.text, 'latin1');
      for (let at = 0; at < text.length; at += 127) {
        const part = text.subarray(at, at + 127);
        bytes.push(part.length, ...part);
      }
    } else if (instruction.length > 0) bytes.push(...encodeCopy(instruction.from, instruction.length));
  }
  return Uint8Array.from(bytes);
}

function encodeCopy(from: number, length: number): number[] {
  let code = 128;
  const parts: number[] = [];
  for (let part = 0; part < 7; part++) {
    const byte = part < 4 ? Math.floor(from / 256 ** part) & 255 : (length >> (8 * (part - 4))) & 255;
    if (byte === 0) continue;
    code |= 1 << part;
    parts.push(byte);
  }
  return [code, ...parts];
}

/** Carries out a delta's instructions. */
export function carryOut(base: Uint8Array, instructions: readonly Instruction[]): Buffer {
  return Buffer.concat(
    instructions.map((one) =>
      'text' in one ? Buffer.from(one.text, 'latin1') : base.subarray(one.from, one.from + one.length),
    ),
  );
}

/** The bytes before an entry's packed ones, without the link to a base. */
export function head(kind: number, size: number): number[] {
  const rest = Math.floor(size / 16);
  return [(rest > 0 ? 128 : 0) | (kind << 4) | (size & 15), ...(rest > 0 ? varint(rest) : [])];
}

function distanceBytes(distance: number): number[] {
  const bytes = [distance & 127];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift(128 | (rest & 127));
  }
  return bytes;
}

interface Entry {
  readonly oid: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

function encodeEntries(objects: readonly PackedObject[], hash: HashName): Entry[] {
  const entries: Entry[] = [];
  let offset = 12;
  for (const object of objects) {
    const { type, content, delta } = object;
    const body = delta?.bytes ?? content;
    let kind = OBJECT_TYPES.indexOf(type) + 1;
    let link: readonly number[] = [];
    if (delta?.by === 'offset') {
      kind = 6;
      link = distanceBytes(offset - (entries[delta.base]?.offset ?? 0));
    } else if (delta !== undefined) {
      kind = 7;
      link = [...Buffer.from(idOf(objects[delta.base] as PackedObject, hash), 'hex')];
    }
    const bytes =
      object.raw ?? Buffer.concat([Buffer.from([...head(kind, body.length), ...link]), deflateSync(body)]);
    entries.push({ oid: idOf(object, hash), offset, bytes });
    offset = object.nextOffset ?? offset + bytes.length;
  }
  return entries;
}

/** Index of version 2; `large` keeps every offset in the table of 64 bits. */
function encodeIndex(entries: readonly Entry[], checksum: Buffer, large: boolean): Buffer {
  const sorted = entries.toSorted((one, other) => (one.oid < other.oid ? -1 : 1));
  const words = (values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(values.length * 4);
    for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
    return bytes;
  };
  const upTo = (first: number): number =>
    sorted.filter(({ oid }) => parseInt(oid.slice(0, 2), 16) <= first).length;
  return Buffer.concat([
    words([0xff744f63, 2]),
    words(Array.from({ length: 256 }, (_, first) => upTo(first))),
    Buffer.from(sorted.map(({ oid }) => oid).join(''), 'hex'),
    words(sorted.map(({ bytes }) => crc32(bytes))),
    words(sorted.map(({ offset }, index) => (large ? 0x80000000 + index : offset))),
    words(large ? sorted.flatMap(({ offset }) => [Math.floor(offset / 2 ** 32), offset % 2 ** 32]) : []),
    checksum,
    checksum,
  ]);
}

/** Writes each part at its place; what is between them is a hole. */
function writeParts(path: string, parts: readonly { offset: number; bytes: Uint8Array }[]): void {
  const file = openSync(path, 'w');
  for (const { offset, bytes } of parts) writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
}

export interface PackOptions {
  readonly hash?: HashName;
  readonly large?: boolean;
  readonly name?: string;
}

/** Writes a bare repository that is nothing but one pack. Returns the paths of pack and index without extension. */
export function writePack(
  folder: string,
  objects: readonly PackedObject[],
  options: PackOptions = {},
): string {
  const { hash = 'sha1', large = false, name = 'pack-fixture' } = options;
  const entries = encodeEntries(objects, hash);
  const start = Buffer.from(`PACK${'\0'.repeat(8)}`, 'latin1');
  start.writeUInt32BE(2, 4);
  start.writeUInt32BE(objects.length, 8);
  const checksum = createHash(hash).update(start).digest();
  mkdirSync(join(folder, 'objects', 'pack'), { recursive: true });
  writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
  if (hash === 'sha256') writeFileSync(join(folder, 'config'), '[extensions]\n\tobjectFormat = sha256\n');
  const path = join(folder, 'objects', 'pack', name);
  const last = entries.at(-1);
  const end = last === undefined ? 12 : last.offset + last.bytes.length;
  writeParts(`${path}.pack`, [{ offset: 0, bytes: start }, ...entries, { offset: end, bytes: checksum }]);
  writeFileSync(`${path}.idx`, encodeIndex(entries, checksum, large));
  return path;
}
