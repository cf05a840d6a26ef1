import type { Detector } from '../detection.ts';
import { visitChanges } from './changes.ts';
import type { Runs } from './delta.ts';
import { carry, collect, type Findings } from './findings.ts';
import type { Kernel } from './kernel.ts';
import { createKernelSearch } from './kernel-search.ts';

export interface Base {
  readonly size: number;
  readonly findings: Findings;
}

/** Searches objects. */
export interface ObjectSearch {
  /** Searches the whole object. */
  whole(bytes: Uint8Array): Findings;
  /**
   * Searches only what a delta has changed and takes over the rest from the base: the same as `whole`, as a detection
   * depends on nothing but the bytes within the detector's reach of its anchor.
   */
  changed(bytes: Uint8Array, base: Base, runs: Runs): Findings;
}

/** Anchors are searched for in the kernel, if that can do it. */
export function createObjectSearch(detector: Detector, kernel: Kernel): ObjectSearch {
  const plain = createPlainSearch(detector);
  const { steps } = detector;
  const index = kernel.openAnchors === undefined ? null : (steps?.index() ?? null);
  const anchors = index === null ? undefined : kernel.openAnchors?.(index);
  return steps === undefined || anchors === undefined ? plain : createKernelSearch(steps, anchors, plain);
}

function createPlainSearch(detector: Detector): ObjectSearch {
  const whole = (bytes: Uint8Array): Findings => {
    const collector = collect(bytes);
    detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, collector.report);
    return collector.result(null);
  };
  const changed: ObjectSearch['changed'] = (bytes, { size, findings }, runs) => {
    if (findings.cut) return whole(bytes);
    const { length } = bytes;
    const collector = collect(bytes);
    const sizes = { base: size, result: length, before: detector.reach, after: detector.reach };
    visitChanges(runs, sizes, {
      changed: (from, to) => detector.detect({ bytes, length, from, to }, collector.report),
      carried: (from, to, shift) =>
        carry(findings.list, { from: from - shift, to: to - shift, shift }, collector),
    });
    return collector.result(null);
  };
  return { whole, changed };
}
