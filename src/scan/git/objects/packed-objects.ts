import type { Arena } from '../arena.ts';
import { unlessDamaged } from '../damage.ts';
import type { FileWindow } from './file-window.ts';
import type { Kernel } from '../kernel.ts';
import type { PackEntries } from './pack-entries.ts';

/** Most packed bytes that are held at once. */
export const MOST_PACKED_BYTES = 32 << 20;
/** Gaps between two objects up to this size are read along, which is cheaper than a further read. */
const MOST_BETWEEN = 2048;

/** A part of a pack, to be read at once. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  /** First entry in it, and the one behind. */
  readonly entries: readonly [from: number, to: number];
}

export interface PackedObjects {
  /** Place in the arena; -1 when there is none. */
  readonly at: number;
  /** Place of the entry's head; -1 when the object is not held. */
  placeOf(entry: number): number;
  /** The first entry behind those that were looked at; more than where it began. */
  readonly end: number;
}

interface Source {
  readonly file: FileWindow;
  readonly entries: PackEntries;
  /** Of the objects, and of the deltas that are built on them. */
  readonly kind: number;
  /** Entry to begin with; the first without it. */
  readonly first?: number;
  /** `MOST_PACKED_BYTES` without it. */
  readonly most?: number;
}

/**
 * Reads all commits, or all trees, of a pack into the kernel's memory as they are packed. They are small and strewn over
 * the pack, and families come in another order: one by one they cost more to read than to unpack.
 */
export function readTogether(
  source: Source,
  { arena, kernel }: { readonly arena: Arena; readonly kernel: Kernel },
): PackedObjects {
  const { file, entries, first = 0 } = source;
  const { stretches, end } = stretchesOf(source, first);
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const at = total === 0 ? -1 : arena.take(total);
  const places = new Int32Array(at < 0 ? 0 : end - first).fill(-1);
  let next = at;
  for (const stretch of at < 0 ? [] : stretches) {
    const place = next;
    next += stretch.to - stretch.from;
    // A stretch that cannot be read is skipped here: its objects report the damage when they are read one by one.
    unlessDamaged(() => {
      file.readAtOnce(kernel.bytes(), place, stretch);
      for (let entry = stretch.entries[0]; entry < stretch.entries[1]; entry++)
        places[entry - first] = place + (entries.offsets[entry] as number) - stretch.from;
      return place;
    });
  }
  return { at, end, placeOf: (entry) => places[entry - first] ?? -1 };
}

/** Of what fits, in the order of the pack; and where that ends. */
function stretchesOf(
  { entries, kind, most = MOST_PACKED_BYTES }: Source,
  begin: number,
): { stretches: Stretch[]; end: number } {
  const { count, kinds, offsets } = entries;
  const stretches: Stretch[] = [];
  let [first, last, total] = [-1, -1, 0];
  const close = (): void => {
    if (first < 0) return;
    const [from, to] = [offsets[first] as number, offsets[last + 1] as number];
    total += to - from;
    stretches.push({ from, to, entries: [first, last + 1] });
    first = -1;
  };
  let entry = begin;
  for (; entry < count; entry++) {
    if (kinds[entry] !== kind) continue;
    const to = offsets[entry + 1] as number;
    if (first >= 0 && (offsets[entry] as number) - (offsets[last + 1] as number) > MOST_BETWEEN) close();
    const from = first < 0 ? (offsets[entry] as number) : (offsets[first] as number);
    if (total + to - from > most) break;
    if (first < 0) first = entry;
    last = entry;
  }
  close();
  return { stretches, end: Math.max(entry, begin + 1) };
}
