import { damaged } from '../damage.ts';
import { readDeltaSizes, type Runs } from '../delta.ts';
import { TREE } from '../objects/pack-entries.ts';
import { readTogether } from '../objects/packed-objects.ts';
import { applyTo, checkSize, type Made, makeWhole, tooLarge, type Unpacking } from '../objects/unpacking.ts';

/** Room for packed bytes, and for a delta. */
const ROOM = 1 << 16;

/** Makes trees, which are many and small: it has places in the arena for ever, and does not check sums. */
export interface TreeMaker {
  readonly places: readonly number[];
  /** Throws a `DamageError`. */
  whole(entry: number): Made;
  /** Leaves the runs in the kernel. Throws a `DamageError`. */
  derived(base: Made, entry: number): (Made & { runs: Runs }) | 'no room';
}

export function createTreeMaker(unpacking: Unpacking): TreeMaker {
  const { pack, entries, kernel, arena, budget } = unpacking;
  const { offsets, heads, sizes } = entries;
  arena.clear();
  const room = arena.take(ROOM);
  const delta = arena.take(ROOM);
  const packed = readTogether({ file: pack.file, entries, kind: TREE }, { arena, kernel });
  const packedSize = (entry: number): number => (offsets[entry + 1] as number) - (offsets[entry] as number);
  const isSmall = (entry: number): boolean => (sizes[entry] as number) <= ROOM && packedSize(entry) <= ROOM;
  const unpack = (entry: number, at: number): void => {
    const from = (offsets[entry] as number) + (heads[entry] as number);
    const to = offsets[entry + 1] as number;
    const size = sizes[entry] as number;
    const place = packed.placeOf(entry);
    if (place < 0) pack.file.read(kernel.bytes(), room, { from, to });
    const start = place < 0 ? room : place + (heads[entry] as number);
    kernel.inflate({ from: start, to: start + to - from, at, size });
    budget.packed += to - from;
    budget.made += size;
  };
  return {
    places: [room, delta, packed.at],
    whole(entry) {
      if (!isSmall(entry)) return makeWhole(unpacking, entry);
      const size = sizes[entry] as number;
      const at = arena.take(size);
      if (at < 0) return tooLarge();
      unpack(entry, at);
      return { entry, type: 'tree', at, size };
    },
    derived(base, entry) {
      if (!isSmall(entry)) return applyTo(unpacking, base, entry);
      unpack(entry, delta);
      const deltaEnd = delta + (sizes[entry] as number);
      const found = readDeltaSizes(kernel.bytes(), delta, deltaEnd);
      if (found === null || found.baseSize !== base.size)
        return damaged('its delta is made for another base');
      const { size, next } = found;
      checkSize(budget, size);
      const at = arena.take(size);
      if (at < 0) return 'no room';
      const job = { delta: next, deltaEnd, base: base.at, baseSize: base.size, at, size };
      return { entry, type: 'tree', at, size, runs: kernel.applyDelta(job) };
    },
  };
}
