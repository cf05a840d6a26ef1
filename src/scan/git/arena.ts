import type { Kernel } from './kernel.ts';

/** Reading a few bytes past the end of a block must stay within the memory. */
const SLACK = 64;
const STEP = 1 << 20;

/** Hands out places in the kernel's memory, first fit; few are alive at a time. */
export interface Arena {
  /** First byte of a place for `size` bytes; -1 when there is none within the limit. */
  take(size: number): number;
  /** Gives back the place that begins at `at`. */
  give(at: number): void;
  /** Gives back all but the places that begin at these. */
  keep(places: readonly number[]): void;
  clear(): void;
}

/** Holds at most `limit` bytes. */
export function createArena(kernel: Kernel, limit: number): Arena {
  let starts: number[] = [];
  let ends: number[] = [];
  const give = (at: number): void => {
    const slot = starts.lastIndexOf(at);
    for (let next = slot + 1; next < starts.length; next++) {
      starts[next - 1] = starts[next] as number;
      ends[next - 1] = ends[next] as number;
    }
    starts.pop();
    ends.pop();
  };
  /** `splice` costs several times as much for so few. */
  const insert = (slot: number, at: number, end: number): void => {
    starts.push(at);
    ends.push(end);
    for (let next = starts.length - 1; next > slot; next--) {
      starts[next] = starts[next - 1] as number;
      ends[next] = ends[next - 1] as number;
    }
    starts[slot] = at;
    ends[slot] = end;
  };
  return {
    take(size) {
      let at = 0;
      let slot = 0;
      while (slot < starts.length && (starts[slot] as number) - at < size + SLACK) {
        at = ends[slot] as number;
        slot++;
      }
      const end = at + size + SLACK;
      if (end > limit) return -1;
      if (end > kernel.bytes().length) kernel.grow(roomFor(end, limit));
      insert(slot, at, end);
      return at;
    },
    give,
    keep(places) {
      for (const at of starts.filter((start) => !places.includes(start))) give(at);
    },
    clear() {
      starts = [];
      ends = [];
    },
  };
}

const roomFor = (end: number, limit: number): number =>
  Math.max(end, Math.min(limit, Math.ceil((end * 1.25) / STEP) * STEP));
