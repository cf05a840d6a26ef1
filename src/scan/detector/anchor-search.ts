import type { Window } from '../detection.ts';
import { type Anchor, chooseNeedles, confirm } from './anchors.ts';
import { createPrefilter } from './prefilter.ts';

/** Bytes between two looks at the hits: few enough that the hits stay in the processor's cache. */
export const BLOCK = 1 << 15;

/**
 * Makes a function that appends the anchors that begin in a window, ascending, each as `start × anchors + its number`.
 * Whether one stands at a byte depends on as many bytes from there on as it is long.
 */
export function createAnchorSearch(anchors: readonly Anchor[]): (window: Window, found: number[]) => void {
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
      for (const number of needles[hits[2 * hit + 1] ?? 0]?.anchors ?? []) {
        const anchor = anchors[number];
        if (anchor !== undefined && confirm(anchor, bytes, start, length))
          found.push(start * anchors.length + number);
      }
    }
    if (found.length - first > 1) sortFrom(found, first);
  }

  return (window, found) => {
    if (window.to - window.from <= BLOCK) {
      searchBlock(window, found);
      return;
    }
    for (let from = window.from; from < window.to; from += BLOCK)
      searchBlock({ ...window, from, to: Math.min(window.to, from + BLOCK) }, found);
  };
}

function sortFrom(numbers: number[], first: number): void {
  const sorted = Float64Array.from(numbers.slice(first)).toSorted();
  for (const [index, number] of sorted.entries()) numbers[first + index] = number;
}
