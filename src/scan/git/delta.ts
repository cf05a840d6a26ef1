/** Copied runs of one delta, three numbers each: first byte in the result, first byte in the base, length. */
export interface Runs {
  readonly table: Int32Array;
  count: number;
}

/** A delta with more runs than this is treated as one that copies nothing. */
export const MOST_RUNS = 1 << 16;

export const createRuns = (): Runs => ({ table: new Int32Array(3 * MOST_RUNS), count: 0 });

/** A delta and its base, each somewhere in the memory. */
export interface DeltaJob {
  readonly delta: number;
  readonly deltaEnd: number;
  readonly base: number;
  readonly baseSize: number;
  readonly at: number;
  readonly size: number;
}

export interface DeltaSizes {
  readonly baseSize: number;
  readonly size: number;
  /** First instruction. */
  readonly next: number;
}

/** Reads the two sizes at the head of a delta; null when it is malformed. */
export function readDeltaSizes(memory: Uint8Array, from: number, to: number): DeltaSizes | null {
  const base = readSize(memory, from, to);
  const result = base === null ? null : readSize(memory, base.next, to);
  if (base === null || result === null) return null;
  return { baseSize: base.value, size: result.value, next: result.next };
}

function readSize(memory: Uint8Array, from: number, to: number): { value: number; next: number } | null {
  let value = 0;
  let scale = 1;
  for (let at = from; at < to && at < from + 7; at++) {
    const byte = memory[at] as number;
    value += (byte & 127) * scale;
    if (byte < 128) return { value, next: at + 1 };
    scale *= 128;
  }
  return null;
}

/**
 * Applies a delta (git's `gitformat-pack`, "deltified representation"): `delta` is its first instruction. Neighbouring
 * copies become one run. False when an instruction leaves the base or the result, or when bytes are missing.
 */
export function applyDelta(memory: Uint8Array, job: DeltaJob, runs: Runs): boolean {
  const { deltaEnd, base, baseSize, at } = job;
  const end = at + job.size;
  let next = job.delta;
  let out = at;
  runs.count = 0;
  while (next < deltaEnd) {
    const code = memory[next++] as number;
    if (code === 0) return false;
    if (code < 128) {
      if (next + code > deltaEnd || out + code > end) return false;
      copyBytes(memory, out, next, code);
      next += code;
      out += code;
      continue;
    }
    const offset = readParts(memory, next, code & 15);
    next += PART_COUNTS[code & 15] as number;
    const length = readParts(memory, next, (code >> 4) & 7) || 0x10000;
    next += PART_COUNTS[(code >> 4) & 7] as number;
    if (next > deltaEnd || offset + length > baseSize || out + length > end) return false;
    copyBytes(memory, out, base + offset, length);
    addRun(runs, out - at, offset, length);
    out += length;
  }
  if (runs.count > MOST_RUNS) runs.count = 0;
  return out === end;
}

/** How many bytes follow for each set of parts. */
const PART_COUNTS = Uint8Array.from(
  { length: 16 },
  (_, bits) => (bits & 1) + ((bits >> 1) & 1) + ((bits >> 2) & 1) + (bits >> 3),
);

/** Reads a number that is stored without its zero bytes; `parts` has a bit for each byte that is stored. */
function readParts(memory: Uint8Array, at: number, parts: number): number {
  let next = at;
  let value = 0;
  if (parts & 1) value = memory[next++] as number;
  if (parts & 2) value |= (memory[next++] as number) << 8;
  if (parts & 4) value |= (memory[next++] as number) << 16;
  if (parts & 8) value += (memory[next++] as number) * 0x1000000;
  return value;
}

function copyBytes(memory: Uint8Array, to: number, from: number, length: number): void {
  if (length > 48) memory.copyWithin(to, from, from + length);
  else for (let index = 0; index < length; index++) memory[to + index] = memory[from + index] as number;
}

function addRun(runs: Runs, start: number, from: number, length: number): void {
  const { table, count } = runs;
  const last = count * 3 - 3;
  if (count > MOST_RUNS) return;
  if (count > 0) {
    const lastLength = table[last + 2] as number;
    if ((table[last] as number) + lastLength === start && (table[last + 1] as number) + lastLength === from) {
      table[last + 2] = lastLength + length;
      return;
    }
  }
  if (count < MOST_RUNS) {
    table[count * 3] = start;
    table[count * 3 + 1] = from;
    table[count * 3 + 2] = length;
  }
  runs.count = count + 1;
}
