import type { Detection, Detector, DetectorSteps } from '../detection.ts';
import type { Runs } from './delta.ts';
import { visitChanges } from './changes.ts';

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

/** Searches the whole object. */
export function findAll(detector: Detector, bytes: Uint8Array): Findings {
  const collector = collect(bytes);
  const { length } = bytes;
  const { steps } = detector;
  const anchors: number[] = [];
  if (steps === undefined) detector.detect({ bytes, length, from: 0, to: length }, collector.report);
  else {
    steps.find({ bytes, length, from: 0, to: length }, anchors);
    if (anchors.length > 0) steps.judge({ bytes, length }, anchors, collector.report);
  }
  return collector.result(anchors);
}

export interface Base {
  readonly size: number;
  readonly findings: Findings;
}

/**
 * Searches only what a delta has changed and takes over the rest from the base: the same as `findAll`, as a detection
 * depends on nothing but the bytes within the detector's reach of its anchor.
 */
export function findChanged(detector: Detector, bytes: Uint8Array, base: Base, runs: Runs): Findings {
  if (base.findings.cut) return findAll(detector, bytes);
  const { length } = bytes;
  const { steps } = detector;
  const collector = collect(bytes);
  const anchors = steps === undefined ? NONE : findAnchors(steps, bytes, base, runs);
  const judgeAgain = (from: number, to: number): void => {
    if (steps === undefined) detector.detect({ bytes, length, from, to }, collector.report);
    else judgeWithin(steps, { bytes, anchors, from, to }, collector.report);
  };
  const { list } = base.findings;
  if (steps !== undefined && anchors.length === 0) return NOTHING;
  visitChanges(
    runs,
    { base: base.size, result: length, before: detector.reach, after: detector.reach },
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
  return collector.result(anchors);
}

/** Anchors of a changed object: those that were copied whole, and those in the rest. */
function findAnchors(steps: DetectorSteps, bytes: Uint8Array, base: Base, runs: Runs): number[] {
  const found: number[] = [];
  const { anchors } = base.findings;
  const window = { bytes, length: bytes.length, from: 0, to: 0 };
  visitChanges(
    runs,
    { base: base.size, result: bytes.length, before: 0, after: steps.longest },
    {
      changed(from, to) {
        window.from = from;
        window.to = to;
        steps.find(window, found);
      },
      carried(from, to, shift) {
        if (anchors.length === 0) return;
        const end = (to - shift) * steps.kinds;
        const moving = shift * steps.kinds;
        for (let index = firstNot(anchors, (from - shift) * steps.kinds); index < anchors.length; index++) {
          const anchor = anchors[index] as number;
          if (anchor >= end) break;
          found.push(anchor + moving);
        }
      },
    },
  );
  return found;
}

interface Judged {
  readonly bytes: Uint8Array;
  readonly anchors: readonly number[];
  readonly from: number;
  readonly to: number;
}

function judgeWithin(
  steps: DetectorSteps,
  { bytes, anchors, from, to }: Judged,
  report: (detection: Detection) => void,
): void {
  const first = firstNot(anchors, from * steps.kinds);
  if (first === anchors.length || (anchors[first] as number) >= to * steps.kinds) return;
  const last = firstNot(anchors, to * steps.kinds);
  steps.judge({ bytes, length: bytes.length }, anchors.slice(first, last), report);
}

/** Index of the first anchor that is not below `least`. */
function firstNot(anchors: readonly number[], least: number): number {
  let low = 0;
  let high = anchors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((anchors[middle] as number) < least) low = middle + 1;
    else high = middle;
  }
  return low;
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
