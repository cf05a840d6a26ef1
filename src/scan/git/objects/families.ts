import { FOREIGN, FOREIGN_BASE, NO_BASE, type PackEntries, TREE, UNREADABLE } from './pack-entries.ts';

/** The object is wanted in the result. */
export const REPORTED = 1;
/** It is wanted, or something that builds on it is. */
export const NEEDED = 2;
/** A task begins here; the task of its base stops before it. */
export const TASK = 4;

/** Estimated fixed cost of an object, expressed in bytes to search. */
const OBJECT_PRICE = 600;

/**
 * Links every entry to what builds on it and passes the kind of a family's root down. Returns the readable entries, bases
 * first. What remains unreadable has a base that is missing or is built, in the end, on itself.
 */
export function linkFamilies(entries: PackEntries): Uint32Array {
  const { count, bases, kinds, firstChildren, nextSiblings } = entries;
  const order = new Uint32Array(count);
  let known = 0;
  for (let entry = count - 1; entry >= 0; entry--) {
    const base = bases[entry] as number;
    if (base === FOREIGN_BASE) kinds[entry] = FOREIGN;
    if (base < 0) continue;
    nextSiblings[entry] = firstChildren[base] as number;
    firstChildren[base] = entry;
  }
  for (let entry = 0; entry < count; entry++)
    if ((bases[entry] as number) < 0 && kinds[entry] !== UNREADABLE) order[known++] = entry;
  for (let index = 0; index < known; index++) {
    const entry = order[index] as number;
    for (let child = firstChildren[entry] as number; child >= 0; child = nextSiblings[child] as number) {
      kinds[child] = kinds[entry] as number;
      order[known++] = child;
    }
  }
  const readable = order.subarray(0, known);
  putLargestLast(entries, readable);
  return readable;
}

/**
 * Moves the child with the largest family of its own behind its siblings. A base is let go before its last child is
 * searched; so no more objects are held at a time than the logarithm of the family's size.
 */
function putLargestLast(entries: PackEntries, order: Uint32Array): void {
  const { bases, firstChildren } = entries;
  const sizes = new Uint32Array(entries.count).fill(1);
  for (let index = order.length - 1; index >= 0; index--) {
    const entry = order[index] as number;
    const base = bases[entry] as number;
    if (base >= 0) sizes[base] = (sizes[base] as number) + (sizes[entry] as number);
    if ((firstChildren[entry] as number) >= 0) moveLargest(entries, entry, sizes);
  }
}

function moveLargest({ firstChildren, nextSiblings }: PackEntries, entry: number, sizes: Uint32Array): void {
  let largest = firstChildren[entry] as number;
  let beforeLargest = NO_BASE;
  let last = largest;
  for (let child = nextSiblings[last] as number; child >= 0; child = nextSiblings[child] as number) {
    if ((sizes[child] as number) >= (sizes[largest] as number)) {
      largest = child;
      beforeLargest = last;
    }
    last = child;
  }
  if (largest === last) return;
  const after = nextSiblings[largest] as number;
  if (beforeLargest < 0) firstChildren[entry] = after;
  else nextSiblings[beforeLargest] = after;
  nextSiblings[last] = largest;
  nextSiblings[largest] = NO_BASE;
}

/** Says of every entry whether it is reported, and marks what those are built on. */
export function markNeeded(
  entries: PackEntries,
  order: Uint32Array,
  isReported: (position: number) => boolean,
): number {
  const { bases, kinds, marks, positions } = entries;
  let reported = 0;
  for (let index = order.length - 1; index >= 0; index--) {
    const entry = order[index] as number;
    if (kinds[entry] === TREE) continue;
    if (isReported(positions[entry] as number)) {
      marks[entry] = (marks[entry] as number) | REPORTED | NEEDED;
      reported++;
    }
    const base = bases[entry] as number;
    if (base >= 0 && ((marks[entry] as number) & NEEDED) !== 0)
      marks[base] = (marks[base] as number) | NEEDED;
  }
  return reported;
}

/**
 * Cuts the families into tasks of about `limit` (see `priceOf`) or less, so that one huge family does not keep one worker
 * busy alone. Returns the first entries of the tasks, ascending.
 */
export function cutTasks(entries: PackEntries, order: Uint32Array, limit: number): number[] {
  const { bases, marks } = entries;
  const prices = new Float64Array(entries.count);
  const sizes = objectSizes(entries, order);
  const tasks: number[] = [];
  for (let index = order.length - 1; index >= 0; index--) {
    const entry = order[index] as number;
    if (((marks[entry] as number) & NEEDED) === 0) continue;
    const base = bases[entry] as number;
    const price = (prices[entry] as number) + priceOf(entries, entry, sizes);
    if (base >= 0 && price < limit) {
      prices[base] = (prices[base] as number) + price;
      continue;
    }
    marks[entry] = (marks[entry] as number) | TASK;
    tasks.push(entry);
  }
  return tasks.toSorted((one, other) => one - other);
}

/** Estimated bytes to read and search: all of a root, the change of a delta, and a tenth for the copying. */
function priceOf({ bases, sizes }: PackEntries, entry: number, objects: Float64Array): number {
  const delta = (bases[entry] as number) === NO_BASE ? 0 : 3 * (sizes[entry] as number);
  const whole = objects[entry] as number;
  return OBJECT_PRICE + (delta === 0 ? whole : Math.min(whole, delta) + whole / 10);
}

/** The size of a delta's result stands in the delta; that of its root is near enough. */
function objectSizes({ count, bases, sizes }: PackEntries, order: Uint32Array): Float64Array {
  const result = new Float64Array(count);
  for (const entry of order) {
    const base = bases[entry] as number;
    result[entry] = base < 0 ? (sizes[entry] as number) : (result[base] as number);
  }
  return result;
}
