import { inflateSync } from 'node:zlib';
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
