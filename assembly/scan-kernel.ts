// Unpacks objects of git packs and finds anchors in them. AssemblyScript: compiled to WebAssembly by
// `scripts/build-kernel.ts`. Memory, in bytes:
//   0x001000  tables of `inflate.ts`
//   0x040000  runs of the last delta, three numbers each
//   0x100000  tables and hits of `anchor-search.ts`
//   0x200000  the arena, which is the host's; every place in it has 16 bytes to spare behind it

export { prepareSearch, searchChanges, searchWhole } from './anchor-search';
export { inflate, prepare } from './inflate';

const RUNS: usize = 0x040000;
const MOST_RUNS: i32 = 65536;

/** Applies a delta; returns the number of runs, or -1 when it is malformed. */
export function applyDelta(delta: usize, deltaEnd: usize, base: usize, baseSize: i32, at: usize, size: i32): i32 {
  const stop = at + size;
  let next = delta;
  let to = at;
  let count = 0;
  let runEnd: usize = 0;
  let fromEnd: usize = 0;
  while (next < deltaEnd) {
    const code = <i32>load<u8>(next++);
    if (code < 128) {
      if (code === 0 || next + code > deltaEnd || to + code > stop) return -1;
      copyShort(to, next, code);
      next += code;
      to += code;
      continue;
    }
    let offset: u32 = 0;
    let length: u32 = 0;
    if (code & 1) offset = load<u8>(next++);
    if (code & 2) offset |= (<u32>load<u8>(next++)) << 8;
    if (code & 4) offset |= (<u32>load<u8>(next++)) << 16;
    if (code & 8) offset |= (<u32>load<u8>(next++)) << 24;
    if (code & 16) length = load<u8>(next++);
    if (code & 32) length |= (<u32>load<u8>(next++)) << 8;
    if (code & 64) length |= (<u32>load<u8>(next++)) << 16;
    if (length === 0) length = 0x10000;
    if (next > deltaEnd || <u64>offset + length > <u64>(<u32>baseSize) || to + length > stop) return -1;
    if (length <= 64) copyShort(to, base + offset, length);
    else memory.copy(to, base + offset, length);
    if (count > 0 && runEnd === to && fromEnd === offset) {
      const last = RUNS + (min(count, MOST_RUNS) - 1) * 12 + 8;
      store<u32>(last, load<u32>(last) + length);
    } else {
      if (count < MOST_RUNS) {
        const run = RUNS + count * 12;
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

/** Writes up to 15 bytes more than asked for, into the spare room behind the place. */
// @ts-ignore: decorator
@inline
function copyShort(to: usize, from: usize, length: i32): void {
  const stop = to + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < stop);
}
