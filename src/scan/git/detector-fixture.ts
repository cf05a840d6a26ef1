import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Detection, Detector, DetectorSteps, Window } from '../detection.ts';
import { collectAnchors } from '../detector/anchors.ts';
import { buildGramIndex } from '../detector/gram-index.ts';

const SPAN = 24;
const ANCHOR = 'key=';
const KINDS = 3;

/** A value beside a name, and only where the word `acme` stands near: it depends on all of its neighbourhood. */
export const FIXTURE_RULE: LeakRule = {
  id: 'acme-key',
  vendor: 'Acme',
  title: 'Acme key',
  role: 'secret',
  confidence: 'medium',
  anchors: ['key='],
  span: SPAN,
  pattern: /\bkey=(?<secret>[a-z0-9]{4,12})\b/dg,
  context: ['acme'],
  remedy: 'None.',
  examples: [],
  nearMisses: [],
};

/** A small detector that obeys the contract, without a prefilter; `options` says whether it has two steps. */
export function createDetector(options: unknown = null): Detector {
  const judge: DetectorSteps['judge'] = ({ bytes, length }, anchors, report) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, length);
    for (const anchor of anchors) {
      const detection = detectAt(text, anchor / KINDS);
      if (detection !== null) report(detection);
    }
  };
  const detect: Detector['detect'] = (window, report) => {
    judge(window, findIn(window), report);
  };
  const index: DetectorSteps['index'] = () => buildGramIndex(collectAnchors([FIXTURE_RULE]));
  const steps = { index, kinds: KINDS, judge };
  return options === 'two steps' ? { reach: SPAN, detect, steps } : { reach: SPAN, detect };
}

function findIn({ bytes, length, from, to }: Window): number[] {
  const anchors: number[] = [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, to + ANCHOR.length - 1));
  for (let at = text.indexOf(ANCHOR, from); at >= 0; at = text.indexOf(ANCHOR, at + 1))
    anchors.push(at * KINDS);
  return anchors;
}

function detectAt(text: Buffer, anchor: number): Detection | null {
  const seenFrom = Math.max(0, anchor - SPAN);
  const seenTo = Math.min(text.length, anchor + SPAN);
  const slice = text.toString('latin1', seenFrom, seenTo);
  if (!slice.includes('acme')) return null;
  for (const match of slice.matchAll(FIXTURE_RULE.pattern)) {
    const [start, end] = match.indices?.groups?.['secret'] ?? [0, 0];
    if (seenFrom + match.index !== anchor) continue;
    const place = { start: seenFrom + start, end: seenFrom + end, anchor, seenFrom, seenTo };
    return { rule: FIXTURE_RULE, ...place, companions: {}, confidence: 'medium' };
  }
  return null;
}
