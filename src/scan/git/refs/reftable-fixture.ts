import { crc32, deflateSync } from 'node:zlib';
import type { RefValue } from './reftable.ts';

export interface TableContent {
  readonly hashBytes: 20 | 32;
  /** 0: blocks stand close together. */
  readonly blockBytes: number;
  /** By ascending name. */
  readonly refs: readonly (readonly [name: string, value: RefValue | null])[];
  readonly logs: readonly { readonly name: string; readonly before: string; readonly after: string }[];
  /** Records of a block. */
  readonly perBlock: number;
}

/** Writes a table as git does, but for its indexes. */
export function tableOf({ hashBytes, blockBytes, refs, logs, perBlock }: TableContent): Buffer {
  const head = headOf(hashBytes, blockBytes);
  const parts = [head];
  let at = head.length;
  const add = (part: Buffer): void => {
    parts.push(part);
    at += part.length;
  };
  const pad = (): void => {
    if (blockBytes > 0 && at > head.length && at % blockBytes !== 0)
      add(Buffer.alloc(blockBytes - (at % blockBytes)));
  };
  for (let first = 0; first < refs.length; first += perBlock) {
    pad();
    const skip = first === 0 ? head.length : 0;
    add(blockOf('r', recordsOf(refs.slice(first, first + perBlock).map(refRecord)), skip));
  }
  if (refs.length > 0) pad();
  const logsAt = refs.length > 0 && logs.length > 0 ? at : 0;
  for (let first = 0; first < logs.length; first += perBlock) {
    const skip = first === 0 && refs.length === 0 ? head.length : 0;
    const block = blockOf('g', recordsOf(logs.slice(first, first + perBlock).map(logRecord)), skip);
    add(Buffer.concat([block.subarray(0, 4), deflateSync(block.subarray(4))]));
  }
  const footer = Buffer.concat([head, Buffer.alloc(40)]);
  footer.writeBigUInt64BE(BigInt(logsAt), head.length + 24);
  return Buffer.concat([...parts, footer, uint32(crc32(footer))]);
}

function headOf(hashBytes: 20 | 32, blockBytes: number): Buffer {
  const head = Buffer.alloc(hashBytes === 20 ? 24 : 28);
  head.write('REFT', 'latin1');
  head[4] = hashBytes === 20 ? 1 : 2;
  head.writeUIntBE(blockBytes, 5, 3);
  if (hashBytes === 32) head.write('s256', 24, 'latin1');
  return head;
}

interface TableRecord {
  readonly key: Buffer;
  readonly kind: number;
  readonly value: Buffer;
}

const id = (oid: string): Buffer => Buffer.from(oid, 'hex');
const text = (written: string): Buffer =>
  Buffer.concat([varint(Buffer.byteLength(written)), Buffer.from(written)]);

function refRecord([name, value]: TableContent['refs'][number]): TableRecord {
  const key = Buffer.from(name);
  if (value === null) return { key, kind: 0, value: varint(0) };
  if ('link' in value) return { key, kind: 3, value: Buffer.concat([varint(7), text(value.link)]) };
  // Every other one with what it leads to, as annotated tags have it.
  const peeled = id(value.oid)[0] as number;
  const twice = peeled % 2 === 0 ? id(value.oid) : Buffer.alloc(0);
  return { key, kind: peeled % 2 === 0 ? 2 : 1, value: Buffer.concat([varint(300), id(value.oid), twice]) };
}

function logRecord({ name, before, after }: TableContent['logs'][number], index: number): TableRecord {
  const key = Buffer.concat([
    Buffer.from(`${name}\0`),
    Buffer.alloc(7, 0xff),
    Buffer.of(255 - (index % 256)),
  ]);
  const who = [
    text('Ada'),
    text('ada@example.org'),
    varint(1_704_067_200),
    Buffer.alloc(2),
    text('commit: one\n'),
  ];
  return { key, kind: 1, value: Buffer.concat([id(before), id(after), ...who]) };
}

function recordsOf(records: readonly TableRecord[]): Buffer {
  let last: Buffer = Buffer.alloc(0);
  return Buffer.concat(
    records.flatMap(({ key, kind, value }) => {
      let shared = 0;
      while (shared < key.length && shared < last.length && key[shared] === last[shared]) shared++;
      last = key;
      const own = key.subarray(shared);
      return [varint(shared), varint(own.length * 8 + kind), own, value];
    }),
  );
}

/** `skip` bytes before the first block count to it. */
function blockOf(type: string, records: Buffer, skip: number): Buffer {
  const restart = Buffer.from([0, 0, skip + 4, 0, 1]);
  const head = Buffer.alloc(4);
  head.write(type, 'latin1');
  head.writeUIntBE(skip + 4 + records.length + restart.length, 1, 3);
  return Buffer.concat([head, records, restart]);
}

function varint(value: number): Buffer {
  const bytes = [value % 0x80];
  for (let rest = Math.floor(value / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    rest--;
    bytes.unshift(0x80 + (rest % 0x80));
  }
  return Buffer.from(bytes);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
