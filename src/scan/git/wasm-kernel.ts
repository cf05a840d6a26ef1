import { readFileSync } from 'node:fs';
import { damaged } from './damage.ts';
import type { Runs } from './delta.ts';
import type { GramIndex } from '../detector/gram-index.ts';
import { type AnchorKernel, type AnchorTable, createKernel, type Kernel } from './kernel.ts';

/** Where the host's part of the memory begins, and where the runs of a delta are written. */
const ARENA = 0x2c0000;
const RUNS = 0x040000;
const PAGE = 1 << 16;
/** The search reads so many bytes behind an object. */
const READ_AHEAD = 64;

/** Where the search in `assembly/` has its tables, what it finds, and what the base has. */
const HEADS = 0x108000;
const ENTRIES = 0x110000;
const RUN_ENDS = 0x118000;
const RUN_ANCHORS = 0x118100;
const PATTERNS = 0x120000;
const FOUND = 0x140000;
const KNOWN = 0x1a0000;
const TRIGRAMS = 0x200000;
const GRAMS = 0x280000;

/** As much of the WebAssembly interface as is used here; the compiler's library has it for browsers only. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => CompiledKernel;
  readonly Instance: new (module: CompiledKernel) => { readonly exports: unknown };
}

interface CompiledKernel {
  readonly [Symbol.toStringTag]: string;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

interface Exports {
  readonly memory: Memory;
  readonly prepare: () => void;
  readonly inflate: (from: number, to: number, at: number, size: number) => number;
  readonly applyDelta: (...job: number[]) => number;
  readonly prepareSearch: (overscan: number, longest: number) => void;
  readonly searchWhole: (at: number, size: number) => number;
  readonly searchChanges: (...change: number[]) => number;
}

/** What a result of `inflate` other than 0 means. */
const PROBLEMS = [
  '',
  'it is no zlib stream',
  'it unpacks to fewer bytes than it declares',
  'it unpacks to more bytes than it declares',
  'its packed bytes are cut short',
  'a block has no valid code',
];

const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
let compiled: CompiledKernel | null | undefined;

/** The kernel in WebAssembly where it was built, which `npm ci` does, or else the one in plain TypeScript. */
export function openKernel(): Kernel {
  compiled ??= compile();
  return compiled === null ? createKernel() : createWasmKernel(compiled);
}

function compile(): CompiledKernel | null {
  try {
    return new engine.Module(readFileSync(new URL('kernel.wasm', import.meta.url)));
  } catch {
    return null;
  }
}

function createWasmKernel(module: CompiledKernel): Kernel {
  const instance = new engine.Instance(module);
  const exports = instance.exports as Exports;
  const { memory, prepare, inflate, applyDelta } = exports;
  prepare();
  let view = viewOf(memory);
  let runs: Runs = { table: new Int32Array(memory.buffer, RUNS), count: 0 };
  return {
    bytes: () => view,
    grow(size) {
      if (size <= view.length) return;
      memory.grow(Math.ceil((size - view.length) / PAGE));
      view = viewOf(memory);
      runs = { table: new Int32Array(memory.buffer, RUNS), count: 0 };
    },
    inflate({ from, to, at, size }) {
      const result = inflate(ARENA + from, ARENA + to, ARENA + at, size);
      if (result !== 0) damaged(PROBLEMS[result] ?? 'its packed bytes are damaged');
    },
    applyDelta({ delta, deltaEnd, base, baseSize, at, size }) {
      const count = applyDelta(ARENA + delta, ARENA + deltaEnd, ARENA + base, baseSize, ARENA + at, size);
      if (count < 0) damaged('its delta is malformed');
      runs.count = count;
      return runs;
    },
    openAnchors(index) {
      writeIndex(memory, index);
      exports.prepareSearch(index.overscan, index.longest);
      return anchorKernel(exports, () => runs.count);
    },
  };
}

const viewOf = ({ buffer }: Memory): Uint8Array =>
  new Uint8Array(buffer, ARENA, buffer.byteLength - ARENA - READ_AHEAD);

function writeIndex({ buffer }: Memory, index: GramIndex): void {
  const { grams, trigrams, heads, entries, runEnds, runs, patterns } = index;
  new Uint8Array(buffer, GRAMS).set(grams);
  new Uint16Array(buffer, HEADS).set(heads);
  new Uint8Array(buffer, TRIGRAMS).set(trigrams);
  new Uint16Array(buffer, ENTRIES).set(entries);
  new Uint8Array(buffer, RUN_ENDS).set(runEnds);
  new Uint16Array(buffer, RUN_ANCHORS).set(runs.flatMap(({ anchor, prefix }) => [anchor, prefix]));
  new Uint8Array(buffer, PATTERNS).set(patterns);
}

function anchorKernel({ memory, searchWhole, searchChanges }: Exports, runs: () => number): AnchorKernel {
  let numbers = new Int32Array(memory.buffer);
  const read = (count: number): AnchorTable | null =>
    count < 0 ? null : numbers.slice(FOUND / 4, FOUND / 4 + 3 * count);
  const renew = (): void => {
    if (numbers.buffer !== memory.buffer) numbers = new Int32Array(memory.buffer);
  };
  return {
    whole(bytes) {
      renew();
      return bytes.buffer === memory.buffer ? read(searchWhole(bytes.byteOffset, bytes.length)) : null;
    },
    changed(bytes, { size, anchors }) {
      renew();
      numbers.set(anchors, KNOWN / 4);
      return read(searchChanges(bytes.byteOffset, bytes.length, runs(), size, anchors.length / 3));
    },
  };
}
