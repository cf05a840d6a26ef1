import type { LeakRule } from '../../vendors/vendor.ts';
import type { Detection, Detector } from '../detection.ts';

const SPAN = 24;

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

/** A small detector that obeys the contract, without a prefilter. */
export function createDetector(): Detector {
  return {
    reach: SPAN,
    detect({ bytes, length, from, to }, report) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, length);
      const searched = text.subarray(0, to + 'key='.length - 1);
      for (
        let anchor = searched.indexOf('key=', from);
        anchor >= 0 && anchor < to;
        anchor = searched.indexOf('key=', anchor + 1)
      ) {
        const detection = detectAt(text, anchor);
        if (detection !== null) report(detection);
      }
    },
  };
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
