import type { LeakRule } from '../../vendors/vendor.ts';
import type { Detection, Detector, ScannedDocument, Window } from '../detection.ts';
import { type AnchorSearch, BLOCK, createAnchorSearch } from './anchor-search.ts';
import { collectAnchors, confirm } from './anchors.ts';
import { buildGramIndex, type GramIndex } from './gram-index.ts';
import { createJudge } from './judge.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { createSlices, type Slice } from './slices.ts';

type Report = (detection: Detection) => void;

/** Makes a detector of `rules`. Not to be shared between threads; `report` may call it again. */
export function createDetector(rules: readonly LeakRule[]): Detector {
  const anchors = collectAnchors(rules);
  const judge = createJudge();
  const valuePatterns = new Map<string, RegExp>();
  const matchers = new Map<LeakRule, Matcher>();
  const reach = Math.max(
    0,
    ...anchors.flatMap(({ length, rules: users }) => users.map(({ span }) => span + length)),
  );
  const kinds = anchors.length;
  let anchorSearch: AnchorSearch | undefined;

  /** A pattern is read when its first anchor turns up: most scans need few of them. */
  function matcherOf(rule: LeakRule): Matcher {
    const known = matchers.get(rule);
    if (known !== undefined) return known;
    const matcher = createMatcher(rule, judge, valuePatterns);
    matchers.set(rule, matcher);
    return matcher;
  }

  function judgeAll(document: ScannedDocument, found: readonly number[], report: Report): void {
    const slices = createSlices(document);
    for (const place of found) {
      const anchor = anchors[place % kinds];
      const start = Math.floor(place / kinds);
      if (anchor === undefined || !confirm(anchor, document.bytes, start, document.length)) continue;
      for (const rule of anchor.rules) {
        const slice = slices.around(start, anchor.length, rule.span);
        reportMatches(matcherOf(rule), slice, start, report);
      }
    }
  }

  function detect(window: Window, report: Report): void {
    // Histories are searched in WebAssembly, and need none.
    anchorSearch ??= createAnchorSearch(anchors);
    for (let from = window.from; from < window.to; from += BLOCK) {
      const found: number[] = [];
      anchorSearch.find({ ...window, from, to: Math.min(window.to, from + BLOCK) }, found);
      judgeAll(window, found, report);
    }
  }
  const index = (): GramIndex | null => buildGramIndex(anchors);
  const steps = Object.freeze({ index, kinds, judge: judgeAll });
  return Object.freeze({ reach, detect, steps });
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
