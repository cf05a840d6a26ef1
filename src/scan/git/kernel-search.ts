import type { DetectorSteps } from '../detection.ts';
import { carry, collect, type Finding, type Findings } from './findings.ts';
import { type AnchorKernel, type AnchorTable, FRESH } from './kernel.ts';
import type { ObjectSearch } from './object-search.ts';

const NONE: readonly never[] = Object.freeze([]);
const EMPTY: Findings = Object.freeze({ list: NONE, anchors: new Int32Array(0), cut: false });

/**
 * Searches objects for anchors in the kernel, and judges those around which something has changed. Objects that the kernel
 * leaves, and what builds on them, are searched in the `plain` way.
 */
export function createKernelSearch(
  steps: DetectorSteps,
  kernel: AnchorKernel,
  plain: ObjectSearch,
): ObjectSearch {
  const judge = createJudging(steps);
  return {
    whole(bytes) {
      const anchors = kernel.whole(bytes);
      return anchors === null ? plain.whole(bytes) : judge(bytes, anchors, NONE);
    },
    changed(bytes, base, runs) {
      const { list, anchors, cut } = base.findings;
      const found = cut || anchors === null ? null : kernel.changed(bytes, { size: base.size, anchors });
      return found === null ? plain.changed(bytes, base, runs) : judge(bytes, found, list);
    },
  };
}

type Judging = (bytes: Uint8Array, anchors: AnchorTable, known: readonly Finding[]) => Findings;

/** Goes through anchors in order: carries over the findings `known` from the base, and judges fresh anchors. */
function createJudging({ kinds, judge }: DetectorSteps): Judging {
  return (bytes, anchors, known) => {
    if (anchors.length === 0) return EMPTY;
    const collector = collect(bytes);
    const document = { bytes, length: bytes.length };
    let fresh: number[] = [];
    const judgeFresh = (): void => {
      if (fresh.length > 0) judge(document, fresh, collector.report);
      fresh = [];
    };
    let latest = -1;
    for (let next = 0; next < anchors.length; next += 3) {
      const start = anchors[next] as number;
      const from = anchors[next + 2] as number;
      if (from === FRESH) fresh.push(start * kinds + (anchors[next + 1] as number));
      else if (known.length > 0 && start !== latest) {
        judgeFresh();
        carry(known, { from, to: from + 1, shift: start - from }, collector);
      }
      latest = start;
    }
    judgeFresh();
    return collector.result(anchors);
  };
}
