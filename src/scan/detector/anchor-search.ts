import type { Window } from '../detection.ts';
import { type Anchor, chooseNeedles } from './anchors.ts';
import { createPrefilter } from './prefilter.ts';

/** Bytes between two looks at the hits: few enough that the hits stay in the processor's cache. */
export const BLOCK = 1 << 15;

export interface AnchorSearch {
  /** Whether an anchor begins at a byte as far as is looked at here depends on so many bytes from there on. */
  readonly longest: number;
  /**
   * Appends what begins in a window as an anchor does, ascending, each as `start × anchors + its number`. Whether the
   * whole anchor stands there is to be confirmed.
   */
  find(window: Window, found: number[]): void;
}

export function createAnchorSearch(anchors: readonly Anchor[]): AnchorSearch {
  const needles = chooseNeedles(anchors);
  const prefilter = createPrefilter(needles.map(({ text }) => text));
  const longest = Math.max(1, ...needles.map(({ text }) => text.length));
  const room = 2 * prefilter.mostPerByte * (BLOCK + longest);
  let idle: Int32Array | null = null;

  function searchBlock({ bytes, length, from, to }: Window, found: number[]): void {
    idle ??= new Int32Array(room);
    const hits = idle;
    const count = prefilter.find(bytes, from, Math.min(length, to + longest - 1), hits);
    const first = found.length;
    for (let hit = 0; hit < count; hit++) {
      const start = hits[2 * hit] ?? 0;
      if (start >= to) continue;
      for (const number of needles[hits[2 * hit + 1] ?? 0]?.anchors ?? [])
        found.push(start * anchors.length + number);
    }
    if (found.length - first > 1) sortFrom(found, first);
  }

  function find(window: Window, found: number[]): void {
    if (window.to - window.from <= BLOCK) {
      searchBlock(window, found);
      return;
    }
    for (let from = window.from; from < window.to; from += BLOCK)
      searchBlock({ ...window, from, to: Math.min(window.to, from + BLOCK) }, found);
  }
  return { longest, find };
}

function sortFrom(numbers: number[], first: number): void {
  const sorted = Float64Array.from(numbers.slice(first)).toSorted();
  for (const [index, number] of sorted.entries()) numbers[first + index] = number;
}
