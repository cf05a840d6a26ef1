import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Detection, Detector, ScannedDocument, Window } from '../detection.ts';
import { type AnchorSearch, BLOCK, createAnchorSearch } from './anchor-search.ts';
import { type Anchor, collectAnchors, confirm } from './anchors.ts';
import { buildGramIndex, type GramIndex } from './gram-index.ts';
import { createJudge } from './judge.ts';
import { createMatcher, type Matcher } from './matcher.ts';
import { createMemory } from './memory.ts';
import { demandOf, holdsRun, type RunDemand } from './runs.ts';
import { createSlices, rangeAround, type Slice } from './slices.ts';
import { anyForm } from './value-form.ts';

type Report = (detection: Detection) => void;

/** What is looked for around an anchor. */
interface Watch {
  readonly matchers: readonly Matcher[];
  /** The largest span of its rules. */
  readonly span: number;
  /** A run of bytes without which none of its rules can match; null: not known, or a single rule checks it itself. */
  readonly demand: RunDemand | null;
}

function createWatch(matchers: readonly Matcher[]): Watch {
  const span = Math.max(...matchers.map(({ rule }) => rule.span));
  // One rule alone asks for this itself.
  const demand = matchers.length < 2 ? null : demandOf(anyForm(matchers.map(({ form }) => form)));
  return { matchers, span, demand };
}

/** Makes a detector of `rules`. Not to be shared between threads; `report` may call it again. */
export function createDetector(rules: readonly LeakRule[]): Detector {
  const anchors = collectAnchors(rules);
  const shared = { judge: createJudge(), memory: createMemory(), values: new Map<string, RegExp>() };
  const matchers = new Map<LeakRule, Matcher>();
  const watches = new Map<Anchor, Watch>();
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
    const matcher = createMatcher(rule, matchers.size, shared);
    matchers.set(rule, matcher);
    return matcher;
  }

  function watchOf(anchor: Anchor): Watch {
    const known = watches.get(anchor);
    if (known !== undefined) return known;
    const watch = createWatch(anchor.rules.map(matcherOf));
    watches.set(anchor, watch);
    return watch;
  }

  function judgeAll(document: ScannedDocument, found: readonly number[], report: Report): void {
    const { bytes, length } = document;
    const cut = createSlices(document);
    for (const place of found) {
      const anchor = anchors[place % kinds];
      const start = Math.floor(place / kinds);
      if (anchor === undefined || !confirm(anchor, bytes, start, length)) continue;
      const watch = watchOf(anchor);
      const { demand, span } = watch;
      if (demand !== null && !holdsRun(bytes, rangeAround(start, anchor.length, span, length), demand))
        continue;
      for (const matcher of watch.matchers) {
        const range = rangeAround(start, anchor.length, matcher.rule.span, length);
        if (matcher.mayMatch(bytes, range)) reportMatches(matcher, cut(range), start, report);
      }
    }
  }

  function detect(window: Window, report: Report): void {
    // Made on first use: histories are searched in WebAssembly and do not need it.
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
