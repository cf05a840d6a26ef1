import { inflateSync } from 'node:zlib';
import type { GramIndex } from '../detector/gram-index.ts';
import { damaged } from './damage.ts';
import { applyDelta, createRuns, type DeltaJob, type Runs } from './delta.ts';
import { inflate, type InflateJob } from './inflate.ts';

/** Works on one memory, in which packed bytes, deltas and objects stand beside each other. */
export interface Kernel {
  /** The memory. Growing may replace it: do not keep it. */
  bytes(): Uint8Array;
  /** Makes room for at least `size` bytes. */
  grow(size: number): void;
  /** Throws a `DamageError`. */
  inflate(job: InflateJob): void;
  /** Writes the result and the runs. Throws a `DamageError`. */
  applyDelta(job: DeltaJob): Runs;
  /** Absent: the kernel finds no anchors. */
  openAnchors?(index: GramIndex): AnchorKernel;
}

/**
 * Anchors in an object, ascending, three numbers each: the first byte, the anchor's own number, and its first byte in the
 * base of the object if all that is seen around it there is the same; or else `FRESH`.
 */
export type AnchorTable = Int32Array;
export const FRESH = -1;

/** Finds anchors in objects, as the tables say that were given to it. */
export interface AnchorKernel {
  /** Those of the whole object; null when there are too many, or when it is not in the kernel's memory. */
  whole(bytes: Uint8Array): AnchorTable | null;
  /** The same of an object that the latest delta has made, of which only that is searched which is not in the base. */
  changed(bytes: Uint8Array, base: SearchedBase): AnchorTable | null;
}

export interface SearchedBase {
  readonly size: number;
  readonly anchors: AnchorTable;
}

/** From this size on, the greater speed of zlib is worth the price of a call. */
const LARGE = 1536;
const SMALLEST_CHUNK = 64;

/** The kernel in plain TypeScript. */
export function createKernel(): Kernel {
  let memory = new Uint8Array(1 << 20);
  const runs = createRuns();
  return {
    bytes: () => memory,
    grow(size) {
      if (size <= memory.length) return;
      const larger = new Uint8Array(size);
      larger.set(memory);
      memory = larger;
    },
    inflate(job) {
      if (job.size < LARGE) inflate(memory, job);
      else inflateLarge(memory, job);
    },
    applyDelta(job) {
      if (!applyDelta(memory, job, runs)) damaged('its delta is malformed');
      return runs;
    },
  };
}

function inflateLarge(memory: Uint8Array, { from, to, at, size }: InflateJob): void {
  const options = { maxOutputLength: size, chunkSize: Math.max(size, SMALLEST_CHUNK) };
  let result: Uint8Array;
  try {
    result = inflateSync(memory.subarray(from, to), options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    damaged(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? 'it unpacks to more bytes than it declares'
        : `its packed bytes are damaged (${code})`,
    );
  }
  if (result.length !== size) damaged('it unpacks to fewer bytes than it declares');
  memory.set(result, at);
}
