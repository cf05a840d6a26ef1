import { readFileSync } from 'node:fs';
import { damaged } from './damage.ts';
import type { Runs } from './delta.ts';
import { createKernel, type Kernel } from './kernel.ts';

/** Where the host's part of the memory begins, and where the runs of a delta are written. */
const ARENA = 0x200000;
const RUNS = 0x040000;
const PAGE = 1 << 16;

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
  const { memory, prepare, inflate, applyDelta } = instance.exports as Exports;
  prepare();
  let view = new Uint8Array(memory.buffer, ARENA);
  let runs: Runs = { table: new Int32Array(memory.buffer, RUNS), count: 0 };
  return {
    bytes: () => view,
    grow(size) {
      if (size <= view.length) return;
      memory.grow(Math.ceil((size - view.length) / PAGE));
      view = new Uint8Array(memory.buffer, ARENA);
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
  };
}
