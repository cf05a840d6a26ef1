// Unpacks objects of git packs and finds anchors in them. AssemblyScript: compiled to WebAssembly by
// `scripts/build-kernel.ts`. Memory, in bytes:
//   0x001000  tables of `inflate.ts`
//   0x038000  for each set of parts that a copy may have, where its offset and its length stand among them
//   0x040000  runs of the last delta, three numbers each
//   0x100000  tables and hits of `anchor-search.ts` and `changes.ts`
//   0x2c0000  the arena, which is the host's; every place in it has 64 bytes to spare behind it

import { RUN_BYTES, RUNS } from './changes';
import { prepareInflate } from './inflate';

export { prepareSearch, searchWhole } from './anchor-search';
export { searchChanges } from './changes';
export { inflate } from './inflate';

const MOST_RUNS: i32 = 65536;
const COPY_PARTS: usize = 0x038000;

/** To be called once, before all else. */
export function prepare(): void {
  prepareInflate();
  for (let code = 0; code < 128; code++) {
    let next = 0;
    for (let part = 0; part < 16; part++)
      store<u8>(COPY_PARTS + (code << 4) + part, (code >> part) & 1 ? <u8>(next++) : 255);
  }
}

/** Applies a delta; returns the number of runs, or -1 when it is malformed. */
export function applyDelta(delta: usize, deltaEnd: usize, base: usize, baseSize: i32, at: usize, size: i32): i32 {
  const stop = at + size;
  let next = delta;
  let to = at;
  let count = 0;
  let runEnd: usize = 0;
  let fromEnd: u32 = u32.MAX_VALUE;
  while (next < deltaEnd) {
    const code = <i32>load<u8>(next++);
    if (code < 128) {
      if (code === 0 || next + code > deltaEnd || to + code > stop) return -1;
      copyBytes(to, next, code);
      next += code;
      to += code;
      continue;
    }
    const parts = i8x16.swizzle(v128.load(next), v128.load(COPY_PARTS + (<usize>(code & 127) << 4)));
    const offset = <u32>i32x4.extract_lane(parts, 0);
    const given = i32x4.extract_lane(parts, 1);
    const length = given === 0 ? 0x10000 : given;
    next += popcnt(code & 127);
    if (next > deltaEnd || <u64>offset + length > <u64>(<u32>baseSize) || to + length > stop) return -1;
    copyBytes(to, base + offset, length);
    if (fromEnd === offset && runEnd === to) {
      const last = RUNS + (min(count, MOST_RUNS) - 1) * RUN_BYTES + 8;
      store<u32>(last, load<u32>(last) + length);
    } else {
      if (count < MOST_RUNS) {
        const run = RUNS + count * RUN_BYTES;
        store<i32>(run, <i32>(to - at));
        store<i32>(run, <i32>offset, 4);
        store<i32>(run, <i32>length, 8);
      }
      count++;
    }
    to += length;
    runEnd = to;
    fromEnd = offset + length;
  }
  if (to !== stop) return -1;
  return count > MOST_RUNS ? 0 : count;
}

/** Writes up to 63 bytes more than asked for, into the spare room behind the place. */
// @ts-ignore: decorator
@inline
function copyBytes(to: usize, from: usize, length: i32): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
  if (length > 64) memory.copy(to + 64, from + 64, length - 64);
}
