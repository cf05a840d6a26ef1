import { dashed, rowOf } from './ids.ts';

/** Rows of the bill in typed arrays: about 60 bytes each, so that millions fit. */
export interface Columns {
  readonly length: number;
  add(row: PackedRow): number;
  read(index: number): PackedRow;
  /** Row whose resource is `id`, or -1. Works for ids that were linked to their row when they were made. */
  find(id: string): number;
}

export interface PackedRow {
  readonly account: number;
  readonly item: number;
  readonly resource: string;
  readonly to: string | null;
  readonly units: number;
  readonly amount: number;
  readonly at: number;
  readonly finalAt: number;
}

interface Chunk {
  readonly ids: Buffer;
  readonly forms: Uint16Array;
  readonly accounts: Uint16Array;
  readonly items: Uint16Array;
  readonly units: Uint32Array;
  readonly to: Float64Array;
  readonly amounts: Float64Array;
  readonly at: Float64Array;
  readonly finalAt: Float64Array;
}

const ROWS = 32_768;
const HEX_DIGITS = 32;
const SID = /^[A-Z]{0,2}[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PHONE = /^\+[1-9]\d{4,14}$/;

export function createColumns(): Columns {
  const chunks: Chunk[] = [];
  const words = createWords();
  const uuidForm = words.index('uuid');
  const textForm = words.index('text');
  const probe = Buffer.alloc(16);
  let length = 0;

  /** Writes the bytes of an id and returns how to print them again. */
  function pack(id: string, target: Buffer, at: number): number {
    if (SID.test(id)) {
      target.write(id.slice(-HEX_DIGITS), at, 16, 'hex');
      return words.index(id.slice(0, -HEX_DIGITS));
    }
    if (UUID.test(id)) {
      target.write(id.replaceAll('-', ''), at, 16, 'hex');
      return uuidForm;
    }
    target.writeUInt32BE(words.index(id), at);
    return textForm;
  }

  function unpack(chunk: Chunk, slot: number): string {
    const form = chunk.forms[slot] ?? textForm;
    const at = slot * 16;
    if (form === textForm) return words.word(chunk.ids.readUInt32BE(at));
    const hex = chunk.ids.toString('hex', at, at + 16);
    return form === uuidForm ? dashed(hex) : words.word(form) + hex;
  }

  return Object.freeze({
    get length() {
      return length;
    },
    add(row: PackedRow) {
      const slot = length % ROWS;
      if (slot === 0) chunks.push(newChunk());
      const chunk = chunks[chunks.length - 1] as Chunk;
      chunk.forms[slot] = pack(row.resource, chunk.ids, slot * 16);
      chunk.to[slot] = packAddress(row.to, words);
      chunk.accounts[slot] = row.account;
      chunk.items[slot] = row.item;
      chunk.units[slot] = row.units;
      chunk.amounts[slot] = row.amount;
      chunk.at[slot] = row.at;
      chunk.finalAt[slot] = row.finalAt;
      return length++;
    },
    read(index: number) {
      const chunk = chunks[Math.floor(index / ROWS)];
      if (chunk === undefined || index >= length) throw new RangeError(`no row ${index}`);
      const slot = index % ROWS;
      const cell = (column: Float64Array | Uint16Array | Uint32Array) => column[slot] ?? 0;
      return {
        resource: unpack(chunk, slot),
        to: unpackAddress(cell(chunk.to), words),
        account: cell(chunk.accounts),
        item: cell(chunk.items),
        units: cell(chunk.units),
        amount: cell(chunk.amounts),
        at: cell(chunk.at),
        finalAt: cell(chunk.finalAt),
      };
    },
    find(id: string) {
      if (!SID.test(id) && !UUID.test(id)) return -1;
      const form = pack(id, probe, 0);
      const row = rowOf(probe);
      const chunk = chunks[Math.floor(row / ROWS)];
      const slot = row % ROWS;
      if (row >= length || chunk === undefined || chunk.forms[slot] !== form) return -1;
      return chunk.ids.compare(probe, 0, 16, slot * 16, slot * 16 + 16) === 0 ? row : -1;
    },
  });
}

function newChunk(): Chunk {
  return {
    ids: Buffer.alloc(ROWS * 16),
    forms: new Uint16Array(ROWS),
    accounts: new Uint16Array(ROWS),
    items: new Uint16Array(ROWS),
    units: new Uint32Array(ROWS),
    to: new Float64Array(ROWS),
    amounts: new Float64Array(ROWS),
    at: new Float64Array(ROWS),
    finalAt: new Float64Array(ROWS),
  };
}

interface Words {
  index(word: string): number;
  word(index: number): string;
}

/** Each different text once. */
function createWords(): Words {
  const list: string[] = [];
  const indexes = new Map<string, number>();
  return {
    index(word) {
      let index = indexes.get(word);
      if (index === undefined) {
        index = list.push(word) - 1;
        indexes.set(word, index);
      }
      return index;
    },
    word: (index) => list[index] ?? '',
  };
}

/** Phone numbers are their digits; other addresses are negative word indexes; none is 0. */
function packAddress(address: string | null, words: Words): number {
  if (address === null) return 0;
  return PHONE.test(address) ? Number(address) : -1 - words.index(address);
}

function unpackAddress(value: number, words: Words): string | null {
  if (value === 0) return null;
  return value > 0 ? `+${value}` : words.word(-1 - value);
}
