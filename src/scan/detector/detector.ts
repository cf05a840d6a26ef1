import type { LeakRule } from '../../vendors/vendor.ts';
import type { Detection, Detector, Window } from '../detection.ts';
import { chooseNeedles, collectAnchors, confirm } from './anchors.ts';
import { createPrefilter } from './prefilter.ts';
import { createJudge } from './judge.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { createSlices, type Slice } from './slices.ts';

/** Bytes between two looks at the hits: few enough that the hits stay in the processor's cache. */
const BLOCK = 1 << 15;
type Report = (detection: Detection) => void;

/** Makes a detector of `rules`. Not to be shared between threads; `report` may call it again. */
export function createDetector(rules: readonly LeakRule[]): Detector {
  const anchors = collectAnchors(rules);
  const judge = createJudge();
  const matchers = new Map<LeakRule, Matcher>();
  const needles = chooseNeedles(anchors);
  const prefilter = createPrefilter(needles.map(({ text }) => text));
  const longest = Math.max(1, ...needles.map(({ text }) => text.length));
  const reach = Math.max(
    0,
    ...anchors.flatMap(({ length, rules: users }) => users.map(({ span }) => span + length)),
  );
  const room = 2 * prefilter.mostPerByte * (BLOCK + longest);
  let idle: Int32Array | null = null;

  /** Starts of anchors in [from, to) with their anchors, as `start × anchors + anchor`, in ascending order. */
  function findAnchors({ bytes, length }: Window, from: number, to: number): Float64Array {
    const hits = idle ?? new Int32Array(room);
    idle = hits;
    const count = prefilter.find(bytes, from, Math.min(length, to + longest - 1), hits);
    const found: number[] = [];
    for (let hit = 0; hit < count; hit++) {
      const start = hits[2 * hit] ?? 0;
      if (start >= to) continue;
      for (const number of needles[hits[2 * hit + 1] ?? 0]?.anchors ?? []) {
        const anchor = anchors[number];
        if (anchor !== undefined && confirm(anchor, bytes, start, length))
          found.push(start * anchors.length + number);
      }
    }
    return Float64Array.from(found).toSorted();
  }

  /** A pattern is read when its first anchor turns up: most scans need few of them. */
  function matcherOf(rule: LeakRule): Matcher {
    const known = matchers.get(rule);
    if (known !== undefined) return known;
    const matcher = createMatcher(rule, judge);
    matchers.set(rule, matcher);
    return matcher;
  }

  function detect(window: Window, report: Report): void {
    const slices = createSlices(window);
    for (let from = window.from; from < window.to; from += BLOCK) {
      for (const place of findAnchors(window, from, Math.min(window.to, from + BLOCK))) {
        const anchor = anchors[place % anchors.length];
        if (anchor === undefined) continue;
        const start = Math.floor(place / anchors.length);
        for (const rule of anchor.rules) {
          const slice = slices.around(start, anchor.length, rule.span);
          reportMatches(matcherOf(rule), slice, start, report);
        }
      }
    }
  }
  return Object.freeze({ reach, detect });
}

function reportMatches(matcher: Matcher, slice: Slice, anchor: number, report: Report): void {
  const { from, to } = slice;
  for (const { start, end, ...rest } of matcher.matches(slice))
    report({
      rule: matcher.rule,
      start: from + start,
      end: from + end,
      anchor,
      seenFrom: from,
      seenTo: to,
      ...rest,
    });
}
