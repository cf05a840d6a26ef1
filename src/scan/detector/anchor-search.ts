import type { Window } from '../detection.ts';
import { type Anchor, chooseNeedles, confirmBeginning } from './anchors.ts';
import { createPrefilter } from './prefilter.ts';

/** Bytes between two looks at the hits: few enough that the hits stay in the processor's cache. */
export const BLOCK = 1 << 15;

/** Shorter windows are walked byte by byte, without the preparation that pays off on longer ones. */
const SHORT = 256;

export interface AnchorSearch {
  /**
   * Appends the anchors whose first `LOOKED_AT` bytes begin in a window, ascending, each as `start × anchors + its
   * number`.
   */
  find(window: Window, found: number[]): void;
}

export function createAnchorSearch(anchors: readonly Anchor[]): AnchorSearch {
  const needles = chooseNeedles(anchors);
  const prefilter = createPrefilter(needles.map(({ text }) => text));
  const longestNeedle = Math.max(1, ...needles.map(({ text }) => text.length));
  const room = 2 * prefilter.mostPerByte * (BLOCK + longestNeedle);
  let idle: Int32Array | null = null;

  function walk(window: Window, found: number[]): void {
    const { bytes, length, from, to } = window;
    const { classes, next, firstAccepting } = prefilter.automaton;
    const end = Math.min(length, to + longestNeedle - 1);
    const first = found.length;
    let state = 0;
    for (let at = from; at < end; at++) {
      state = next[state + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
      if (state >= firstAccepting) note(state, at + 1, window, found);
    }
    if (found.length - first > 1) sortFrom(found, first);
  }

  function note(state: number, end: number, window: Window, found: number[]): void {
    for (const needle of prefilter.automaton.accepted[state / prefilter.automaton.width] ?? [])
      take(needle, end - (needles[needle]?.text.length ?? 0), window, found);
  }

  function take(needle: number, start: number, { bytes, length, to }: Window, found: number[]): void {
    if (start >= to) return;
    for (const number of needles[needle]?.anchors ?? []) {
      const anchor = anchors[number];
      if (anchor !== undefined && confirmBeginning(anchor, bytes, start, length))
        found.push(start * anchors.length + number);
    }
  }

  function searchBlock(window: Window, found: number[]): void {
    const { bytes, length, from, to } = window;
    idle ??= new Int32Array(room);
    const hits = idle;
    const count = prefilter.find(bytes, from, Math.min(length, to + longestNeedle - 1), hits);
    const first = found.length;
    for (let hit = 0; hit < count; hit++) take(hits[2 * hit + 1] ?? 0, hits[2 * hit] ?? 0, window, found);
    if (found.length - first > 1) sortFrom(found, first);
  }

  function find(window: Window, found: number[]): void {
    if (window.to - window.from < SHORT) {
      walk(window, found);
      return;
    }
    for (let from = window.from; from < window.to; from += BLOCK)
      searchBlock({ ...window, from, to: Math.min(window.to, from + BLOCK) }, found);
  }
  return { find };
}

function sortFrom(numbers: number[], first: number): void {
  const sorted = Float64Array.from(numbers.slice(first)).toSorted();
  for (const [index, number] of sorted.entries()) numbers[first + index] = number;
}
