import type { Detection, Detector, DetectorSteps, ScannedDocument } from '../detection.ts';
import { type AnchorFinder, createAnchorFinder, firstNot } from './anchor-finder.ts';
import { visitChanges } from './changes.ts';
import type { Runs } from './delta.ts';
import type { Kernel } from './kernel.ts';

/** More detections than this in one object are not kept; that there were more is told. */
const MOST_DETECTIONS = 10_000;
const NEW_LINE = 10;

/** A detection and its value, so that the bytes can be let go. */
export interface Finding {
  readonly detection: Detection;
  readonly value: string;
}

/** What one object holds, in ascending order of anchors. */
export interface Findings {
  readonly list: readonly Finding[];
  /** Its anchors, as the detector numbers them. */
  readonly anchors: readonly number[];
  /** True when there were more. */
  readonly cut: boolean;
}

const NONE: readonly never[] = Object.freeze([]);
export const NOTHING: Findings = Object.freeze({ list: NONE, anchors: NONE, cut: false });

interface Collector {
  readonly add: (finding: Finding) => void;
  readonly report: (detection: Detection) => void;
  result(anchors: readonly number[]): Findings;
}

function collect(bytes: Uint8Array): Collector {
  let list: Finding[] | undefined;
  let cut = false;
  const add = (finding: Finding): void => {
    list ??= [];
    if (list.length < MOST_DETECTIONS) list.push(finding);
    else cut = true;
  };
  const report = (detection: Detection): void => {
    const value = Buffer.from(
      bytes.buffer,
      bytes.byteOffset + detection.start,
      detection.end - detection.start,
    );
    add({ detection, value: value.toString('latin1') });
  };
  const result = (anchors: readonly number[]): Findings =>
    list === undefined && anchors.length === 0 ? NOTHING : { list: list ?? NONE, anchors, cut };
  return { add, report, result };
}

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

/** Anchors are searched for in the kernel, if that can do it and the bytes are in its memory. */
export function createObjectSearch(detector: Detector, kernel: Kernel): ObjectSearch {
  const { steps } = detector;
  return steps === undefined
    ? createPlainSearch(detector)
    : createStepSearch(detector, steps, createAnchorFinder(steps, kernel));
}

function createPlainSearch(detector: Detector): ObjectSearch {
  const whole = (bytes: Uint8Array): Findings => {
    const collector = collect(bytes);
    detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, collector.report);
    return collector.result(NONE);
  };
  return {
    whole,
    changed(bytes, base, runs) {
      if (base.findings.cut) return whole(bytes);
      const { length } = bytes;
      const collector = collect(bytes);
      judgeChanges({ detector, bytes, base, runs, collector }, (from, to) =>
        detector.detect({ bytes, length, from, to }, collector.report),
      );
      return collector.result(NONE);
    },
  };
}

function createStepSearch(detector: Detector, steps: DetectorSteps, finder: AnchorFinder): ObjectSearch {
  const whole = (bytes: Uint8Array): Findings => {
    const anchors = finder.whole(bytes);
    if (anchors.length === 0) return NOTHING;
    const collector = collect(bytes);
    steps.judge({ bytes, length: bytes.length }, anchors, collector.report);
    return collector.result(anchors);
  };
  return {
    whole,
    changed(bytes, base, runs) {
      const { findings, size } = base;
      if (findings.cut) return whole(bytes);
      const anchors = finder.changed(bytes, { size, anchors: findings.anchors }, runs);
      if (anchors.length === 0) return NOTHING;
      const collector = collect(bytes);
      const document = { bytes, length: bytes.length };
      const judge = judgeWindows(steps, document, anchors, collector.report);
      judgeChanges({ detector, bytes, base, runs, collector }, judge);
      return collector.result(anchors);
    },
  };
}

interface Change {
  readonly detector: Detector;
  readonly bytes: Uint8Array;
  readonly base: Base;
  readonly runs: Runs;
  readonly collector: Collector;
}

/** Collects what is carried from the base, and in between what `judgeAgain` reports. */
function judgeChanges(
  { detector, bytes, base, runs, collector }: Change,
  judgeAgain: (from: number, to: number) => void,
): void {
  const { list } = base.findings;
  visitChanges(
    runs,
    { base: base.size, result: bytes.length, before: detector.reach, after: detector.reach },
    {
      changed: judgeAgain,
      carried(from, to, shift) {
        for (let index = firstFrom(list, from - shift); index < list.length; index++) {
          const finding = list[index] as Finding;
          if (finding.detection.anchor >= to - shift) break;
          collector.add(moved(finding, shift));
        }
      },
    },
  );
}

/** Judges the anchors in windows that ascend. */
function judgeWindows(
  steps: DetectorSteps,
  document: ScannedDocument,
  anchors: readonly number[],
  report: (detection: Detection) => void,
): (from: number, to: number) => void {
  let next = 0;
  return (from, to) => {
    const end = to * steps.kinds;
    if (next === anchors.length || (anchors[next] as number) >= end) return;
    const first = firstNot(anchors, from * steps.kinds, next);
    next = firstNot(anchors, end, first);
    if (first < next) steps.judge(document, anchors.slice(first, next), report);
  };
}

/** Index of the first finding whose anchor is at `anchor` or after it. */
function firstFrom(list: readonly Finding[], anchor: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as Finding).detection.anchor < anchor) low = middle + 1;
    else high = middle;
  }
  return low;
}

function moved(finding: Finding, shift: number): Finding {
  if (shift === 0) return finding;
  const { detection, value } = finding;
  const moving = {
    start: detection.start + shift,
    end: detection.end + shift,
    anchor: detection.anchor + shift,
    seenFrom: detection.seenFrom + shift,
    seenTo: detection.seenTo + shift,
  };
  return { detection: { ...detection, ...moving }, value };
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of ascending offsets; columns count bytes. */
export function positionsOf(bytes: Uint8Array, offsets: readonly number[]): Position[] {
  let line = 1;
  let lineStart = 0;
  let next = bytes.indexOf(NEW_LINE);
  return offsets.map((offset) => {
    while (next >= 0 && next < offset) {
      line++;
      lineStart = next + 1;
      next = bytes.indexOf(NEW_LINE, lineStart);
    }
    return { line, column: offset - lineStart + 1 };
  });
}
