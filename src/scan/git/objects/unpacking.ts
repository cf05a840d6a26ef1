import { crc32 } from 'node:zlib';
import type { Arena } from '../arena.ts';
import { damaged } from '../damage.ts';
import { readDeltaSizes, type Runs } from '../delta.ts';
import type { Kernel } from '../kernel.ts';
import type { Pack } from './object-store.ts';
import { MOST_OBJECT_BYTES, type ObjectType, typeOfKind } from './object-types.ts';
import type { PackEntries } from './pack-entries.ts';
import { crcAt } from './pack-index.ts';

/** Honest histories unpack to some hundred times their packed size; beyond this it is a bomb. */
const FREE_BYTES = 32 * 2 ** 30;
const MOST_TIMES = 1000;
/** Head and frame of a packed object, with room to spare. */
const MOST_OVERHEAD = 1024;

/** Bytes that were read and made so far, in all families. */
export interface Budget {
  packed: number;
  made: number;
}

/** A pack whose objects are made in an arena. */
export interface Unpacking {
  readonly pack: Pack;
  readonly entries: PackEntries;
  readonly kernel: Kernel;
  readonly arena: Arena;
  readonly budget: Budget;
}

/** An object in the arena. */
export interface Made {
  readonly entry: number;
  readonly type: ObjectType;
  readonly at: number;
  readonly size: number;
}

/** Makes an object that builds on no other. Throws a `DamageError`. */
export function makeWhole(unpacking: Unpacking, entry: number): Made {
  const type = typeOfKind(unpacking.entries.kinds[entry] as number) ?? damaged('it has no base');
  const at = unpack(unpacking, entry);
  return at < 0 ? tooLarge() : { entry, type, at, size: unpacking.entries.sizes[entry] as number };
}

/** Checks and unpacks an object or a delta; -1 when the arena has no room. */
function unpack({ pack, entries, arena, kernel, budget }: Unpacking, entry: number): number {
  const from = entries.offsets[entry] as number;
  const to = entries.offsets[entry + 1] as number;
  const size = entries.sizes[entry] as number;
  const head = entries.heads[entry] as number;
  if (size > MOST_OBJECT_BYTES) tooLarge();
  if (to - from > 2 * size + MOST_OVERHEAD) damaged('it has more packed bytes than its size explains');
  const packed = arena.take(to - from);
  const at = packed < 0 ? -1 : arena.take(size);
  if (at < 0) {
    if (packed >= 0) arena.give(packed);
    return -1;
  }
  pack.file.read(kernel.bytes(), packed, { from, to });
  const sum = crc32(kernel.bytes().subarray(packed, packed + to - from));
  if (sum !== crcAt(pack.index, entries.positions[entry] as number))
    damaged('its packed bytes are not those that the index knows');
  kernel.inflate({ from: packed + head, to: packed + to - from, at, size });
  arena.give(packed);
  budget.packed += to - from;
  budget.made += size;
  return at;
}

/** Makes the object that `entry` builds on `base`, and leaves the runs in the kernel. Throws a `DamageError`. */
export function applyTo(
  unpacking: Unpacking,
  base: Made,
  entry: number,
): (Made & { runs: Runs }) | 'no room' {
  const { entries, arena, kernel, budget } = unpacking;
  const delta = unpack(unpacking, entry);
  if (delta < 0) return 'no room';
  const deltaEnd = delta + (entries.sizes[entry] as number);
  const sizes = readDeltaSizes(kernel.bytes(), delta, deltaEnd);
  if (sizes === null || sizes.baseSize !== base.size) return damaged('its delta is made for another base');
  const { size } = sizes;
  checkSize(budget, size);
  const at = arena.take(size);
  if (at >= 0) {
    const runs = kernel.applyDelta({
      delta: sizes.next,
      deltaEnd,
      base: base.at,
      baseSize: base.size,
      at,
      size,
    });
    arena.give(delta);
    return { entry, type: base.type, at, size, runs };
  }
  arena.give(delta);
  return 'no room';
}

/** Counts what is to be made, and refuses what is too much. */
export function checkSize(budget: Budget, size: number): void {
  if (size > MOST_OBJECT_BYTES) tooLarge();
  budget.made += size;
  if (budget.made > FREE_BYTES + MOST_TIMES * budget.packed) damaged('the pack unpacks to absurdly much');
}

/** Ends the reading of an object that the arena has no room for. */
export const tooLarge = (): never => damaged(`it is larger than ${MOST_OBJECT_BYTES >> 20} MiB`);
