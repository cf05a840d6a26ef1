import type { Detection } from './detection.ts';

type Ranked = Pick<Detection, 'rule' | 'confidence' | 'start' | 'end'>;

const CERTAINTY = { high: 2, medium: 1, low: 0 } as const;

/** Rank of a detection: secrets above identifiers, then by confidence. */
export const weightOf = ({ rule, confidence }: Pick<Detection, 'rule' | 'confidence'>): number =>
  (rule.role === 'secret' ? 10 : 0) + CERTAINTY[confidence];

/** Keeps, of detections that overlap, the one of the highest rank, or else the longest. Ascending by start. */
export function withoutOverlaps<T extends Ranked>(found: readonly T[]): T[] {
  const sorted = found.toSorted((one, other) => one.start - other.start);
  const kept: T[] = [];
  for (let first = 0; first < sorted.length;) {
    let end = sorted[first]?.end ?? 0;
    let next = first + 1;
    for (let one = sorted[next]; one !== undefined && one.start < end; one = sorted[++next])
      end = Math.max(end, one.end);
    kept.push(...bestOf(sorted.slice(first, next)));
    first = next;
  }
  return kept;
}

function bestOf<T extends Ranked>(cluster: readonly T[]): T[] {
  const kept: T[] = [];
  const length = ({ start, end }: T): number => end - start;
  for (const one of cluster.toSorted((a, b) => weightOf(b) - weightOf(a) || length(b) - length(a)))
    if (!kept.some(({ start, end }) => one.start < end && start < one.end)) kept.push(one);
  return kept.toSorted((a, b) => a.start - b.start);
}
