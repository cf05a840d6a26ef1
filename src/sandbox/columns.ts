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
const ID_BYTES = 16;
const HEX_DIGITS = 32;
const SID = /^[A-Z]{0,2}[0-9a-f]{32}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PHONE = /^\+[1-9]\d{4,14}$/;

export function createColumns(): Columns {
  const chunks: Chunk[] = [];
  const words = createWords();
  const forms = { uuid: words.index('uuid'), text: words.index('text'), words };
  const probe = Buffer.alloc(ID_BYTES);
  let length = 0;

  return Object.freeze({
    get length() {
      return length;
    },
    add(row: PackedRow) {
      const slot = length % ROWS;
      if (slot === 0) chunks.push(newChunk());
      const chunk = chunks[chunks.length - 1] as Chunk;
      chunk.forms[slot] = packId(row.resource, chunk.ids, slot * ID_BYTES, forms);
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
        resource: unpackId(chunk, slot, forms),
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
      const form = packId(id, probe, 0, forms);
      const row = rowOf(probe);
      const chunk = chunks[Math.floor(row / ROWS)];
      const at = (row % ROWS) * ID_BYTES;
      if (row >= length || chunk === undefined || chunk.forms[row % ROWS] !== form) return -1;
      return chunk.ids.compare(probe, 0, ID_BYTES, at, at + ID_BYTES) === 0 ? row : -1;
    },
  });
}

/** How an id is written: as the word before its hex digits, as a UUID, or as a word of its own. */
interface Forms {
  readonly uuid: number;
  readonly text: number;
  readonly words: Words;
}

/** Writes the bytes of an id and returns its form. */
function packId(id: string, target: Buffer, at: number, forms: Forms): number {
  if (SID.test(id)) {
    target.write(id.slice(-HEX_DIGITS), at, ID_BYTES, 'hex');
    return forms.words.index(id.slice(0, -HEX_DIGITS));
  }
  if (UUID.test(id)) {
    target.write(id.replaceAll('-', ''), at, ID_BYTES, 'hex');
    return forms.uuid;
  }
  target.writeUInt32BE(forms.words.index(id), at);
  return forms.text;
}

function unpackId(chunk: Chunk, slot: number, { uuid, text, words }: Forms): string {
  const form = chunk.forms[slot] ?? text;
  const at = slot * ID_BYTES;
  if (form === text) return words.word(chunk.ids.readUInt32BE(at));
  const hex = chunk.ids.toString('hex', at, at + ID_BYTES);
  return form === uuid ? dashed(hex) : words.word(form) + hex;
}

function newChunk(): Chunk {
  return {
    ids: Buffer.alloc(ROWS * ID_BYTES),
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

/** A table of texts that stores each one once and gives it an index. */
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
