import type { DetectorSteps } from '../detection.ts';
import { visitChanges } from './changes.ts';
import type { Runs } from './delta.ts';
import type { AnchorKernel, Kernel } from './kernel.ts';

/** An object that is searched, as the detector numbers its anchors. */
export interface SearchedBase {
  readonly size: number;
  readonly anchors: readonly number[];
}

/** Finds the anchors of objects, ascending. */
export interface AnchorFinder {
  whole(bytes: Uint8Array): readonly number[];
  /** Those that a delta has copied whole from the base, and those in the rest. */
  changed(bytes: Uint8Array, base: SearchedBase, runs: Runs): readonly number[];
}

/** Searches in the kernel when that can do it; objects that have too many anchors for it are left to the detector. */
export function createAnchorFinder(steps: DetectorSteps, kernel: Kernel): AnchorFinder {
  const index = kernel.openAnchors === undefined ? null : (steps.index?.() ?? null);
  const plain = createPlainFinder(steps);
  const anchors = index === null ? undefined : kernel.openAnchors?.(index);
  return anchors === undefined ? plain : createKernelFinder(steps, anchors, plain);
}

function createPlainFinder(steps: DetectorSteps): AnchorFinder {
  return {
    whole(bytes) {
      const found: number[] = [];
      steps.find({ bytes, length: bytes.length, from: 0, to: bytes.length }, found);
      return found;
    },
    changed(bytes, base, runs) {
      const found: number[] = [];
      const window = { bytes, length: bytes.length, from: 0, to: 0 };
      const { kinds, longest } = steps;
      visitChanges(
        runs,
        { base: base.size, result: bytes.length, before: 0, after: longest },
        {
          changed(from, to) {
            window.from = from;
            window.to = to;
            steps.find(window, found);
          },
          carried: (from, to, shift) =>
            carry(base.anchors, { from: from * kinds, to: to * kinds, shift: shift * kinds }, found),
        },
      );
      return found;
    },
  };
}

const NONE: readonly number[] = Object.freeze([]);

function createKernelFinder(steps: DetectorSteps, kernel: AnchorKernel, plain: AnchorFinder): AnchorFinder {
  const { kinds, longest } = steps;
  const hitsIn = ({ byteOffset }: Uint8Array, count: number): readonly number[] => {
    if (count === 0) return NONE;
    const hits = kernel.hits();
    const found: number[] = [];
    for (let hit = 0; hit < count; hit++)
      found.push(((hits[2 * hit] as number) - byteOffset) * kinds + (hits[2 * hit + 1] as number));
    return found.toSorted((one, other) => one - other);
  };
  return {
    whole(bytes) {
      const count = kernel.whole(bytes);
      return count < 0 ? plain.whole(bytes) : hitsIn(bytes, count);
    },
    changed(bytes, base, runs) {
      const count = kernel.changed(bytes, { base: base.size, runs: runs.count, after: longest });
      if (count < 0) return plain.changed(bytes, base, runs);
      const found = hitsIn(bytes, count);
      if (base.anchors.length === 0) return found;
      const carried: number[] = [];
      visitChanges(
        runs,
        { base: base.size, result: bytes.length, before: 0, after: longest },
        {
          changed() {},
          carried: (from, to, shift) =>
            carry(base.anchors, { from: from * kinds, to: to * kinds, shift: shift * kinds }, carried),
        },
      );
      return merge(carried, found);
    },
  };
}

/** Anchors [from, to) of the result, which are `shift` before in the base. */
interface Carried {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

function carry(anchors: readonly number[], { from, to, shift }: Carried, found: number[]): void {
  for (let index = firstNot(anchors, from - shift); index < anchors.length; index++) {
    const anchor = anchors[index] as number;
    if (anchor >= to - shift) break;
    found.push(anchor + shift);
  }
}

/** Index, not below `from`, of the first anchor that is not below `least`. */
export function firstNot(anchors: readonly number[], least: number, from = 0): number {
  let low = from;
  let high = anchors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((anchors[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Two ascending lists as one. */
function merge(one: readonly number[], other: readonly number[]): readonly number[] {
  if (other.length === 0) return one;
  const merged: number[] = [];
  let next = 0;
  for (const number of one) {
    for (; next < other.length && (other[next] as number) < number; next++)
      merged.push(other[next] as number);
    merged.push(number);
  }
  for (; next < other.length; next++) merged.push(other[next] as number);
  return merged;
}
