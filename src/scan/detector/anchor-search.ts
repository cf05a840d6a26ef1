import type { Window } from '../detection.ts';
import { type Anchor, chooseNeedles } from './anchors.ts';
import { createPrefilter } from './prefilter.ts';

/** Bytes between two looks at the hits: few enough that the hits stay in the processor's cache. */
export const BLOCK = 1 << 15;

/** Shorter windows are walked byte by byte, without the preparation that pays off on longer ones. */
const SHORT = 256;

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

  function walk({ bytes, length, from, to }: Window, found: number[]): void {
    const { classes, next, firstAccepting } = prefilter.automaton;
    const end = Math.min(length, to + longest - 1);
    const first = found.length;
    let state = 0;
    for (let at = from; at < end; at++) {
      state = next[state + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
      if (state >= firstAccepting) note(state, at + 1, to, found);
    }
    if (found.length - first > 1) sortFrom(found, first);
  }

  function note(state: number, end: number, to: number, found: number[]): void {
    for (const needle of prefilter.automaton.accepted[state / prefilter.automaton.width] ?? []) {
      const start = end - (needles[needle]?.text.length ?? 0);
      if (start >= to) continue;
      for (const number of needles[needle]?.anchors ?? []) found.push(start * anchors.length + number);
    }
  }

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
    if (window.to - window.from < SHORT) {
      walk(window, found);
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
