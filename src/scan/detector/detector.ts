import type { LeakRule } from '../../vendors/vendor.ts';
import type { Detection, Detector, Window } from '../detection.ts';
import { chooseNeedles, collectAnchors, confirm } from './anchors.ts';
import { judge } from './judge.ts';
import { createPrefilter } from './prefilter.ts';
import { demandOf, type RunDemand } from './runs.ts';
import { createSlices, type Slice } from './slices.ts';

/** Bytes between two looks at the hits: few enough that the hits stay in the processor's cache. */
const BLOCK = 1 << 15;
/** A match within so few bytes of a cut may go on beyond it, or be judged by what lies there. */
const MARGIN = 2;

type Report = (detection: Detection) => void;

/** Makes a detector of `rules`. Not to be shared between threads; `report` may call it again. */
export function createDetector(rules: readonly LeakRule[]): Detector {
  const anchors = collectAnchors(rules);
  const demand = rememberDemands();
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

  function detect(window: Window, report: Report): void {
    const slices = createSlices(window);
    for (let from = window.from; from < window.to; from += BLOCK) {
      for (const place of findAnchors(window, from, Math.min(window.to, from + BLOCK))) {
        const anchor = anchors[place % anchors.length];
        if (anchor === undefined) continue;
        const start = Math.floor(place / anchors.length);
        for (const rule of anchor.rules) {
          const slice = slices.around(start, anchor.length, rule.span);
          const demanded = demand(rule);
          if (demanded === null || slice.has(demanded)) applyRule(rule, slice, start, report);
        }
      }
    }
  }
  return Object.freeze({ reach, detect });
}

/** A pattern is read when its first anchor turns up: most scans need few of them. */
function rememberDemands(): (rule: LeakRule) => RunDemand | null {
  const demands = new Map<LeakRule, RunDemand | null>();
  return (rule) => {
    const known = demands.get(rule);
    if (known !== undefined) return known;
    const demand = demandOf(rule);
    demands.set(rule, demand);
    return demand;
  };
}

/** All matches in the slice; a match that a cut may have changed is none. */
function applyRule(rule: LeakRule, slice: Slice, anchor: number, report: Report): void {
  const { from, to, cutBefore, cutAfter } = slice;
  const text = slice.text();
  const { pattern } = rule;
  let next = 0;
  while (next <= text.length) {
    pattern.lastIndex = next;
    const match = pattern.exec(text);
    if (match === null) return;
    const end = match.index + match[0].length;
    const cutAtStart = cutBefore && match.index < MARGIN;
    next = cutAtStart ? match.index + 1 : Math.max(end, match.index + 1);
    if (cutAtStart || (cutAfter && end > text.length - MARGIN)) continue;
    const place = match.indices?.groups?.['secret'];
    if (place === undefined) continue;
    const confidence = judge(rule, slice, place);
    if (confidence === null) continue;
    const [start, stop] = place;
    const companions = companionsOf(match.groups ?? {});
    report({
      rule,
      start: from + start,
      end: from + stop,
      anchor,
      seenFrom: from,
      seenTo: to,
      companions,
      confidence,
    });
  }
}

function companionsOf(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const companions: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups))
    if (name !== 'secret' && value !== undefined) companions[name] = value;
  return companions;
}
