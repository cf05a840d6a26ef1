import type { Arena } from './arena.ts';
import { unlessDamaged } from './damage.ts';
import type { FileWindow } from './file-window.ts';
import type { Kernel } from './kernel.ts';
import { type PackEntries, TREE } from './pack-entries.ts';

/** Trees beyond this are not held. */
export const MOST_PACKED_TREES = 64 << 20;
/** Bytes between trees that are rather read along than jumped over. */
const MOST_BETWEEN = 4096;

/** A part of a pack, to be read at once. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** First entry in it, and the one behind. */
  readonly entries: readonly [from: number, to: number];
}

export interface PackedTrees {
  /** Place in the arena; -1 when there is none. */
  readonly at: number;
  /** Place of the entry's head; -1 when the tree is not held. */
  placeOf(entry: number): number;
}

/**
 * Reads the trees of a pack, as they are packed, into the kernel's memory: they are small and strewn over the pack, and
 * their families come in another order, so that one by one they cost more to read than to unpack.
 */
export function readPackedTrees(
  file: FileWindow,
  entries: PackEntries,
  { arena, kernel }: { readonly arena: Arena; readonly kernel: Kernel },
): PackedTrees {
  const stretches = stretchesOf(entries);
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const at = total === 0 ? -1 : arena.take(total);
  const places = new Int32Array(at < 0 ? 0 : entries.count).fill(-1);
  let next = at;
  for (const stretch of at < 0 ? [] : stretches) {
    const place = next;
    next += stretch.to - stretch.from;
    // One that cannot be read says so when its trees are read by themselves.
    unlessDamaged(() => {
      file.readAtOnce(kernel.bytes(), place, stretch);
      for (let entry = stretch.entries[0]; entry < stretch.entries[1]; entry++)
        places[entry] = place + (entries.offsets[entry] as number) - stretch.from;
      return place;
    });
  }
  return { at, placeOf: (entry) => places[entry] ?? -1 };
}

/** Of trees that fit, in the order of the pack. */
function stretchesOf({ count, kinds, offsets }: PackEntries): Stretch[] {
  const stretches: Stretch[] = [];
  let [first, last, total] = [-1, -1, 0];
  const end = (): void => {
    if (first < 0) return;
    const [from, to] = [offsets[first] as number, offsets[last + 1] as number];
    total += to - from;
    stretches.push({ from, to, entries: [first, last + 1] });
    first = -1;
  };
  for (let entry = 0; entry < count; entry++) {
    if (kinds[entry] !== TREE) continue;
    const to = offsets[entry + 1] as number;
    if (first >= 0 && (offsets[entry] as number) - (offsets[last + 1] as number) > MOST_BETWEEN) end();
    const from = first < 0 ? (offsets[entry] as number) : (offsets[first] as number);
    if (total + to - from > MOST_PACKED_TREES) break;
    if (first < 0) first = entry;
    last = entry;
  }
  end();
  return stretches;
}
